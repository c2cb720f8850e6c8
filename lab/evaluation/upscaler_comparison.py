"""Comparison of an upscaler with classical resamplers: held-out photographs, seams, seconds for a master.

Photographs are reduced in float, rounded to 8 bits, and enlarged again by every method in one run; 4 px at the edges
are not measured. PSNR is over RGB and over luma, SSIM over luma (Wang et al. 2004, Gaussian window), and the last
measure is `feature_distance`, where less is better.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.card.card import ModelCard
from imaging.pixels.resample import centred_crop, resample_rows
from imaging.pixels.rows import gather, rows_of
from imaging.pixels.ssim import ssim_by_scikit_image
from lab.evaluation.feature_distance import feature_distance
from lab.evaluation.photographs import LICENCES, photograph, reduce
from lab.evaluation.seams import SeamFigures, SeamMeter
from models.upscaling.enlarge import enlarge, enlarge_rows
from models.upscaling.learned_upscaler import LearnedUpscaler, load_upscaler
from models.upscaling.tiles import TILE_COLUMNS, TILE_ROWS

Pixels = NDArray[Any]
Enlarge = Callable[[Pixels, int], Pixels]
"""(small picture, scale) → large picture; both (height, width, 3) float32 sRGB in [0, 1]."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""BT.601, as the literature on upscaling measures luma."""
EDGE = 4
SCALES = (2, 4)
FILTERS = {"bicubic": Image.Resampling.BICUBIC, "box": Image.Resampling.BOX}
MASTER, DRAWING = (3840, 2160), (512, 288)
SEAM_PX = 2048


class Fidelity(NamedTuple):
    """The measures of an enlarged picture against its original; PSNR is of RGB and of luma, in dB."""

    psnr: float
    luma: float
    ssim: float
    distance: float


def network_of(card: ModelCard) -> LearnedUpscaler | None:
    """Return the network that enlarges with this card, or None if the card is the resampler."""
    return None if card.source.kind == "code" else load_upscaler(card, "cpu")


def enlarge_to(pixels: Pixels, network: LearnedUpscaler | None, width: int, height: int) -> Pixels:
    """Return the picture at a size, enlarged as a campaign does it: by the network, or by Lanczos if it is None."""
    return enlarge(pixels, network, width, height) if network else resample(pixels, width, height)


def enlarger_of(network: LearnedUpscaler | None) -> Enlarge:
    """Return the function that enlarges by `enlarge_to` with this network."""
    return lambda small, scale: enlarge_to(small, network, small.shape[1] * scale, small.shape[0] * scale)


def resample(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return the picture at a size by Lanczos in float, cropped in the middle to the aspect, as the card `lanczos`."""
    crop = centred_crop(pixels.shape[1], pixels.shape[0], width, height)
    return gather(resample_rows(rows_of(pixels), crop, width, height))


def pillow(filter_: Image.Resampling) -> Enlarge:
    """Return the function that enlarges by one of Pillow's resamplers, plane by plane in float."""

    def enlarge(small: Pixels, scale: int) -> Pixels:
        size = (small.shape[1] * scale, small.shape[0] * scale)
        planes = [Image.fromarray(np.ascontiguousarray(small[..., c])).resize(size, filter_) for c in range(3)]
        return np.stack([np.asarray(plane) for plane in planes], axis=2)

    return enlarge


def fidelity(made: Pixels, wanted: Pixels) -> Fidelity:
    """Return the measures of an enlarged picture against the original, without the 4 px at the edges."""
    inner = (slice(EDGE, -EDGE), slice(EDGE, -EDGE))
    a, b = np.clip(made, 0, 1)[inner].astype(np.float32), wanted[inner]
    first, second = a @ LUMA, b @ LUMA
    similar = ssim_by_scikit_image(first, second)
    return Fidelity(psnr(a, b), psnr(first, second), similar, feature_distance(a, b))


def psnr(first: Pixels, second: Pixels) -> float:
    """Return the peak signal-to-noise ratio in dB of arrays with values in [0, 1]."""
    return float(-10 * np.log10(np.mean((first.astype(np.float64) - second) ** 2)))


@dataclass(frozen=True)
class Comparison:
    """One photograph, enlarged by the card and by Pillow's Lanczos; `reduced_by` names the filter that reduced it."""

    photograph: str
    scale: int
    reduced_by: str
    own: Fidelity
    lanczos: Fidelity

    @property
    def gain_db(self) -> float:
        """The gain in PSNR of the card over Lanczos."""
        return self.own.psnr - self.lanczos.psnr

    @property
    def distance_ratio(self) -> float:
        """The feature distance of the card over that of Lanczos; less is better."""
        return self.own.distance / self.lanczos.distance


def compare(own: Enlarge, names: tuple[str, ...] = tuple(LICENCES)) -> list[Comparison]:
    """Return a comparison for every photograph, scale and reducing filter."""
    lanczos, comparisons = pillow(Image.Resampling.LANCZOS), []
    for name in names:
        wanted = photograph(name)
        for scale in SCALES:
            for reduced_by, filter_ in FILTERS.items():
                small = reduce(wanted, scale, filter_)
                pair = fidelity(own(small, scale), wanted), fidelity(lanczos(small, scale), wanted)
                comparisons.append(Comparison(name, scale, reduced_by, *pair))
    return comparisons


def measure_seams(network: LearnedUpscaler, edge_px: int = SEAM_PX) -> SeamFigures:
    """Return the steps at the borders of tiles and half a tile away, of a photograph enlarged to a square."""
    source, meter = resample(photograph("coffee.png"), edge_px // 4, edge_px // 4), SeamMeter()
    for strip in meter.watch(enlarge_rows(rows_of(source), network, edge_px, edge_px)).strips:
        del strip  # the meter has measured it
    borders = 4 * TILE_ROWS, 4 * TILE_COLUMNS
    return SeamFigures(at_borders=meter.worst(*borders), elsewhere=meter.elsewhere(*borders))


def master_seconds(network: LearnedUpscaler | None, rounds: int = 3) -> float:
    """Return the least wall seconds, over rounds, for a 3840 x 2160 master from a drawing of 512 x 288, in memory."""
    small, seconds = resample(photograph("coffee.png"), *DRAWING), []
    for _ in range(rounds):
        began = time.perf_counter()
        enlarge_to(small, network, *MASTER)
        seconds.append(time.perf_counter() - began)
    return min(seconds)
