"""The scene judge: a small network that names the scene of a picture and was never trained on a generator's pictures.

`python -m lab.training.scene_judge` trains it on renders of this repository alone, blurred, noised, recoloured, cropped
and compressed at random, so that it recognises the content of a scene and not the way in which it was drawn. No
generator is trained with it. Its accuracy on fresh renders is the ceiling of every figure that rests on it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import models
from foundry.errors import BadInput
from foundry.names import sha256_file
from lab.evaluation.scaling import Picture, in_box

if TYPE_CHECKING:
    from torch import Tensor, nn

FOLDER = Path(models.__file__).parent / "embedded" / "scene_judge"
EDGE_PX = 112
BATCH = 32
WIDTHS = (16, 32, 64, 96)


@dataclass(frozen=True)
class SceneJudge:
    """The loaded network, the kinds of scene in the order of its outputs, and the hash of its weights."""

    network: nn.Module
    kinds: tuple[str, ...]
    sha256: str

    def scenes(self, pictures: Sequence[Picture]) -> list[tuple[str, float]]:
        """Return the kind of scene of each picture and its probability, in order."""
        import torch

        named: list[tuple[str, float]] = []
        for start in range(0, len(pictures), BATCH):
            planes = as_input([network_view(picture) for picture in pictures[start : start + BATCH]])
            with torch.inference_mode():
                sure, which = self.network(planes).softmax(dim=1).max(dim=1)
            named += [(self.kinds[int(at)], float(share)) for at, share in zip(which, sure, strict=True)]
        return named


def network_view(picture: Picture) -> Picture:
    """Return the whole picture averaged to 112 × 112 pixels, the input size of the network; its aspect is not kept."""
    return in_box(picture, EDGE_PX, EDGE_PX)


def as_input(pictures: Sequence[Picture]) -> Tensor:
    """Return a (n, 3, 112, 112) float32 tensor in [-1, 1] of pictures of 112 × 112 pixels."""
    import torch

    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def network(kinds: int) -> nn.Module:
    """Return the untrained network: eight 3 × 3 convolutions with batch norm, halving four times, then the mean."""
    from torch import nn

    layers: list[nn.Module] = []
    before = 3
    for width in WIDTHS:
        for stride, channels in ((2, before), (1, width)):
            layers += [nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        before = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.1), nn.Linear(before, kinds))


@lru_cache(maxsize=2)
def load_judge(folder: Path = FOLDER) -> SceneJudge:
    """Return the judge of a folder with config.json and model.safetensors; BadInput if their hashes do not agree."""
    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    weights = folder / "model.safetensors"
    if (found := sha256_file(weights)) != config["weights_sha256"]:
        wrong = f"has SHA-256 {found[:16]}..., config.json says {config['weights_sha256'][:16]}...; restore the file"
        raise BadInput(str(weights), wrong)
    net = network(len(config["kinds"]))
    net.load_state_dict({name: value.float() for name, value in load_file(weights).items()}, strict=False)
    return SceneJudge(net.eval(), tuple(config["kinds"]), found)
