"""Pictures for the encoders, small and awkward, and placements to put them in."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from foundry.channel.placement import Placement, Print

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def a_placement(form: str, size: tuple[int, int], max_bytes: int = 10**9, printed: Print | None = None) -> Placement:
    """A slot that takes one format."""
    return Placement.model_construct(
        name=f"test/{form}", title="Test", size=size, formats=(form,), max_bytes=max_bytes, family="square",
        bucket="square", printed=printed, motion=None, source="test", read_on=date(2026, 11, 24),
    )  # fmt: skip


def advert(width: int = 320, height: int = 320) -> Image.Image:
    """A soft picture with a panel and type on it; no two areas alike."""
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    grain = np.random.default_rng(3).normal(0, 3, (height, width))
    planes = [190 + 50 * down, 150 + 60 * across * down, 120 + 40 * np.sin(9 * across) * down]
    levels = np.stack([plane + grain for plane in planes], axis=2)
    image = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 2 // 3, width, height), fill="#7A1F2B")
    draw.text((width // 12, height * 3 // 4), "Strahlend in den Tag", fill="#FFF4E0", font_size=max(height // 12, 6))
    return image


def noise(width: int, height: int) -> Image.Image:
    """Every level equally likely: the worst that an encoder can meet."""
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))


def flat(width: int, height: int) -> Image.Image:
    """One colour."""
    return Image.new("RGB", (width, height), "#2F6B4F")


def grey_photo(width: int = 320, height: int = 320) -> Image.Image:
    """A picture whose colour is the same everywhere, and changes slowly."""
    return advert(width, height).convert("L").convert("RGB")


def levels(image: Image.Image) -> NDArray[Any]:
    """Pixels, signed, to subtract."""
    return np.asarray(image).astype(np.int32)
