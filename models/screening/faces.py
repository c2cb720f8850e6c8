"""Faces where the brief forbids people: CenterFace (Xu et al., "CenterFace: Joint Face Detection and Alignment Using
Face as Point", 2019), code and weights under the MIT licence; models/embedded/centerface/README.md says where from.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from foundry.manifest import CheckRecord
from models.screening.networks import Networks
from models.screening.people import forbids_people
from models.screening.verdict import at_most

if TYPE_CHECKING:
    from models.screening.look import Look

WEIGHTS = "models/embedded/centerface/centerface.onnx"
CELL = 4
"""Pixels of the input per cell of the outputs."""
MULTIPLE = 32
OVERLAP = 0.3


@dataclass(frozen=True)
class Face:
    """A face's score in [0, 1] and its box in pixels: left, top, right, bottom."""

    score: float
    box: tuple[int, int, int, int]


def faces(pixels: NDArray[np.uint8], networks: Networks, least: float) -> list[Face]:
    """Faces in (height, width, 3) 8-bit sRGB whose score exceeds `least`, the surest first."""
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
    return _surest(boxes, heat[0, 0, rows, columns])


def _surest(boxes: NDArray[Any], scores: NDArray[Any]) -> list[Face]:
    """Each face once: a box that overlaps a surer one is the same face."""
    kept: list[int] = []
    for at in np.argsort(-scores, kind="stable"):
        if all(_overlap(boxes[at], boxes[other]) < OVERLAP for other in kept):
            kept.append(int(at))
    return [Face(float(scores[at]), tuple(int(edge) for edge in boxes[at])) for at in kept]  # type: ignore[arg-type]


def _overlap(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Shared area over joint area."""
    low, high = np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])
    shared = float(np.prod(np.clip(high - low, 0, None)))
    joint = float(np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2])) - shared
    return shared / joint if joint > 0 else 0.0


def judge(look: Look, limit: Decimal) -> CheckRecord | None:
    """No face may be surer than the limit; nothing to say where people are welcome."""
    word = forbids_people(look.drawn.request.order.negative_prompt)
    if not word:
        return None
    found = faces(look.bytes8, look.networks, float(limit) / 2)
    surest = found[0].score if found else 0.0
    where = f" at {found[0].box}" if found else ""
    return at_most("faces", surest, limit, f"surest face{where}; the brief forbids {word!r}")
