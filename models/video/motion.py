"""How a clip moves, measured frame by frame as it passes: whether at all, and how much of it is no motion.

Neighbouring frames are compared in luma at a short edge of 128 px. Each is predicted from the one before it by dense
optical flow (Farnebäck, SCIA 2003), and what the prediction leaves is the warping error by which temporal consistency
is judged (Lai et al., ECCV 2018): little for anything that moves, much for flicker, noise, boiling and cuts. A margin
of an eighth, where things come into view, is left out.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.card.card import ModelCard
from foundry.colour import BT709
from foundry.manifest import CheckRecord
from models.screening.limits import at_least, at_most

Frame = NDArray[Any]
"""(height, width, 3), sRGB encoded: uint8, or floats in [0, 1]."""
EDGE_PX, MARGIN = 128, 8
LEVELS = 255
FLOW = {"pyr_scale": 0.5, "levels": 4, "winsize": 15, "iterations": 3, "poly_n": 5, "poly_sigma": 1.2, "flags": 0}
LIMITS = {"moves": Decimal("0.05"), "flicker": Decimal(8), "cut": Decimal(24)}
"""What a clip is refused for where its card says nothing else: frozen, or nothing that anyone would take for motion."""


@dataclass(frozen=True)
class Motion:
    """Means over neighbouring frames, in levels of 255; `step` is their difference, `left` what motion leaves of it.

    `jump` is the most that motion leaves anywhere.
    """

    frames: int
    step: float
    left: float
    jump: float


class MotionMeter:
    """Measures frames as they pass; one small one is held."""

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._count = 0
        self._steps: list[float] = []
        self._left: list[float] = []

    def watch(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The same frames."""
        for frame in frames:
            self.take(frame)
            yield frame

    def take(self, frame: Frame) -> None:
        """The next frame."""
        after, before = _seen(frame), self._before
        self._before, self._count = after, self._count + 1
        if before is not None:
            self._steps.append(_apart(before, after))
            self._left.append(min(self._steps[-1], _apart(_predicted(before, after), after)))

    @property
    def motion(self) -> Motion:
        """Of what has passed; a single frame does not move."""
        if not self._steps:
            return Motion(self._count, 0.0, 0.0, 0.0)
        return Motion(self._count, statistics.fmean(self._steps), statistics.fmean(self._left), max(self._left))


def motion_checks(card: ModelCard, moved: Motion) -> tuple[CheckRecord, ...]:
    """Whether a clip moves, does not flicker and is not cut, by the card's thresholds or else by LIMITS."""
    moves, flicker, cut = (card.thresholds.get(name, limit) for name, limit in LIMITS.items())
    return (
        at_least("moves", moved.step, moves, "mean difference of neighbouring frames, levels"),
        at_most("no_flicker", moved.left, flicker, "mean of what optical flow leaves of it, levels"),
        at_most("no_cut", moved.jump, cut, "most that optical flow leaves of it, levels"),
    )


def _seen(frame: Frame) -> NDArray[np.uint8]:
    import cv2

    scale = LEVELS if frame.dtype != np.uint8 else 1
    light = frame.astype(np.float32, copy=False) @ BT709 * scale
    share = EDGE_PX / min(light.shape)
    size = (round(light.shape[1] * share), round(light.shape[0] * share))
    small = cv2.resize(light, size, interpolation=cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC)
    return np.rint(np.clip(small, 0, LEVELS)).astype(np.uint8)


def _predicted(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[Any]:
    """`before` moved to where `after` has it: `after`'s flow says where each of its places was."""
    import cv2

    where: Any = cv2.calcOpticalFlowFarneback(after, before, None, **FLOW)  # type: ignore[call-overload]
    down, across = np.indices(before.shape, np.float32)
    places = across + where[..., 0], down + where[..., 1]
    return cv2.remap(before, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _apart(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Mean absolute difference within the margin."""
    top, left = (edge // MARGIN for edge in one.shape)
    inner = slice(top, -top), slice(left, -left)
    return float(np.abs(one[inner].astype(np.int16) - other[inner]).mean())
