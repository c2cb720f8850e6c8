"""Checks that need no network: blank, clipped or flat drawings, and drawings off the palette.

They measure the drawing as the model gave it, before anything is spent on enlarging it.
"""

from __future__ import annotations

import numpy as np

from foundry.card.card import ModelCard
from foundry.colour import BT709, lab_of_hex, lab_of_srgb
from foundry.manifest import CheckRecord
from imaging.pixels.arrays import Pixels
from models.drawing import Drawn
from models.screening.threshold_checks import at_least, at_most

THRESHOLDS = ("contrast", "clipped", "detail", "palette")


def check_pixels(drawn: Drawn, screen: ModelCard) -> tuple[CheckRecord, ...]:
    """Return one record for each measure that the screen card has a threshold for."""
    pixels, palette, limits = drawn.pixels, drawn.request.order.palette, screen.thresholds
    luma = pixels @ BT709
    checks = []
    if "contrast" in limits:
        checks.append(at_least("not_blank", float(luma.std()), limits["contrast"], "standard deviation of luma"))
    if "clipped" in limits:
        checks.append(at_most("not_clipped", clipped_share(pixels), limits["clipped"], "share of clipped pixels"))
    if "detail" in limits:
        checks.append(at_least("detail", mean_gradient(luma), limits["detail"], "mean gradient of luma"))
    if "palette" in limits and palette:
        away = palette_distance(pixels, palette)
        checks.append(at_most("on_palette", away, limits["palette"], "CIE76 to nearest colour"))
    return tuple(checks)


def clipped_share(pixels: Pixels) -> float:
    """Return the share of pixels that are black or white in all channels."""
    black = (pixels <= 1 / 255).all(axis=2)
    white = (pixels >= 254 / 255).all(axis=2)
    return float((black | white).mean())


def mean_gradient(luma: Pixels) -> float:
    """Return the mean length of the gradient of (height, width) luma, per pixel."""
    down, across = np.gradient(luma)
    return float(np.hypot(down, across).mean())


def palette_distance(pixels: Pixels, palette: tuple[str, ...]) -> float:
    """Return the median distance, in a*b*, to the nearest colour of the palette; every eighth pixel each way counts."""
    small = pixels[::8, ::8].reshape(-1, 3)
    lab = lab_of_srgb(small)
    wanted = np.stack([lab_of_hex(colour) for colour in palette])
    chroma = np.linalg.norm(lab[:, None, 1:] - wanted[None, :, 1:], axis=2)
    return float(np.median(chroma.min(axis=1)))
