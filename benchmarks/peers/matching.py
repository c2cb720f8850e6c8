"""The lowest quality at which a peer's file is as like its picture as ours is; found before anything is timed."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from benchmarks.peers.sheet import Sheet
from imaging.still.encoding.likeness import ReferencePicture
from imaging.still.encoding.lossy import CODECS

Write = Callable[[str, int, bool], bytes]


def matched(sheet: Sheet, write: Write) -> tuple[int, bool]:
    """Quality, and whether colour must keep its full size; the highest quality where even that is not enough."""
    form = sheet.order.placement.formats[0]
    if form not in CODECS:
        return 100, True
    reference = ReferencePicture(sheet.picture)
    wanted = reference.likeness(read(sheet.made.data)) - 0.0002
    rungs = (*CODECS[form].rungs, 99)
    start = max(at for at, quality in enumerate(rungs) if quality <= max(sheet.made.quality, rungs[0]))

    def reaches(at: int, fine: bool) -> bool:
        return reference.likeness(read(write(form, rungs[at], fine))) >= wanted

    fine = form != "webp" and not reaches(start, False)
    at = start
    while at < len(rungs) - 1 and not reaches(at, fine):
        at += 1
    while at > 0 and at <= start and reaches(at - 1, fine):
        at -= 1
    return rungs[at], fine


def read(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """(height, width, 3) uint8 of a file."""
    with Image.open(io.BytesIO(data)) as file:
        return np.asarray(file.convert("RGB"))
