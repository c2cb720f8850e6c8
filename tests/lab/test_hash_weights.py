"""Hashes of weights are written into the card's file, in place of those that were there."""

from __future__ import annotations

from pathlib import Path

import yaml

from foundry.names import sha256_file
from lab.hash_weights import write_hashes
from models.registry import verify
from models.registry.folders import read_card
from tests.support.cards import card_file, tensors, weights


def a_card_file(tmp_path: Path) -> Path:
    weights(tmp_path / "weights")
    return card_file(tmp_path, weights={})


def test_the_hash_of_every_weight_file_is_written(tmp_path: Path) -> None:
    path = a_card_file(tmp_path)
    hashes = write_hashes(path)
    file = "unet/diffusion_pytorch_model.safetensors"
    assert hashes[file] == sha256_file(tmp_path / "weights" / file)
    assert read_card(path).weights == hashes
    verify(read_card(path))


def test_changed_weights_replace_the_old_hashes_and_nothing_else_of_the_card(tmp_path: Path) -> None:
    path = a_card_file(tmp_path)
    before = write_hashes(path)
    tensors(tmp_path / "weights" / "unet" / "diffusion_pytorch_model.safetensors", seed=5)
    after = write_hashes(path)
    assert after != before
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert content["weights"] == after
    assert path.read_text(encoding="utf-8").count("weights:") == 1
    assert (content["id"], content["licence"]) == ("tiny", "Apache-2.0")


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    path = a_card_file(tmp_path)
    write_hashes(path)
    once = path.read_bytes()
    write_hashes(path)
    assert path.read_bytes() == once
