"""Names the scene of a picture with a small network that has never seen a generator's output.

It is trained by `python -m lab.training.scene_judge` on this repository's renders alone, blurred, noised,
recoloured, cropped and compressed at random, so that it looks at what a scene is made of and not at how it was drawn.
No generator is trained with it. Its own accuracy on fresh renders is the ceiling of every figure that it gives.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import models
from foundry.errors import BadInput
from foundry.names import sha256_file
from lab.evaluation.scaling import Picture, in_box

FOLDER = Path(models.__file__).parent / "embedded" / "scene_judge"
EDGE_PX = 112
BATCH = 32
WIDTHS = (16, 32, 64, 96)


@dataclass(frozen=True)
class SceneJudge:
    """The loaded network, the kinds it knows in the order of its outputs, and the hash of its weights."""

    network: Any
    kinds: tuple[str, ...]
    sha256: str

    def scenes(self, pictures: Sequence[Picture]) -> list[tuple[str, float]]:
        """(kind, probability) of each picture, in order."""
        import torch

        found: list[tuple[str, float]] = []
        for start in range(0, len(pictures), BATCH):
            planes = as_input([seen(picture) for picture in pictures[start : start + BATCH]])
            with torch.inference_mode():
                sure, which = self.network(planes).softmax(dim=1).max(dim=1)
            found += [(self.kinds[int(at)], float(share)) for at, share in zip(which, sure, strict=True)]
        return found


def seen(picture: Picture) -> Picture:
    """What the network sees of a picture: all of it, averaged to 112 × 112 pixels whatever its aspect."""
    return in_box(picture, EDGE_PX, EDGE_PX)


def as_input(pictures: Sequence[Picture]) -> Any:
    """(n, 3, 112, 112) float32 tensor in [-1, 1] of pictures that have 112 × 112 pixels."""
    import torch

    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def network(kinds: int) -> Any:
    """Eight 3 × 3 convolutions with batch norm, halving four times, then the mean over the plane."""
    from torch import nn

    layers: list[Any] = []
    before = 3
    for width in WIDTHS:
        for stride, channels in ((2, before), (1, width)):
            layers += [nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        before = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.1), nn.Linear(before, kinds))


@lru_cache(maxsize=2)
def load_judge(folder: Path = FOLDER) -> SceneJudge:
    """The judge of a folder with config.json and model.safetensors; BadInput unless they belong together."""
    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    weights = folder / "model.safetensors"
    if (found := sha256_file(weights)) != config["weights_sha256"]:
        wrong = f"has SHA-256 {found[:16]}..., config.json says {config['weights_sha256'][:16]}...; restore the file"
        raise BadInput(str(weights), wrong)
    net = network(len(config["kinds"]))
    net.load_state_dict({name: value.float() for name, value in load_file(weights).items()}, strict=False)
    return SceneJudge(net.eval(), tuple(config["kinds"]), found)
