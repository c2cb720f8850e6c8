"""What passes between models, inside one fused stage. Pixels; so none of it may cross a shuffle."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.manifest import Attempt
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels


@dataclass(frozen=True)
class Guide:
    """What a drawing starts from or keeps to, at the drawing's size; all sRGB encoded float32 in [0, 1].

    `image` (height, width, 3) is the start of image-to-image, or the picture that inpainting completes; `mask` (height,
    width) is 1 where inpainting draws and 0 where `image` stays; `control` (height, width, 3) is a ControlNet's map;
    `reference` (any size, 3 channels) is an IP-Adapter's picture; `strength` is the share of the steps that is redrawn.
    """

    image: Pixels | None = None
    mask: Pixels | None = None
    control: Pixels | None = None
    reference: Pixels | None = None
    strength: float = 1.0


@dataclass(frozen=True)
class DrawRequest:
    """One drawing of a shot, with its seed, and what guides it."""

    order: ShotOrder
    seed: int
    guide: Guide | None = None


@dataclass(frozen=True)
class Drawn:
    """What the model made of one request."""

    request: DrawRequest
    pixels: Pixels
    caption: str
    ignored_words: tuple[str, ...]


@dataclass(frozen=True)
class Undrawn:
    """A request that its model refused for good: a dead letter's code and sentence, not an outage."""

    request: DrawRequest
    code: str
    reason: str


@dataclass(frozen=True)
class Drawing:
    """A shot after all its attempts; `passed` is the verdict on the last.

    `fingerprint` is the perceptual hash of a drawing that passed. `code` and `reason` are the dead letter's for one
    that did not: the generator's own where it refused the request for good, and then `pixels` is empty.
    """

    order: ShotOrder
    pixels: Pixels
    seed: int
    caption: str
    ignored_words: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    passed: bool
    fingerprint: str = ""
    code: str = "shot_refused"
    reason: str = ""


@dataclass(frozen=True)
class Enlarged:
    """A drawing at the master's size."""

    drawing: Drawing
    pixels: Pixels
