"""Detection of faces with CenterFace.

Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019; code and weights are under the
MIT licence, and models/embedded/centerface/README.md names their origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.screening.onnx_networks import Networks

WEIGHTS = "models/embedded/centerface/centerface.onnx"
CELL = 4
"""Pixels of the input per cell of the outputs."""
MULTIPLE = 32
"""The edges of the network's input are multiples of this many pixels."""
OVERLAP = 0.3
"""Shared area over joint area from which two boxes are one face."""


@dataclass(frozen=True)
class DetectedFace:
    """A face's score in [0, 1] and its box in pixels: left, top, right, bottom."""

    score: float
    box: tuple[int, int, int, int]


def find_faces(pixels: NDArray[np.uint8], networks: Networks, least: float) -> list[DetectedFace]:
    """Return the faces in (height, width, 3) 8-bit sRGB whose score exceeds `least`, the surest first."""
    height, width = pixels.shape[:2]
    padded = np.zeros((-(-height // MULTIPLE) * MULTIPLE, -(-width // MULTIPLE) * MULTIPLE, 3), np.float32)
    padded[:height, :width] = pixels
    heat, size, offset, _ = networks.run(WEIGHTS, np.ascontiguousarray(padded.transpose(2, 0, 1))[None])
    rows, columns = np.nonzero(heat[0, 0] > least)
    high, wide = np.exp(size[0, :, rows, columns]).T * CELL
    down, across = offset[0, :, rows, columns].T + 0.5
    middle_y, middle_x = (rows + down) * CELL, (columns + across) * CELL
    boxes = np.stack([middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2], axis=1)
    boxes = np.clip(boxes, 0, [width, height, width, height])
    return _distinct_faces(boxes, heat[0, 0, rows, columns])


def _distinct_faces(boxes: NDArray[Any], scores: NDArray[Any]) -> list[DetectedFace]:
    """Return each face once: a box that overlaps a surer one is the same face."""
    kept: list[int] = []
    for at in np.argsort(-scores, kind="stable"):
        if all(_overlap(boxes[at], boxes[other]) < OVERLAP for other in kept):
            kept.append(int(at))
    return [DetectedFace(float(scores[at]), _whole_pixels(boxes[at])) for at in kept]


def _whole_pixels(box: NDArray[Any]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (int(edge) for edge in box)
    return left, top, right, bottom


def _overlap(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return shared area over joint area."""
    low, high = np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])
    shared = float(np.prod(np.clip(high - low, 0, None)))
    joint = float(np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2])) - shared
    return shared / joint if joint > 0 else 0.0
