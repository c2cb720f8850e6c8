"""The curve from light to encoded values: linear up to the shoulder, so that colours stay as they were asked for."""

from __future__ import annotations

import numpy as np

from foundry.colour import linear_of_srgb, srgb_of_linear
from imaging.pixels.arrays import Pixels
from models.sets.graph import Floats

SHOULDER = 0.85
"""Linear light up to which the curve changes nothing; above it, light comes ever nearer to 1."""

BRIGHTEST = 0.91
"""The brightest linear light that a surface is lit to: white keeps its shading, and highlights stay brighter."""


def encode(light: Floats) -> Pixels:
    """Return sRGB values in [0, 1] of linear light; bright colours fade towards white, as film does."""
    light = np.maximum(light, 0)
    peak = light.max(-1, keepdims=True)
    over = np.maximum(peak - SHOULDER, 0) / (1 - SHOULDER)
    rolled = np.where(peak > SHOULDER, SHOULDER + (1 - SHOULDER) * over / (1 + over), peak)
    kept = light * (rolled / np.maximum(peak, 1e-6))
    white = np.clip(over / 12, 0, 1) ** 0.75  # the brightest lights lose their colour
    return np.clip(srgb_of_linear(kept + (rolled - kept) * white), 0, 1).astype(np.float32)


def light_for(encoded: Pixels) -> Floats:
    """Return the linear light that is encoded as these sRGB values; at most a little above the shoulder."""
    wanted = np.minimum(linear_of_srgb(np.asarray(encoded, np.float32)), BRIGHTEST)
    peak = wanted.max(-1, keepdims=True)
    share = np.clip((peak - SHOULDER) / (1 - SHOULDER), 0, BRIGHTEST)
    raised = SHOULDER + (1 - SHOULDER) * share / (1 - share)
    return np.asarray(np.where(peak > SHOULDER, wanted * raised / np.maximum(peak, 1e-6), wanted), np.float32)
