"""How good an upscaler is beside the classical resamplers: held-out photographs, seams, seconds for a master.

Photographs are reduced in float, rounded to 8 bits, and enlarged again by every method in one run; 4 px at the edges
are not measured. PSNR is over RGB and over luma, SSIM over luma (Wang et al. 2004, Gaussian window), and the last
figure is `feature_distance`, where less is better.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.card.card import ModelCard
from imaging.pixels.resample import centred_crop, resample_rows
from imaging.pixels.rows import gather, rows_of
from lab.evaluation.feature_distance import feature_distance
from lab.evaluation.photographs import LICENCES, photograph, reduced
from lab.evaluation.seams import SeamMeter
from models.upscaling.enlarge import enlarge, enlarge_rows
from models.upscaling.learned_upscaler import LearnedUpscaler, load_upscaler
from models.upscaling.tiles import TILE_COLUMNS, TILE_ROWS

Pixels = NDArray[Any]
Enlarge = Callable[[Pixels, int], Pixels]
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
EDGE = 4
SCALES = (2, 4)
FILTERS = {"bicubic": Image.Resampling.BICUBIC, "box": Image.Resampling.BOX}
MASTER, DRAWING = (3840, 2160), (512, 288)
SEAM_PX = 2048


def network_of(card: ModelCard) -> LearnedUpscaler | None:
    """The network that enlarges with this card; None where it is the resampler."""
    return None if card.source.kind == "code" else load_upscaler(card, "cpu")


def sized(pixels: Pixels, network: LearnedUpscaler | None, width: int, height: int) -> Pixels:
    """As a run enlarges, with a card's network or without."""
    return enlarge(pixels, network, width, height) if network else resampled(pixels, width, height)


def scaled_by(network: LearnedUpscaler | None) -> Enlarge:
    """(small picture, scale) → large picture, by `sized`."""
    return lambda small, scale: sized(small, network, small.shape[1] * scale, small.shape[0] * scale)


def resampled(pixels: Pixels, width: int, height: int) -> Pixels:
    """Lanczos in float, cropped in the middle to the aspect, as the card `lanczos` does it."""
    crop = centred_crop(pixels.shape[1], pixels.shape[0], width, height)
    return gather(resample_rows(rows_of(pixels), crop, width, height))


def pillow(filter_: Image.Resampling) -> Enlarge:
    """One of Pillow's resamplers over float planes."""

    def enlarge(small: Pixels, scale: int) -> Pixels:
        size = (small.shape[1] * scale, small.shape[0] * scale)
        planes = [Image.fromarray(np.ascontiguousarray(small[..., c])).resize(size, filter_) for c in range(3)]
        return np.stack([np.asarray(plane) for plane in planes], axis=2)

    return enlarge


def measured(made: Pixels, wanted: Pixels) -> NDArray[np.float64]:
    """PSNR of RGB, PSNR of luma, SSIM of luma, feature distance."""
    from skimage.metrics import structural_similarity

    inner = (slice(EDGE, -EDGE), slice(EDGE, -EDGE))
    a, b = np.clip(made, 0, 1)[inner].astype(np.float32), wanted[inner]
    first, second = a @ LUMA, b @ LUMA
    similar = structural_similarity(
        first, second, data_range=1.0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    return np.array([psnr(a, b), psnr(first, second), similar, feature_distance(a, b)])


def psnr(first: Pixels, second: Pixels) -> float:
    """Decibels, of values up to 1."""
    return float(-10 * np.log10(np.mean((first.astype(np.float64) - second) ** 2)))


@dataclass(frozen=True)
class Compared:
    """One photograph enlarged by the card and by Pillow's Lanczos: what `measured` tells of each."""

    photograph: str
    scale: int
    reduced_by: str
    own: NDArray[np.float64]
    lanczos: NDArray[np.float64]


def compare(own: Enlarge, names: tuple[str, ...] = tuple(LICENCES)) -> list[Compared]:
    """Every photograph at every scale and reducing filter."""
    plain, found = pillow(Image.Resampling.LANCZOS), []
    for name in names:
        wanted = photograph(name)
        for scale in SCALES:
            for reduced_by, filter_ in FILTERS.items():
                small = reduced(wanted, scale, filter_)
                pair = measured(own(small, scale), wanted), measured(plain(small, scale), wanted)
                found.append(Compared(name, scale, reduced_by, *pair))
    return found


def seams(network: LearnedUpscaler, edge_px: int = SEAM_PX) -> tuple[float, float]:
    """The largest step at tiles' borders over the largest around it, and the same where no border is."""
    source, meter = resampled(photograph("coffee.png"), edge_px // 4, edge_px // 4), SeamMeter()
    for strip in meter.watch(enlarge_rows(rows_of(source), network, edge_px, edge_px)).strips:
        del strip  # it is measured on its way
    borders = 4 * TILE_ROWS, 4 * TILE_COLUMNS
    return meter.worst(*borders), meter.elsewhere(*borders)


def master_seconds(network: LearnedUpscaler | None, rounds: int = 3) -> float:
    """Least wall seconds for a 3840 x 2160 master from a drawing of 512 x 288, in memory, on this machine's cores."""
    small, taken = resampled(photograph("coffee.png"), *DRAWING), []
    for _ in range(rounds):
        began = time.perf_counter()
        sized(small, network, *MASTER)
        taken.append(time.perf_counter() - began)
    return min(taken)
