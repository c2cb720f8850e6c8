"""The quality of a lossy file: high enough for the eye, low enough for the channel, in few encodings.

What a quality does to a picture is measured on its hardest tiles, an eighteenth of a square of 1080 px, so that
choosing a quality costs a fraction of the one whole file that is then written. The first measurement says how far away
the right quality should be; from there one walks. Only where that file is over the limit is more written whole: once at
the floor, which says whether the format can serve at all, then between by a secant on the logarithm of the size, which
is nearly straight in quality. No more than MOST_FILES are written.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

from imaging.still.encoding.likeness import HardTiles, Levels, ReferencePicture, chroma_loss, hard_tiles
from imaging.still.encoding.lossy import Codec
from imaging.still.encoding.sheet import Tags

TARGET = 0.995
"""The likeness every lossy file is made for: beside the original, no difference is found without enlarging both."""
FLOOR = 0.985
"""The least likeness that is published: differences can be found, none catches the eye."""
COLOUR_LOSS = 4.0
"""Levels; half-size colour (4:2:0) is used where it changes no 8 x 8 px by more than this."""
RUNG = 0.22
"""How much the logarithm of what a file lacks in likeness falls from one rung to the next; the median of four codecs on
eight compositions lies between 0.15 and 0.24."""
SPARE = RUNG / 2
"""Where a rung serves by less than this, the next lower one does not."""
MOST_FILES = 6


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
        """Whether colour must keep its full size."""
        return chroma_loss(self._reference.pixels) > COLOUR_LOSS

    def within(self, limit: int) -> Try:
        """The best file of at most `limit` bytes whose likeness is TARGET or less; else the smallest acceptable one."""
        rungs = self.codec.rungs
        wanted = self._rung(
            TARGET, rungs.index(self.codec.guess), rungs.index(self.codec.calm), rungs.index(self.codec.most)
        )
        best = self._whole(rungs[wanted])
        if len(best) <= limit:
            return self._judged(best, rungs[wanted])
        least, left = self._least(wanted)
        if len(least.data) > limit or least.likeness < FLOOR:
            return least
        return self._between(least, (rungs[wanted], len(best)), limit, left)

    def _least(self, wanted: int) -> tuple[Try, int]:
        """The smallest whole file that is like enough, and how many more may be written."""
        rung = self._rung(FLOOR, max(wanted - 4, 0), 0, wanted)
        left, least = MOST_FILES - 2, self._judged(self._whole(self.codec.rungs[rung]), self.codec.rungs[rung])
        while least.likeness < FLOOR and rung < wanted and left > 0:
            rung += 1  # tiles beside each other were a little easier than tiles in their place
            left, least = left - 1, self._judged(self._whole(self.codec.rungs[rung]), self.codec.rungs[rung])
        return least, left

    def _between(self, low: Try, high: tuple[int, int], limit: int, files: int) -> Try:
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
        return low if low.likeness else self._judged(low.data, low.quality)

    def _rung(self, wanted: float, start: int, bottom: int, top: int) -> int:
        """The lowest rung from `bottom` to `top` whose likeness on the tiles is `wanted`; `top` if none is."""
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
        """Logarithm of what a rung lacks in likeness over what it may lack: negative where it serves."""
        return math.log(max(1 - self._likeness(rung), 1e-6) / (1 - wanted))

    def _likeness(self, rung: int) -> float:
        if rung not in self._seen:
            data = self.codec.write(self._reference.pixels, self.codec.rungs[rung], self.fine, None)
            self._seen[rung] = self._reference.likeness(self.codec.read(data))
        return self._seen[rung]

    def _whole(self, quality: int) -> bytes:
        return self.codec.write(self.pixels, quality, self.fine, self.tags)

    def _judged(self, data: bytes, quality: int) -> Try:
        if self.codec.local and quality in self.codec.rungs:
            return Try(data, quality, self._likeness(self.codec.rungs.index(quality)))
        return Try(data, quality, self._reference.likeness(self._tiles.of(self.codec.read(data))))


def _secant(low: tuple[int, int], high: tuple[int, int], limit: int) -> int:
    """The quality at which a straight line through (quality, log bytes) meets the limit, strictly between the two."""
    rise = math.log(high[1] / low[1])
    share = math.log(limit / low[1]) / rise if rise > 0 else 0.5
    return min(max(low[0] + int(share * (high[0] - low[0])), low[0] + 1), high[0] - 1)
