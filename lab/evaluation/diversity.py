"""How different the pictures are that one prompt gives with several seeds.

The distance of two pictures is 1 - MS-SSIM of their luma at a short edge of 128 px (Wang et al. 2003, four scales,
8 × 8 windows that move by two pixels, the weights of the paper's first four scales renormalised). Structure only: the
prompt fixes the colours, so a difference in colour would not be diversity. 0 is the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lab.evaluation.scaling import Picture, luma, with_short_edge

EDGE_PX = 128
WINDOW_PX, MOVE_PX = 8, 2
WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363]) / 0.8668
STEADY_LUMA, STEADY_CONTRAST = 0.01**2, 0.03**2


def diversity(pictures: Sequence[Picture]) -> float:
    """Mean distance over all pairs, 0 to 1; 0 for fewer than two pictures."""
    small = [luma(with_short_edge(picture, EDGE_PX)) for picture in pictures]
    pairs = [1 - ms_ssim(one, other) for one, other in combinations(small, 2)]
    return float(np.mean(pairs)) if pairs else 0.0


def ms_ssim(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Multi-scale structural similarity of two luma planes of one shape, values in [0, 1]; 1 is identical."""
    value = 1.0
    for scale, weight in enumerate(WEIGHTS):
        brightness, structure = _ssim(one, other)
        last = scale == len(WEIGHTS) - 1
        value *= max(brightness * structure if last else structure, 0.0) ** float(weight)
        one, other = _halved(one), _halved(other)
    return float(value)


def _ssim(one: NDArray[Any], other: NDArray[Any]) -> tuple[float, float]:
    first, second = _windows(one), _windows(other)
    mean_1, mean_2 = first.mean(axis=1), second.mean(axis=1)
    var_1, var_2 = first.var(axis=1), second.var(axis=1)
    both = ((first - mean_1[:, None]) * (second - mean_2[:, None])).mean(axis=1)
    brightness = (2 * mean_1 * mean_2 + STEADY_LUMA) / (mean_1**2 + mean_2**2 + STEADY_LUMA)
    structure = (2 * both + STEADY_CONTRAST) / (var_1 + var_2 + STEADY_CONTRAST)
    return float(brightness.mean()), float(structure.mean())


def _windows(plane: NDArray[Any]) -> NDArray[Any]:
    moved = sliding_window_view(plane, (WINDOW_PX, WINDOW_PX))[::MOVE_PX, ::MOVE_PX]
    return moved.reshape(-1, WINDOW_PX * WINDOW_PX)


def _halved(plane: NDArray[Any]) -> NDArray[Any]:
    height, width = (edge // 2 * 2 for edge in plane.shape)
    return plane[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
