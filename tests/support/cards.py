"""Folders of cards with tiny weights, and evidence for them."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from safetensors.numpy import save_file

from foundry.card.card import ModelCard
from models.registry import Registry, weights_of
from models.registry.folders import all_cards

CARD: dict[str, Any] = {
    "id": "tiny",
    "version": "1",
    "title": "A model for tests",
    "task": "text-to-image",
    "source": {"kind": "directory", "folder": "weights"},
    "licence": "Apache-2.0",
    "allowed_use": "Tests.",
    "training_data": "None.",
    "sizes": {"square": [64, 64]},
    "unit_cost": {"money": "0", "accelerator_seconds": "0"},
    "stage": "candidate",
}


def tensors(path: Path, seed: int = 0) -> Path:
    """A sound safetensors file of three small tensors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    save_file(
        {
            "weight": chance.standard_normal((8, 4)).astype(np.float32),
            "half": chance.standard_normal(6).astype(np.float16),
            "steps": np.arange(5, dtype=np.int64),
        },
        path,
        metadata={"format": "pt"},
    )
    return path


def weights(folder: Path, seed: int = 0) -> Path:
    """A folder of weights as a card has it."""
    tensors(folder / "unet" / "diffusion_pytorch_model.safetensors", seed)
    (folder / "model_index.json").write_text('{"unet": ["diffusers", "UNet2DConditionModel"]}')
    return folder


def card_file(folder: Path, **changes: Any) -> Path:
    """A card file, with the hashes of its folder if it has one and the changes do not say otherwise."""
    content = {**CARD, **changes}
    below = folder / content["source"].get("folder", "")
    if content["source"]["kind"] == "directory" and below.is_dir() and "weights" not in changes:
        content["weights"] = weights_of(below)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{content['id']}@{content['version']}.yaml".replace("/", "_")
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def a_registry(tmp_path: Path, *versions: str, **changes: Any) -> Registry:
    """A user's folder, alone, with one card per version and weights for each."""
    folder = tmp_path / "cards"
    folder.mkdir(exist_ok=True)
    for number, version in enumerate(versions):
        weights(folder / f"weights-{version}", seed=number)
        card_file(folder, version=version, source={"kind": "directory", "folder": f"weights-{version}"}, **changes)
    return Registry((folder,), tmp_path / "home")


def only(registry: Registry, version: str = "1") -> ModelCard:
    """The card of this version."""
    return next(card for card in all_cards(registry) if card.version == version)


def evidence(registry: Registry, version: str, *, passed: bool = True, digest: str = "") -> None:
    """Evaluation and parity of a card, as their commands write them."""
    card = only(registry, version)
    folder = registry.own / "evidence" / card.id / card.version
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("evaluation.json", "parity.json"):
        content = {
            "card": card.id,
            "version": card.version,
            "digest": digest or card.digest,
            "passed": passed,
            "made_on": "2026-11-24",
            "figures": {},
        }
        (folder / file).write_text(json.dumps(content))


def pickled(path: Path) -> None:
    """Put a pickle where something else is expected."""
    path.write_bytes(pickle.dumps({"weight": np.zeros(3)}, protocol=4))
