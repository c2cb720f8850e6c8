"""The search for a lossy file's quality: high enough for the eye, low enough for the channel, in few encodings.

The effect of a quality is measured on the picture's hardest tiles, an eighteenth of a square of 1080 px, so the search
costs a fraction of the one whole file that is then written. The first measurement estimates the distance to the right
quality; single steps do the rest. Only if that file is over the byte limit are more whole files written: one at the
floor, to find out if the format can meet the limit at all, then some in between, by a secant on the logarithm of the
size, which is nearly straight in quality. No more than MOST_FILES are written.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

from imaging.still.encoding.likeness import HardTiles, Levels, ReferencePicture, chroma_loss, hard_tiles
from imaging.still.encoding.lossy import Codec
from imaging.still.encoding.sheet import Tags

TARGET = 0.995
"""Likeness that lossy files are made for: no difference from the original can be found without enlarging both."""
FLOOR = 0.985
"""Least likeness that is published: differences can be found, none catches the eye."""
COLOUR_LOSS = 4.0
"""Levels by which half-size colour (4:2:0) may change the mean of 8 x 8 px; where it changes more, it is not used."""
RUNG = 0.22
"""Fall of log(1 - likeness) from one rung to the next; the median of four codecs on eight compositions lies between
0.15 and 0.24."""
SPARE = RUNG / 2
"""If a rung meets the wanted likeness by less than this, the next lower rung is taken not to meet it."""
MOST_FILES = 6
"""Whole files that a search writes at most."""


@dataclass(frozen=True)
class Try:
    """A whole file at a quality, and its likeness on the picture's hardest tiles."""

    data: bytes
    quality: int
    likeness: float


@dataclass(frozen=True)
class Search:
    """One picture, (height, width, 3) uint8, in one lossy format."""

    codec: Codec
    pixels: Levels
    tags: Tags
    _seen: dict[int, float] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _tiles(self) -> HardTiles:
        return hard_tiles(self.pixels)

    @cached_property
    def _reference(self) -> ReferencePicture:
        return ReferencePicture(self._tiles.of(self.pixels))

    @cached_property
    def fine(self) -> bool:
        """Return whether colour must keep its full size."""
        return chroma_loss(self._reference.pixels) > COLOUR_LOSS

    def within(self, limit: int) -> Try:
        """Return the file at the lowest quality that reaches TARGET, if it has at most `limit` bytes.

        Else return the best file within the limit, and if none reaches FLOOR there, the smallest that does.
        """
        rungs = self.codec.rungs
        wanted = self._rung(
            TARGET, rungs.index(self.codec.guess), rungs.index(self.codec.calm), rungs.index(self.codec.most)
        )
        best = self._whole(rungs[wanted])
        if len(best) <= limit:
            return self._judge(best, rungs[wanted])
        least, left = self._least(wanted)
        if len(least.data) > limit or least.likeness < FLOOR:
            return least
        return self._between(least, (rungs[wanted], len(best)), limit, left)

    def _least(self, wanted: int) -> tuple[Try, int]:
        """Return the smallest whole file of at least FLOOR, and how many more files may be written."""
        rung = self._rung(FLOOR, max(wanted - 4, 0), 0, wanted)
        left, least = MOST_FILES - 2, self._judge(self._whole(self.codec.rungs[rung]), self.codec.rungs[rung])
        while least.likeness < FLOOR and rung < wanted and left > 0:
            rung += 1  # tiles beside each other were a little easier than tiles in their place
            left, least = left - 1, self._judge(self._whole(self.codec.rungs[rung]), self.codec.rungs[rung])
        return least, left

    def _between(self, low: Try, high: tuple[int, int], limit: int, files: int) -> Try:
        """Return the best file within the limit from `low`, which meets it, to below `high` (quality, bytes)."""
        for _ in range(files):
            if high[0] - low.quality <= 1:
                break
            quality = _secant((low.quality, len(low.data)), high, limit)
            data = self._whole(quality)
            if len(data) > limit:
                high = (quality, len(data))
                continue
            low = Try(data, quality, 0.0)
            if len(data) > 0.97 * limit:
                break
        return low if low.likeness else self._judge(low.data, low.quality)

    def _rung(self, wanted: float, start: int, bottom: int, top: int) -> int:
        """Return the lowest rung from `bottom` to `top` that reaches the likeness `wanted`; `top` if none does."""
        at = min(start, top)
        at = min(max(at + round(self._lack(at, wanted) / RUNG), bottom), top)
        if self._likeness(at) < wanted:
            while at < top and self._likeness(at) < wanted:
                at += 1
            return at
        while at > bottom and self._lack(at, wanted) <= -SPARE and self._likeness(at - 1) >= wanted:
            at -= 1
        return at

    def _lack(self, rung: int, wanted: float) -> float:
        """Return log of a rung's loss of likeness over the allowed loss: negative where the rung serves."""
        return math.log(max(1 - self._likeness(rung), 1e-6) / (1 - wanted))

    def _likeness(self, rung: int) -> float:
        if rung not in self._seen:
            data = self.codec.write(self._reference.pixels, self.codec.rungs[rung], self.fine, None)
            self._seen[rung] = self._reference.likeness(self.codec.read(data))
        return self._seen[rung]

    def _whole(self, quality: int) -> bytes:
        return self.codec.write(self.pixels, quality, self.fine, self.tags)

    def _judge(self, data: bytes, quality: int) -> Try:
        if self.codec.local and quality in self.codec.rungs:
            return Try(data, quality, self._likeness(self.codec.rungs.index(quality)))
        return Try(data, quality, self._reference.likeness(self._tiles.of(self.codec.read(data))))


def _secant(low: tuple[int, int], high: tuple[int, int], limit: int) -> int:
    """Return the quality at which a line through (quality, log bytes) meets the limit, strictly between the two."""
    rise = math.log(high[1] / low[1])
    share = math.log(limit / low[1]) / rise if rise > 0 else 0.5
    return min(max(low[0] + int(share * (high[0] - low[0])), low[0] + 1), high[0] - 1)
