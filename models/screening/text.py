"""Unwanted writing and watermarks: PP-OCRv4's detector finds regions, its recogniser reads the clearest ones.

The detector finds writing of every script that was tried; the recogniser reads Latin letters, digits, Chinese and some
Japanese. Both are Apache-2.0 (PaddleOCR), shipped by rapidocr-onnxruntime. A region counts if it can be read, or if it
has the shape of a line of writing; large soft blobs, which the detector likes too, do neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.manifest import CheckRecord
from models.drawing import Drawn
from models.screening.networks import Networks
from models.screening.text_regions import Region, regions
from models.screening.verdict import at_most

if TYPE_CHECKING:
    from models.screening.look import Look

DETECTOR = "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"
READER = "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx"
MULTIPLE = 32
LINE_PX, LINE_WIDTH_PX = 48, (320, 960)
SURE = 0.6
"""Least mean probability of a region."""
LEGIBLE = (3, 0.7)
"""Letters or digits, and the mean probability from which a reading is believed."""
LINE_RATIO = 2.0
"""Least length over height of writing that nobody here can read."""
LINE_HEIGHTS = ((0.13, 0.9), (0.2, 0.98))
"""Its most height, as a share of the short side, and the least probability for it: rows of large lights look alike."""
READ_AT_MOST = 8


@dataclass(frozen=True)
class Writing:
    """A region that counts as writing, and what it says; empty if it could not be read."""

    region: Region
    words: str


def writing(pixels: NDArray[np.uint8], networks: Networks) -> list[Writing]:
    """Writing in (height, width, 3) 8-bit sRGB, from top to bottom; the surest few regions are read."""
    found = regions(_probability(pixels, networks), least=SURE)
    read = sorted(found, key=lambda region: -region.score)[:READ_AT_MOST]
    short = min(pixels.shape[:2])
    counted = []
    for region in found:
        words = legible(*_words(pixels, region, networks)) if region in read else ""
        if words or line_shaped(region, short):
            counted.append(Writing(region, words))
    return counted


def line_shaped(region: Region, short_px: int) -> bool:
    """Long, flat and sure, as a line of writing is."""
    long, flat = max(region.size), min(region.size)
    sure = any(flat <= tall * short_px and region.score >= least for tall, least in LINE_HEIGHTS)
    return long >= LINE_RATIO * flat and sure


def legible(words: str, sure: float) -> str:
    """`words` if they are to be believed, else ""."""
    letters = sum(character.isalnum() for character in words)
    return words.strip() if letters >= LEGIBLE[0] and sure >= LEGIBLE[1] else ""


def _probability(pixels: NDArray[np.uint8], networks: Networks) -> NDArray[Any]:
    """(height, width) probability of writing; the picture is padded with its edge, not resized."""
    height, width = pixels.shape[:2]
    more = ((0, -height % MULTIPLE), (0, -width % MULTIPLE), (0, 0))
    (found,) = networks.run(DETECTOR, _normal(np.pad(pixels, more, mode="edge")))
    return found[0, 0, :height, :width]


def _normal(pixels: NDArray[Any]) -> NDArray[Any]:
    """(1, 3, height, width) float32, BGR in [-1, 1]: what both networks were trained on."""
    return np.ascontiguousarray((pixels[..., ::-1].astype(np.float32) / 127.5 - 1).transpose(2, 0, 1))[None]


def _words(pixels: NDArray[np.uint8], region: Region, networks: Networks) -> tuple[str, float]:
    """What a region says, and the mean probability of its characters (greedy CTC decoding)."""
    chances = networks.run(READER, _line(pixels, region))[0][0]
    best = chances.argmax(axis=1)
    said = (best != 0) & np.r_[True, best[1:] != best[:-1]]
    alphabet = _alphabet(networks.note(READER, "character"))
    return "".join(alphabet[at] for at in best[said]), float(chances.max(axis=1)[said].mean()) if said.any() else 0.0


def _line(pixels: NDArray[np.uint8], region: Region) -> NDArray[Any]:
    """The region turned level, 48 px high, padded with grey to the least width."""
    (length, height), corners = region.size, region.corners
    if height > 1.5 * length:
        corners, length, height = np.roll(corners, 1, axis=0), height, length
    width = int(np.clip(round(LINE_PX * length / height), 16, LINE_WIDTH_PX[1]))
    quad = [float(value) for at in (0, 3, 2, 1) for value in corners[at]]
    cut = Image.fromarray(pixels).transform(
        (width, LINE_PX), Image.Transform.QUAD, quad, resample=Image.Resampling.BICUBIC
    )
    line = np.zeros((1, 3, LINE_PX, max(width, LINE_WIDTH_PX[0])), np.float32)
    line[..., :width] = _normal(np.asarray(cut))
    return line


@lru_cache(maxsize=4)
def _alphabet(characters: str) -> tuple[str, ...]:
    """The recogniser's classes: nothing, the characters that its file names, and the space."""
    return ("", *characters.splitlines(), " ")


def drawn_here(drawn: Drawn, region: Region) -> bool:
    """Whether the model drew what is there; a product that was kept may carry its own writing."""
    mask = drawn.request.guide.mask if drawn.request.guide else None
    if mask is None:
        return True
    x, y = region.centre
    return bool(mask[min(y, mask.shape[0] - 1), min(x, mask.shape[1] - 1)] > 0.5)


def judge(look: Look, limit: Decimal) -> CheckRecord:
    """The share of the area under writing must stay below the limit; the words are the evidence."""
    found = [one for one in writing(look.bytes8, look.networks) if drawn_here(look.drawn, one.region)]
    covered = sum(length * height for length, height in (one.region.size for one in found))
    share = covered / (look.bytes8.shape[0] * look.bytes8.shape[1])
    return at_most("text", share, limit, f"of the area is writing{_evidence(found)}")


def _evidence(found: list[Writing]) -> str:
    if not found:
        return ""
    said = [f"{one.words!r}" if one.words else f"unread at {one.region.centre}" for one in found[:READ_AT_MOST]]
    more = f" and {len(found) - READ_AT_MOST} more" if len(found) > READ_AT_MOST else ""
    return f" ({len(found)}): {', '.join(said)}{more}"
