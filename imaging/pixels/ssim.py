"""Structural similarity of two pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
TAPS, SIGMA = 11, 1.5
K1, K2, LEVELS = 0.01, 0.03, 255


def ssim(one: Picture, other: Picture) -> float:
    """Mean SSIM of two pictures, (height, width, channels) uint8, each edge at least 11 pixels; 1 means equal.

    Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity", IEEE
    Transactions on Image Processing 13(4), 2004: a Gaussian window of 11 taps and deviation 1.5, only where the whole
    window lies within the picture, averaged over places and channels.
    """
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = _weighed(x), _weighed(y)
    variance_x = _weighed(x * x) - mean_x**2
    variance_y = _weighed(y * y) - mean_y**2
    covariance = _weighed(x * y) - mean_x * mean_y
    c1, c2 = (K1 * LEVELS) ** 2, (K2 * LEVELS) ** 2
    likeness = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    scale = (mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)
    return float((likeness / scale).mean())


def _weighed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The Gaussian mean around every place that has all its neighbours."""
    reach = np.arange(TAPS) - TAPS // 2
    weights = np.exp(-(reach**2) / (2 * SIGMA**2))
    weights /= weights.sum()
    height, width = values.shape[0] - TAPS + 1, values.shape[1] - TAPS + 1
    down = sum(weight * values[at : at + height] for at, weight in enumerate(weights))
    return np.asarray(sum(weight * down[:, at : at + width] for at, weight in enumerate(weights)))
