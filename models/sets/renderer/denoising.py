"""Removal of noise by Open Image Denoise."""

from __future__ import annotations

import numpy as np

from models.sets.graph import Floats

NEIGHBOURS = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0)]


def denoise(light: Floats, albedo: Floats, normals: Floats) -> Floats:
    """Return the light without noise. All are (height, width, 3) float32: linear light, albedo in [0, 1], normals."""
    from pyoidn.denoise import denoise as remove

    clean = np.ascontiguousarray(without_fireflies(light), np.float32)
    return np.asarray(remove(clean, albedo, normals, hdr=True), np.float32)


def without_fireflies(light: Floats) -> Floats:
    """Return the light with each pixel held to a multiple of its second brightest neighbour."""
    peak = light.max(-1)
    padded = np.pad(peak, 1, mode="edge")
    height, width = peak.shape
    around = np.stack([padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width] for dy, dx in NEIGHBOURS])
    most = 2.0 * np.partition(around, -2, axis=0)[-2] + 0.05
    return light * np.minimum(1, most / np.maximum(peak, 1e-6))[..., None].astype(np.float32)
