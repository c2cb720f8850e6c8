"""Measures of a clip's motion, frame by frame as it passes: if it moves at all, and how much of it is no motion.

Neighbouring frames are compared in luma at a short edge of 128 px. Each is predicted from the one before it by dense
optical flow (Farnebäck, SCIA 2003). The residual of the prediction is the warping error by which temporal consistency
is judged (Lai et al., ECCV 2018): small for anything that moves, large for flicker, noise, boiling and cuts. A margin
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
from models.screening.threshold_checks import at_least, at_most

Frame = NDArray[Any]
"""(height, width, 3), sRGB encoded: uint8, or floats in [0, 1]."""
EDGE_PX, MARGIN = 128, 8
LEVELS = 255
FLOW = {"pyr_scale": 0.5, "levels": 4, "winsize": 15, "iterations": 3, "poly_n": 5, "poly_sigma": 1.2, "flags": 0}
LIMITS = {"moves": Decimal("0.05"), "flicker": Decimal(8), "cut": Decimal(24)}
"""Limits of cards that set none: they refuse frozen clips, and changes that nobody would take for motion."""


@dataclass(frozen=True)
class ClipMotion:
    """The motion of a clip of `frames` frames, in levels of 255.

    `step` is the mean difference of neighbouring frames, `residual` the mean of what optical flow leaves of it, and
    `worst_residual` the most that it leaves anywhere.
    """

    frames: int
    step: float
    residual: float
    worst_residual: float


class MotionMeter:
    """Measures frames as they pass; it holds one small frame."""

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._count = 0
        self._steps: list[float] = []
        self._residuals: list[float] = []

    def watch(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """Measure the frames of an iterator and yield them unchanged."""
        for frame in frames:
            self.take(frame)
            yield frame

    def take(self, frame: Frame) -> None:
        """Measure the next frame."""
        after, before = _small_luma(frame), self._before
        self._before, self._count = after, self._count + 1
        if before is not None:
            self._steps.append(_mean_difference(before, after))
            self._residuals.append(min(self._steps[-1], _mean_difference(_predict(before, after), after)))

    @property
    def motion(self) -> ClipMotion:
        """The motion of the frames so far; a single frame does not move."""
        if not self._steps:
            return ClipMotion(self._count, 0.0, 0.0, 0.0)
        steps, residuals = self._steps, self._residuals
        return ClipMotion(self._count, statistics.fmean(steps), statistics.fmean(residuals), max(residuals))


def motion_checks(card: ModelCard, motion: ClipMotion) -> tuple[CheckRecord, ...]:
    """Check that a clip moves, does not flicker and is not cut, by the card's thresholds or else by LIMITS."""
    moves, flicker, cut = (card.thresholds.get(name, limit) for name, limit in LIMITS.items())
    return (
        at_least("moves", motion.step, moves, "mean difference of neighbouring frames, levels"),
        at_most("no_flicker", motion.residual, flicker, "mean of what optical flow leaves of it, levels"),
        at_most("no_cut", motion.worst_residual, cut, "most that optical flow leaves of it, levels"),
    )


def _small_luma(frame: Frame) -> NDArray[np.uint8]:
    import cv2

    scale = LEVELS if frame.dtype != np.uint8 else 1
    light = frame.astype(np.float32, copy=False) @ BT709 * scale
    share = EDGE_PX / min(light.shape)
    size = (round(light.shape[1] * share), round(light.shape[0] * share))
    small = cv2.resize(light, size, interpolation=cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC)
    return np.rint(np.clip(small, 0, LEVELS)).astype(np.uint8)


def _predict(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[Any]:
    """Return `before` moved to where `after` has it: the flow of `after` says where each of its pixels was."""
    import cv2

    # None, for no first guess, is documented and missing in the types
    where: Any = cv2.calcOpticalFlowFarneback(after, before, None, **FLOW)  # type: ignore[call-overload]
    down, across = np.indices(before.shape, np.float32)
    places = across + where[..., 0], down + where[..., 1]
    return cv2.remap(before, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _mean_difference(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the mean absolute difference within the margin."""
    top, left = (edge // MARGIN for edge in one.shape)
    inner = slice(top, -top), slice(left, -left)
    return float(np.abs(one[inner].astype(np.int16) - other[inner]).mean())
