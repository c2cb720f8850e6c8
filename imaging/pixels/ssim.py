"""Structural similarity (SSIM) of two pictures, in the windows that its uses need; 1 means the same picture.

Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity",
IEEE Transactions on Image Processing 13(4), 2004. One formula, `_terms`, and five ways of taking means around a place:

- `ssim`: a Gaussian of 11 taps and deviation 1.5, as in the paper, in double precision; parity, clips, golden pictures.
- `ssim_of_luma`: the same window in single precision, by OpenCV, since it runs for every film.
- `WeightedPlane`: a box of 7 places, pooled by information content, since it runs in every search for a quality.
- `multi_scale_ssim`: boxes of 8 places at four scales, for how different alternatives are.
- `ssim_by_scikit_image`: scikit-image's Gaussian, which the published figures of upscalers were measured with.

They are not merged further: each one's figures are held against limits or kept as evidence, and another window,
precision or order of operations would change their last digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Plane = NDArray[np.floating[Any]]
TAPS, SIGMA = 11, 1.5
K1, K2, LEVELS = 0.01, 0.03, 255
BOX = (7, 7)
PLAIN = 0.02
"""Weight that a place without structure still has in `WeightedPlane`."""
BLOCK_PX, BLOCK_STEP_PX = 8, 2
SCALE_WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363]) / 0.8668


def _constants(highest: float) -> tuple[float, float]:
    """Return C1 and C2 for values from 0 to `highest`."""
    return (K1 * highest) ** 2, (K2 * highest) ** 2


def _terms(
    means: tuple[Plane, Plane], variances: Plane, covariance: Plane, highest: float = LEVELS
) -> tuple[Plane, Plane, Plane, Plane]:
    """Return luminance's numerator and denominator, then structure's; `variances` is the sum of both pictures'."""
    c1, c2 = _constants(highest)
    first, second = means
    return 2 * first * second + c1, first**2 + second**2 + c1, 2 * covariance + c2, variances + c2


def ssim(one: Picture, other: Picture) -> float:
    """Return the mean SSIM of two pictures, (height, width, channels) uint8, each edge at least 11 pixels.

    Only places whose whole window lies within the picture count; they are averaged over places and channels.
    """
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = _gaussian_mean(x), _gaussian_mean(y)
    variance_x = _gaussian_mean(x * x) - mean_x**2
    variance_y = _gaussian_mean(y * y) - mean_y**2
    covariance = _gaussian_mean(x * y) - mean_x * mean_y
    light, light_scale, structure, structure_scale = _terms((mean_x, mean_y), variance_x + variance_y, covariance)
    return float((light * structure / (light_scale * structure_scale)).mean())


def _gaussian_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Gaussian mean around every place that has all its neighbours."""
    reach = np.arange(TAPS) - TAPS // 2
    weights = np.exp(-(reach**2) / (2 * SIGMA**2))
    weights /= weights.sum()
    height, width = values.shape[0] - TAPS + 1, values.shape[1] - TAPS + 1
    down = sum(weight * values[at : at + height] for at, weight in enumerate(weights))
    return np.asarray(sum(weight * down[:, at : at + width] for at, weight in enumerate(weights)))


def ssim_of_luma(one: Picture, other: Picture) -> float:
    """Return the mean SSIM of two luma planes, (height, width) uint8, each edge at least 11 pixels.

    As `ssim` but in single precision, which differs by less than 0.0002.
    """
    import cv2

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        edge = TAPS // 2
        return np.asarray(cv2.GaussianBlur(values, (TAPS, TAPS), SIGMA)[edge:-edge, edge:-edge])

    x, y = one.astype(np.float32), other.astype(np.float32)
    mean_x, mean_y = mean(x), mean(y)
    variances = mean(x * x) - mean_x**2 + mean(y * y) - mean_y**2
    covariance = mean(x * y) - mean_x * mean_y
    light, light_scale, structure, structure_scale = _terms((mean_x, mean_y), variances, covariance)
    return float((light * structure / (light_scale * structure_scale)).mean())


@dataclass(frozen=True, eq=False)
class WeightedPlane:
    """A plane, (height, width) float32 from 0 to 255, with its local statistics, which are taken once.

    SSIM is pooled by information content (Wang, Li, "Information content weighting for perceptual image quality
    assessment", IEEE Transactions on Image Processing 20(5), 2011): a place weighs `PLAIN` plus the bits that its
    variance carries, so errors in type count more than errors on a plain ground.
    """

    plane: Plane
    mean: Plane
    variance: Plane
    weight: Plane

    @classmethod
    def of(cls, plane: Plane) -> WeightedPlane:
        """Return the plane with its statistics."""
        mean, variance = _box_statistics(plane)
        return cls(plane, mean, variance, PLAIN + np.log2(1 + variance / _constants(LEVELS)[1]))

    def ssim(self, other: Plane) -> float:
        """Return the weighted mean SSIM with another plane of this shape."""
        mean, variance = _box_statistics(other)
        covariance = _box_mean(self.plane * other) - self.mean * mean
        terms = _terms((self.mean, mean), self.variance + variance, covariance)
        light, structure = terms[0] / terms[1], terms[2] / terms[3]
        return float((light * structure * self.weight).sum() / self.weight.sum())


def _box_statistics(plane: Plane) -> tuple[Plane, Plane]:
    mean = _box_mean(plane)
    return mean, np.maximum(_box_mean(plane * plane) - mean * mean, 0)


def _box_mean(plane: Plane) -> Plane:
    import cv2

    border = cv2.BORDER_REFLECT_101 if min(plane.shape) > 3 else cv2.BORDER_REPLICATE
    return np.asarray(cv2.blur(plane, BOX, borderType=border), np.float32)


def multi_scale_ssim(one: Plane, other: Plane) -> float:
    """Return the multi-scale SSIM of two luma planes of one shape, (height, width), values in [0, 1].

    Wang, Simoncelli, Bovik, "Multiscale structural similarity for image quality assessment", Asilomar 2003: four
    scales with the weights of the paper's first four, renormalised; 8 × 8 boxes that move by two places.
    """
    value = 1.0
    for scale, weight in enumerate(SCALE_WEIGHTS):
        light, structure = _block_terms(one, other)
        last = scale == len(SCALE_WEIGHTS) - 1
        value *= max(light * structure if last else structure, 0.0) ** float(weight)
        one, other = _halve(one), _halve(other)
    return float(value)


def _block_terms(one: Plane, other: Plane) -> tuple[float, float]:
    """Return the mean luminance term and the mean structure term of two planes."""
    x, y = _blocks(one), _blocks(other)
    means = mean_x, mean_y = x.mean(axis=1), y.mean(axis=1)
    covariance = ((x - mean_x[:, None]) * (y - mean_y[:, None])).mean(axis=1)
    terms = _terms(means, x.var(axis=1) + y.var(axis=1), covariance, highest=1)
    return float((terms[0] / terms[1]).mean()), float((terms[2] / terms[3]).mean())


def _blocks(plane: Plane) -> Plane:
    moved = sliding_window_view(plane, (BLOCK_PX, BLOCK_PX))[::BLOCK_STEP_PX, ::BLOCK_STEP_PX]
    return moved.reshape(-1, BLOCK_PX * BLOCK_PX)


def _halve(plane: Plane) -> Plane:
    height, width = (edge // 2 * 2 for edge in plane.shape)
    return plane[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))


def ssim_by_scikit_image(one: Plane, other: Plane) -> float:
    """Return the mean SSIM of two luma planes, (height, width) float32 in [0, 1], as scikit-image measures it.

    The window is that of `ssim`; scikit-image filters it in single precision and averages in double. It is an optional
    dependency, for evaluations.
    """
    from skimage import metrics

    measure: Any = metrics.structural_similarity  # it has no annotations
    return float(measure(one, other, data_range=1.0, gaussian_weights=True, sigma=SIGMA, use_sample_covariance=False))
