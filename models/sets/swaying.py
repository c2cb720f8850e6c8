"""Wind: leaves before a lamp and plants in a set sway, and stand at the start as they do in the still."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from models.sets.graph import Floats, Mesh

GUSTS = ((0.31, 1.0, 0.0), (0.53, 0.55, 1.9), (0.97, 0.25, 4.1))
"""Frequency in hertz, share of the strength, phase in radians: unlike each other, so that nothing repeats soon."""
GOBO_REACH = 0.012
"""The farthest that a leaf before a lamp moves, in shares of the mask."""
PLANT_REACH = 0.05
"""The farthest that a plant's tip moves, in shares of its height."""


def gust(seconds: float, phase: Floats | float) -> Floats:
    """Return how far things of these phases are moved, about [-1, 1]; 0 at the start."""
    moved = sum(
        share * (np.sin(2 * math.pi * pace * seconds + late + phase) - np.sin(late + phase))
        for pace, share, late in GUSTS
    )
    return np.asarray(moved / 2, np.float32)


def sway_gobo(gobo: Floats, seconds: float, strength: float) -> Floats:
    """Return a mask whose leaves are moved, each region a little later than its neighbours."""
    import cv2

    height, width = gobo.shape
    down, across = np.indices(gobo.shape, np.float32)
    u, v = across / width, down / height
    reach = GOBO_REACH * strength * max(width, height)
    right = reach * gust(seconds, (5.1 * u + 3.7 * v).astype(np.float32))
    below = 0.6 * reach * gust(seconds, (2.9 * u - 4.3 * v + 1.3).astype(np.float32))
    moved = cv2.remap(gobo, across + right, down + below, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def sway_plant(mesh: Mesh, seconds: float, strength: float, number: int) -> Mesh:
    """Return a plant's mesh bent by the wind: its foot stands, its tips move most."""
    low, high = float(mesh.vertices[:, 2].min()), float(mesh.vertices[:, 2].max())
    tall = max(high - low, 1e-6)
    above = (mesh.vertices[:, 2] - low) / tall
    reach = PLANT_REACH * strength * tall * above**2
    vertices = mesh.vertices.copy()
    vertices[:, 0] += reach * gust(seconds, 2.0 * number + mesh.vertices[:, 1])
    vertices[:, 1] += 0.5 * reach * gust(seconds, 2.0 * number + 1.1 + mesh.vertices[:, 0])
    return replace(mesh, vertices=vertices.astype(np.float32))
