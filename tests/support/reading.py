"""Headlines read back from finished files by Tesseract, and their character error rates.

The file is decoded, cut to the headline's box with a little margin, brought to a size that the reader's models were
trained on, and read line by line, without being told the words.
"""

from __future__ import annotations

import io
import os
import subprocess
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from foundry.channel.placement import Placement
from imaging.still.compose import PlacedSlot
from imaging.still.encode import encode
from tests.support.specimens import Specimen, script_of

LANGUAGES = {
    "en-US": "eng", "de-DE": "deu", "fr-FR": "fra", "es-ES": "spa", "it-IT": "ita", "pt-BR": "por", "pl-PL": "pol",
    "ar-EG": "ara", "he-IL": "heb", "hi-IN": "hin", "th-TH": "tha", "zh-Hans-CN": "chi_sim", "ja-JP": "jpn",
    "ko-KR": "kor",
}  # fmt: skip
UNSPACED = {"Thai", "Chinese", "Japanese"}
LARGE_ENOUGH_PX = 16
TYPE_PX, MARGIN = 36, 0.08


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One headline as it was set and as it was read; `error` is the number of edits over the characters set."""

    brand: str
    locale: str
    layout: str
    placement: str
    size_px: int
    set: str
    read: str
    error: float


def read_back(specimen: Specimen) -> Reading | None:
    """Read the headline of a specimen's finished file; None where its type is too small for the reader."""
    headline = next((slot for slot in specimen.composed.slots if slot.field == "headline"), None)
    if headline is None or headline.size_px < LARGE_ENOUGH_PX:
        return None
    placement, locale = specimen.look.placement, specimen.locale
    picture = prepare_for_reading(_file(specimen.composed.image, placement), headline)
    found = "\n".join(read_line(line, LANGUAGES[locale]) for line in lines(picture))
    error = error_rate(specimen.copy.headline, found, script_of(locale))
    layout = specimen.look.layout.id
    wanted = specimen.copy.headline
    return Reading(
        brand=specimen.brand, locale=locale, layout=layout, placement=placement.name, size_px=headline.size_px,
        set=wanted, read=found, error=error,
    )  # fmt: skip


def _file(image: Image.Image, placement: Placement) -> Image.Image:
    """Return the picture in the finished file; of films and print, whose encoders differ, the frame itself."""
    if placement.motion or placement.printed:
        return image
    with Image.open(io.BytesIO(encode(image, placement, b"").data)) as stored:
        return stored.convert("RGB")


def prepare_for_reading(image: Image.Image, slot: PlacedSlot) -> Image.Image:
    """Return the slot's part of the picture, black on white, its type 36 pixels high."""
    margin = round(MARGIN * slot.size_px)
    box = slot.box
    edges = (box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)
    inside = (max(edges[0], 0), max(edges[1], 0), min(edges[2], image.width), min(edges[3], image.height))
    grey = image.crop(inside).convert("L")
    scale = TYPE_PX / slot.size_px
    grey = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.LANCZOS)
    levels = np.asarray(grey)
    level = otsu(levels)
    dark = levels <= level
    ink = dark if dark.sum() * 2 < dark.size else ~dark
    return ImageOps.expand(Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)), 20, fill=255)


def otsu(levels: NDArray[np.uint8]) -> int:
    """Return the grey level that parts a picture best into two classes (Otsu 1979); the darker class includes it."""
    counts = np.bincount(levels.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    mass = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    parted = (below > 0) & (above > 0)
    low = np.divide(mass, below, out=np.zeros(256), where=parted)
    high = np.divide(mass[-1] - mass, above, out=np.zeros(256), where=parted)
    return int(np.argmax(np.where(parted, below * above * (low - high) ** 2, 0)))


def lines(picture: Image.Image) -> list[Image.Image]:
    """Cut a black-on-white block between its lines; bands lower than half a line (marks, dots) join the nearest."""
    inked = (np.asarray(picture) < 128).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    bands = [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
    while len(bands) > 1 and min(stop - start for start, stop in bands) < TYPE_PX // 2:
        low = min(range(len(bands)), key=lambda at: bands[at][1] - bands[at][0])
        gaps = {
            at: bands[max(at, low)][0] - bands[min(at, low)][1] for at in (low - 1, low + 1) if 0 <= at < len(bands)
        }
        first = min(low, min(gaps, key=lambda at: gaps[at]))
        bands[first : first + 2] = [(bands[first][0], bands[first + 1][1])]
    cut = [picture.crop((0, start, picture.width, stop)) for start, stop in bands]
    return [ImageOps.expand(line, (0, 20, 0, 20), fill=255) for line in cut]


def read_line(line: Image.Image, language: str) -> str:
    """Return the text that the reader finds in a line; if it finds none, it gets the line once more, half as large."""
    smaller = (max(line.width // 2, 1), max(line.height // 2, 1))
    return recognise(line, language) or recognise(line.resize(smaller, Image.Resampling.LANCZOS), language)


def recognise(picture: Image.Image, language: str) -> str:
    """Return the text of one line as Tesseract reads it, in a process of its own with one thread."""
    file = io.BytesIO()
    picture.save(file, "png")
    command = ["tesseract", "stdin", "stdout", "-l", language, "--psm", "7", "--dpi", "150"]
    done = subprocess.run(
        command,
        input=file.getvalue(),
        capture_output=True,
        check=True,
        timeout=120,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return done.stdout.decode("utf-8").strip()


def error_rate(wanted: str, found: str, script: str) -> float:
    """Return edits (Levenshtein) per character of `wanted`, both without marks of direction, hyphens, double spaces.

    Where a script has no spaces between words, spaces do not count.
    """
    one, other = _plain(wanted, script), _plain(found, script)
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, start=1):
        before, row[0] = row[0], at
        for column, seen in enumerate(other, start=1):
            edit = before if character == seen else 1 + min(before, row[column], row[column - 1])
            before, row[column] = row[column], edit
    return row[-1] / max(len(one), 1)


def _plain(text: str, script: str) -> str:
    joined = text.replace("-\n", "").replace("’", "'").replace("‘", "'")
    kept = [c for c in unicodedata.normalize("NFKC", joined) if unicodedata.category(c) != "Cf" and c not in "-‐"]
    return ("" if script in UNSPACED else " ").join("".join(kept).split())
