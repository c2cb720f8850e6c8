"""The values that models pass to each other within one fused stage. They hold pixels, so none may cross a shuffle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from foundry.manifest import Attempt
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels


@dataclass(frozen=True)
class Guide:
    """The pictures that a drawing starts from or keeps to, at the drawing's size, all sRGB encoded float32 in [0, 1].

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
    """One attempt at a shot: its order, a seed, and the pictures that guide it."""

    order: ShotOrder
    seed: int
    guide: Guide | None = None


@dataclass(frozen=True)
class Drawn:
    """The model's picture of one request, (height, width, 3), sRGB encoded float32 in [0, 1].

    `caption` is the text that the model read, `ignored_words` are those of the brief that it could not use.
    """

    request: DrawRequest
    pixels: Pixels
    caption: str
    ignored_words: tuple[str, ...]


@dataclass(frozen=True)
class Undrawn:
    """A request that its model refuses for good, with the code and the sentence of its dead letter; no outage."""

    request: DrawRequest
    code: str
    reason: str


class DrawingHandler(Protocol):
    """A handler of Beam that draws, as far as this package asks for it. Its model is whatever it loads."""

    def load_model(self) -> Any:
        """Load the model."""

    def run_inference(self, batch: Sequence[DrawRequest], model: Any) -> list[Drawn | Undrawn]:
        """Return one result per request, in order."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A shot after all its attempts; `passed` is the verdict on the last.

    `fingerprint` is the perceptual hash of a drawing that passed. `code` and `reason` are those of the dead letter of
    one that did not: the generator's own if it refused the request for good, and then `pixels` is empty.
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
