"""What passes between models, inside one fused stage. Pixels; so none of it may cross a shuffle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from foundry.manifest import Attempt
from foundry.shot import ShotOrder

Pixels = NDArray[Any]
"""(height, width, 3), float32 in [0, 1], sRGB encoded."""


@dataclass(frozen=True)
class DrawRequest:
    """One drawing of a shot, with its seed."""

    order: ShotOrder
    seed: int


@dataclass(frozen=True)
class Drawn:
    """What the model made of one request."""

    request: DrawRequest
    pixels: Pixels
    caption: str
    ignored_words: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """A shot after all its attempts; `passed` is the verdict on the last."""

    order: ShotOrder
    pixels: Pixels
    seed: int
    caption: str
    ignored_words: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    passed: bool


@dataclass(frozen=True)
class Enlarged:
    """A drawing at the master's size."""

    drawing: Drawing
    pixels: Pixels
