"""The embedded upscaler's network: one trunk at the source's size, and one head per scale.

The trunk works at the small picture's size, so that an enlargement costs the same per source pixel whether it doubles
or quadruples. Each head ends in a pixel shuffle (Shi et al. 2016) and adds to a bicubic enlargement: the network draws
the detail that resampling loses, and leaves a picture unlike its training as bicubic makes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from foundry.documents import read_json
from foundry.documents.limits import SETTINGS

SCALES = (2, 4)


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions beside an identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.bend = nn.PReLU(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.turn = nn.PReLU(channels)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return features of the same shape."""
        return features + self.turn(self.second(self.bend(self.first(features))))


class CompactUpscaler(nn.Module):
    """Enlarges (n, 3, h, w), sRGB encoded in [0, 1], to (n, 3, s * h, s * w), s one of SCALES; not clipped.

    An output pixel depends on source pixels at most `reach` away, so tiles with that margin are exact.
    """

    def __init__(self, channels: int = 48, blocks: int = 5) -> None:
        super().__init__()
        self.channels, self.blocks = channels, blocks
        self.open = nn.Conv2d(3, channels, 3, padding=1)
        self.bend = nn.PReLU(channels)
        self.trunk = nn.Sequential(*(ResidualBlock(channels) for _ in range(blocks)))
        self.heads = nn.ModuleDict({str(scale): _head(channels, scale) for scale in SCALES})

    @property
    def reach(self) -> int:
        """Source pixels around a pixel that it depends on: one per convolution in a row."""
        return 2 + 2 * self.blocks

    def forward(self, pixels: torch.Tensor, scale: int) -> torch.Tensor:
        """Return the enlarged pixels in float32; the trunk follows autocast, the first layer and the sum do not."""
        with torch.autocast(pixels.device.type, enabled=False):
            features = self.bend(self.open((pixels - 0.5).to(self.open.weight.dtype)))
        detail = functional.pixel_shuffle(self.heads[str(scale)](self.trunk(features)), scale)
        return enlarge_bicubic(pixels.float(), scale) + detail.float()


def _head(channels: int, scale: int) -> nn.Conv2d:
    """Return a layer that makes all subpixels of a pixel at once; near zero, so that training starts from bicubic."""
    head = nn.Conv2d(channels, 3 * scale * scale, 3, padding=1)
    nn.init.normal_(head.weight, std=1e-3)
    nn.init.zeros_(head.bias)  # type: ignore[arg-type]  # None only without a bias
    return head


def enlarge_bicubic(pixels: torch.Tensor, scale: int) -> torch.Tensor:
    """Enlarge (n, 3, h, w) by bicubic interpolation (Keys 1981, a = -0.5), as photographs commonly are."""
    # `antialias` chooses a = -0.5; without it PyTorch uses -0.75, which rings.
    return functional.interpolate(pixels, scale_factor=scale, mode="bicubic", antialias=True)


def write_network(network: CompactUpscaler, folder: Path) -> None:
    """Write `config.json` and float16 `model.safetensors` into a folder, which is made."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = {"channels": network.channels, "blocks": network.blocks, "scales": list(SCALES)}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    tensors = {name: value.detach().half().contiguous() for name, value in network.state_dict().items()}
    save_file(tensors, folder / "model.safetensors")


def read_network(folder: Path) -> CompactUpscaler:
    """Return the network of a folder, in float32 and evaluation mode."""
    from safetensors.torch import load_file

    config: dict[str, Any] = read_json(folder / "config.json", SETTINGS)
    network = CompactUpscaler(config["channels"], config["blocks"])
    stored = load_file(folder / "model.safetensors")
    network.load_state_dict({name: value.float() for name, value in stored.items()})
    return network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch omits it
