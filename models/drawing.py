"""The values that models pass to each other within one fused stage. They hold pixels, so none may cross a shuffle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from foundry.manifest import Attempt
from foundry.plan.shot import ShotOrder
from foundry.spent import NOTHING_SPENT, Spent
from imaging.pixels.arrays import Pixels
from models.sets.rendered import SetGuide, StagedProduct

NO_PIXELS: Pixels = np.zeros((0, 0, 3), np.float32)


@dataclass(frozen=True)
class Guide:
    """The pictures that a drawing starts from or keeps to, at the drawing's size, all sRGB encoded float32 in [0, 1].

    `image` (height, width, 3) is the start of image-to-image, or the picture that inpainting completes; `mask` (height,
    width) is 1 where inpainting draws and 0 where `image` stays; `control` (height, width, 3) is a ControlNet's map;
    `reference` (any size, 3 channels) is an IP-Adapter's picture; `strength` is the share of the steps that is redrawn.
    `set` is what a set card renders.
    """

    image: Pixels | None = None
    mask: Pixels | None = None
    control: Pixels | None = None
    reference: Pixels | None = None
    strength: float = 1.0
    set: SetGuide | None = None


@dataclass(frozen=True)
class DrawRequest:
    """One attempt at a shot: its order, a seed, and the pictures that guide it."""

    order: ShotOrder
    seed: int
    guide: Guide | None = None


@dataclass(frozen=True)
class Drawn:
    """The model's picture of one request, (height, width, 3), sRGB encoded float32 in [0, 1].

    `caption` is the text that the model read, `ignored_words` are those of the brief that it could not use. `staged` is
    how the product stands in a rendered set, if it does.
    """

    request: DrawRequest
    pixels: Pixels
    caption: str
    ignored_words: tuple[str, ...]
    staged: StagedProduct | None = None


@dataclass(frozen=True)
class Undrawn:
    """A request that its model refuses for good, with the code and the sentence of its dead letter; no outage.

    `paid`: whether a picture was paid for all the same, as one that a vendor delivered in another size.
    """

    request: DrawRequest
    code: str
    reason: str
    paid: bool = False


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
    one that did not: the generator's own if it refused the request for good, and then `pixels` is empty. `unpaid` is
    the number of attempts for which no picture was paid, since the generator refused them. `spent` was measured over
    all attempts.
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
    unpaid: int = 0
    spent: Spent = NOTHING_SPENT
    staged: StagedProduct | None = None

    @property
    def paid_pictures(self) -> int:
        """The number of pictures that were drawn or bought for the shot."""
        return len(self.attempts) - self.unpaid


@dataclass(frozen=True)
class Enlarged:
    """A drawing at the master's size; without pixels, but with code and reason, if it could not be enlarged.

    `spent` was measured over its enlargement alone.
    """

    drawing: Drawing
    pixels: Pixels
    code: str = ""
    reason: str = ""
    spent: Spent = NOTHING_SPENT


def undrawn(order: ShotOrder, code: str, reason: str) -> Drawing:
    """Return the result of an order on which its handler failed: no pixels, and nothing known of its attempts."""
    return Drawing(
        order=order,
        pixels=NO_PIXELS,
        seed=0,
        caption="",
        ignored_words=(),
        attempts=(),
        passed=False,
        code=code,
        reason=reason,
    )


def unenlarged(drawing: Drawing, code: str, reason: str) -> Enlarged:
    """Return the result of a drawing on which its upscaler failed."""
    return Enlarged(drawing, NO_PIXELS, code, reason)
