"""Weights of any known architecture enlarge by their own scale; others are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from foundry.card.card import ModelCard
from imaging.pixels.rows import gather, rows_of
from models.registry import WeightsRefused
from models.upscaling.enlarge import enlarge
from models.upscaling.learned_upscaler import load_upscaler
from models.upscaling.tiles import enlarge_in_tiles
from tests.models.upscaling.pictures import community_card, large_photograph


def community(folder: Path, tensors: dict[str, Any], name: str = "model.safetensors") -> ModelCard:
    """A card for weights that somebody else trained."""
    (folder / "weights").mkdir(exist_ok=True)
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "weights" / name)
    return community_card(folder)


def compact(scale: int) -> dict[str, Any]:
    from spandrel.architectures.Compact import Compact

    torch.manual_seed(1)
    return dict(Compact(num_feat=8, num_conv=2, upscale=scale).state_dict())


def test_community_weights_enlarge_through_spandrel_by_their_own_scale(tmp_path: Path) -> None:
    learned = load_upscaler(community(tmp_path, compact(3)), "cpu")
    assert learned.scales == (3,)
    pixels = large_photograph()[:60, :80]
    assert enlarge(pixels, learned, 400, 300).shape == (300, 400, 3)
    tiled = gather(enlarge_in_tiles(rows_of(large_photograph()), learned, 3))
    with torch.inference_mode():
        whole = learned.call(torch.from_numpy(large_photograph()).permute(2, 0, 1)[None], 3)[0].permute(1, 2, 0).numpy()
    assert np.abs(tiled - whole).max() <= 1 / 255


def test_community_weights_that_are_no_upscaler_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsRefused, match="does not enlarge"):
        load_upscaler(community(tmp_path, compact(1)), "cpu")
    with pytest.raises(WeightsRefused, match="no architecture that spandrel knows"):
        load_upscaler(community(tmp_path, {"a": torch.zeros(2)}), "cpu")
    (tmp_path / "weights" / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(WeightsRefused, match="are not sound: the file claims a header of"):
        load_upscaler(community_card(tmp_path), "cpu")
    for name in ("model", "second"):  # the unsound file was set aside
        save_file({"a": torch.zeros(2)}, tmp_path / "weights" / f"{name}.safetensors")
    with pytest.raises(WeightsRefused, match="are 2 safetensors files"):
        load_upscaler(community_card(tmp_path), "cpu")
    (tmp_path / "weights" / "model.pth").write_bytes(b"x")
    with pytest.raises(WeightsRefused, match="pickle"):
        load_upscaler(community_card(tmp_path), "cpu")
