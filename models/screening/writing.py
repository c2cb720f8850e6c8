"""Writing and watermarks in a picture: PP-OCRv4's detector finds regions, its recogniser reads the clearest ones.

The detector finds writing of every script that was tried; the recogniser reads Latin letters, digits, Chinese and some
Japanese. Both are Apache-2.0 (PaddleOCR), shipped by rapidocr-onnxruntime. A region counts if it can be read, or if it
has the shape of a line of writing; large soft blobs, which the detector also marks, are neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.screening.onnx_networks import Networks
from models.screening.text_regions import Region, find_regions

DETECTOR = "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"
READER = "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx"
MULTIPLE = 32
"""The edges of the detector's input are multiples of this many pixels."""
LINE_PX, LINE_WIDTH_PX = 48, (320, 960)
"""Height, and least and most width, of the recogniser's input."""
SURE = 0.6
"""Least mean probability of a region."""
LEGIBLE = (3, 0.7)
"""Letters or digits, and the mean probability, from which a reading is believed."""
LINE_RATIO = 2.0
"""Least length over height of a region that counts without being read."""
LINE_HEIGHTS = ((0.13, 0.9), (0.2, 0.98))
"""Its greatest height, as a share of the short side, and the least probability for it: rows of large lights look alike.
"""
READ_AT_MOST = 8
"""Regions that are read; the surest ones."""


@dataclass(frozen=True)
class Writing:
    """A region that counts as writing, and its words; empty if it could not be read."""

    region: Region
    words: str


def find_writing(pixels: NDArray[np.uint8], networks: Networks) -> list[Writing]:
    """Return the writing in (height, width, 3) 8-bit sRGB, from top to bottom; only the surest regions are read."""
    found = find_regions(writing_probability(pixels, networks), least=SURE)
    read = sorted(found, key=lambda region: -region.score)[:READ_AT_MOST]
    short = min(pixels.shape[:2])
    counted = []
    for region in found:
        words = believed_words(*_read_region(pixels, region, networks)) if region in read else ""
        if words or has_line_shape(region, short):
            counted.append(Writing(region, words))
    return counted


def has_line_shape(region: Region, short_px: int) -> bool:
    """Tell if a region is long, flat and sure enough for a line of writing; `short_px` is the picture's short side."""
    long, flat = max(region.size), min(region.size)
    sure = any(flat <= tall * short_px and region.score >= least for tall, least in LINE_HEIGHTS)
    return long >= LINE_RATIO * flat and sure


def believed_words(words: str, probability: float) -> str:
    """Return `words` if there are enough letters, and sure enough ones, to believe the reading; else ""."""
    letters = sum(character.isalnum() for character in words)
    return words.strip() if letters >= LEGIBLE[0] and probability >= LEGIBLE[1] else ""


def writing_probability(pixels: NDArray[np.uint8], networks: Networks) -> NDArray[np.float32]:
    """Return the (height, width) probability of writing; the picture is padded with its edge, not resized."""
    height, width = pixels.shape[:2]
    more = ((0, -height % MULTIPLE), (0, -width % MULTIPLE), (0, 0))
    (found,) = networks.run(DETECTOR, _network_input(np.pad(pixels, more, mode="edge")))
    return found[0, 0, :height, :width]


def _network_input(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (1, 3, height, width) float32, BGR in [-1, 1], as both networks were trained on."""
    return np.ascontiguousarray((pixels[..., ::-1].astype(np.float32) / 127.5 - 1).transpose(2, 0, 1))[None]


def _read_region(pixels: NDArray[np.uint8], region: Region, networks: Networks) -> tuple[str, float]:
    """Return a region's words, and the mean probability of their characters (greedy CTC decoding)."""
    chances = networks.run(READER, _level_line(pixels, region))[0][0]
    best = chances.argmax(axis=1)
    shown = (best != 0) & np.r_[True, best[1:] != best[:-1]]
    alphabet = _alphabet(networks.metadata(READER, "character"))
    words = "".join(alphabet[at] for at in best[shown])
    return words, float(chances.max(axis=1)[shown].mean()) if shown.any() else 0.0


def _level_line(pixels: NDArray[np.uint8], region: Region) -> NDArray[np.float32]:
    """Return the recogniser's input: the region turned level, 48 px high, padded with grey to the least width."""
    (length, height), corners = region.size, region.corners
    if height > 1.5 * length:
        corners, length, height = np.roll(corners, 1, axis=0), height, length
    width = int(np.clip(round(LINE_PX * length / height), 16, LINE_WIDTH_PX[1]))
    quad = [float(value) for at in (0, 3, 2, 1) for value in corners[at]]
    cut = Image.fromarray(pixels).transform(
        (width, LINE_PX), Image.Transform.QUAD, quad, resample=Image.Resampling.BICUBIC
    )
    line: NDArray[Any] = np.zeros((1, 3, LINE_PX, max(width, LINE_WIDTH_PX[0])), np.float32)
    line[..., :width] = _network_input(np.asarray(cut))
    return line


@lru_cache(maxsize=4)
def _alphabet(characters: str) -> tuple[str, ...]:
    """Return the recogniser's classes: nothing, the characters that its file names, and the space."""
    return ("", *characters.splitlines(), " ")
