"""How a clip moves, measured frame by frame as it is read: whether at all, and how much of it is no motion.

Neighbouring frames are compared in luma at a short edge of 128 px. Each is predicted from the one before it by dense
optical flow (Farnebäck, SCIA 2003), and what the prediction leaves is the warping error by which temporal consistency
is judged (Lai et al., ECCV 2018): little for anything that moves, much for flicker, noise, boiling and cuts. A margin
of an eighth, where things come into view, is left out.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation.scaling import Picture, luma, with_short_edge

EDGE_PX, MARGIN = 128, 8
LEVELS = 255
FLOW = {"pyr_scale": 0.5, "levels": 4, "winsize": 15, "iterations": 3, "poly_n": 5, "poly_sigma": 1.2, "flags": 0}


@dataclass(frozen=True)
class Motion:
    """Means over neighbouring frames, in levels of 255; `step` is their difference, `left` what motion leaves of it.

    `jump` is the most that motion leaves anywhere.
    """

    frames: int
    step: float
    left: float
    jump: float


def motion(frames: Iterable[Picture]) -> Motion:
    """Of at least one frame; two small ones are held at a time."""
    count, steps, left = 1, [], []
    for before, after in pairwise(_seen(frame) for frame in frames):
        count += 1
        steps.append(_apart(before, after))
        left.append(min(steps[-1], _apart(_predicted(before, after), after)))
    if not steps:
        return Motion(count, 0.0, 0.0, 0.0)
    return Motion(count, statistics.fmean(steps), statistics.fmean(left), max(left))


def _seen(frame: Picture) -> NDArray[np.uint8]:
    return np.rint(luma(with_short_edge(frame, EDGE_PX)) * LEVELS).astype(np.uint8)


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
