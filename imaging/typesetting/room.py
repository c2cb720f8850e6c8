"""Proof that copy has room at its smallest size, for thousands of texts at once.

`BlockSetter` sets a block if its words that never give way have room at their smallest size. Here, their lines and
measures at that size are bounded from above by cached widths of pieces. Copy whose bounds have room can be set;
of other copy this says nothing, and it must be tried.

The bound of a text's lines holds for whatever breaks `balance` chooses. It takes the path over the breaks that costs
least, where a line costs one and a break that divides a name or word one more. A path whose lines are all narrower
than the room, by as much as a line may stick out of its pieces, costs `cost`. The chosen lines cost no more. Of n lines
at least n - 1 - free break where it counts, so that n + max(0, n - 1 - free) is at most `cost`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from imaging.typesetting.lettering.paragraphs import MOST_BALANCED
from imaging.typesetting.piece_widths import Face, TextPieces, piece_width

Floats = NDArray[np.float64]
MOST_PIECES = 48
"""Pieces of a paragraph up to which lines are bounded; longer ones are tried."""
SLACK_PX = 3.0
"""Pixels by which a line's ink and advance may exceed their share of the font's by rounding and hinting, in all."""
GLYPH_PX = 1 / 32
"""Pixels by which two glyphs' advances may exceed their share of the font's."""
NEVER = 1e9


@dataclass(frozen=True, kw_only=True)
class LineBounds:
    """Upper bounds for some texts in one room: lines, and pixels of the widest line; no more than the room's.

    `proven` is False where no bound is known.
    """

    proven: NDArray[np.bool_]
    lines: NDArray[np.int64]
    width: Floats


@dataclass(frozen=True)
class MeasuredTexts:
    """Paragraphs of one locale in one face, with their measures in ems."""

    texts: tuple[TextPieces, ...]
    face: Face

    @cached_property
    def advance(self) -> Floats:
        """Advances of the pieces (texts, pieces + 1), summed from the beginning; endless after the last piece."""
        summed = np.full((len(self.texts), self.most + 1), NEVER)
        summed[:, 0] = 0.0
        for row, text in enumerate(self.texts):
            if len(text.pieces) <= MOST_PIECES:
                ends = np.cumsum([piece_width(piece, self.face).advance for piece in text.pieces])
                summed[row, 1 : len(ends) + 1] = ends
        return summed

    @cached_property
    def end(self) -> Floats:
        """Advances (texts, pieces) of each piece at a line's end: without spaces, with the hyphen if there is one."""
        hyphen = piece_width("-", self.face).advance
        found = np.full((len(self.texts), self.most), NEVER)
        for row, text in enumerate(self.texts):
            if len(text.pieces) <= MOST_PIECES:
                for at, piece in enumerate(text.pieces):
                    found[row, at] = piece_width(piece, self.face).bare + hyphen * text.hyphened[at]
        return found

    @cached_property
    def counted(self) -> NDArray[np.int64]:
        """1 for each piece (texts, pieces) at whose end a break counts as a line more; 0 at a text's end."""
        found = np.zeros((len(self.texts), self.most), np.int64)
        for row, text in enumerate(self.texts):
            if len(text.pieces) <= MOST_PIECES:
                found[row, : len(text.pieces) - 1] = text.counted[:-1]
        return found

    @cached_property
    def most(self) -> int:
        """The number of pieces of the longest text that is bounded."""
        return max((len(text.pieces) for text in self.texts if len(text.pieces) <= MOST_PIECES), default=1)

    @cached_property
    def count(self) -> NDArray[np.int64]:
        """The number of each text's pieces."""
        return np.array([len(text.pieces) for text in self.texts], np.int64)

    @cached_property
    def bounded(self) -> NDArray[np.bool_]:
        """False for texts of which no bound is known: too long, or long with hyphens of their own."""
        hyphens = np.array([any(text.hyphened) for text in self.texts], np.bool_)
        return np.asarray((self.count <= MOST_PIECES) & ~(hyphens & (self.count > MOST_BALANCED)))

    @cached_property
    def ink(self) -> Floats:
        """The most ink (texts, 4) of any piece: to the left, to the right, above and below."""
        found = np.zeros((len(self.texts), 4))
        for row, text in enumerate(self.texts):
            if len(text.pieces) <= MOST_PIECES:
                found[row] = np.max([piece_width(piece, self.face)[2:] for piece in text.pieces], axis=0)
        return found

    @cached_property
    def loose(self) -> Floats:
        """The ems by which a line may stick out of the advances of its pieces."""
        joins = np.array([text.joins for text in self.texts])
        return np.asarray(joins + self.ink[:, 0] + self.ink[:, 1])

    @cached_property
    def rounding(self) -> Floats:
        """The pixels by which a line may do so at any size."""
        return SLACK_PX + GLYPH_PX * np.array([text.letters for text in self.texts], np.float64)

    def line_bounds(self, size: int, room: float, most: int) -> LineBounds:
        """Return the bounds at `size` pixels in `room` pixels, in which at most `most` lines are allowed."""
        bound = (room - self.rounding) / size - self.loose
        cost = self._cheapest(bound)
        free = np.array([text.free for text in self.texts], np.int64)
        whole = np.array([text.whole for text in self.texts], np.int64)
        lines = np.where(cost <= free + 1, cost, (cost + 1 + free) // 2)
        phrased = np.where(whole < self.count - 1, np.minimum(np.minimum(lines + 1, most), whole + 1), 0)
        width = (self._length() + self.loose) * size + self.rounding
        proven = self.bounded & (cost < NEVER) & (lines <= most)
        return LineBounds(
            proven=proven,
            lines=np.maximum(lines, phrased).astype(np.int64),
            width=np.where(cost == 1, np.minimum(np.ceil(width), room), room),
        )

    def _length(self) -> Floats:
        """Return each text's advance on one line, in ems."""
        rows, last = np.arange(len(self.texts)), np.minimum(self.count, self.most)
        return np.asarray(self.advance[rows, last - 1] + self.end[rows, last - 1])

    def _cheapest(self, bound: Floats) -> NDArray[np.float64]:
        """Return the cost of the cheapest path whose lines are at most `bound` ems, one a text; endless if none is."""
        best = np.full((len(self.texts), self.most + 1), NEVER)
        best[:, 0] = 0.0
        for stop in range(1, self.most + 1):
            end = self.end[:, stop - 1] + self.advance[:, stop - 1]
            price = 1.0 + self.counted[:, stop - 1]
            for start in range(stop - 1, -1, -1):
                fits = end - self.advance[:, start] <= bound
                if not fits.any():
                    break
                tried = np.where(fits, best[:, start] + price, NEVER)
                np.minimum(best[:, stop], tried, out=best[:, stop])
        return np.asarray(best[np.arange(len(self.texts)), np.minimum(self.count, self.most)])


def measure_texts(texts: Sequence[TextPieces], face: Face) -> MeasuredTexts:
    """Return paragraphs with their measures in one face."""
    return MeasuredTexts(tuple(texts), face)
