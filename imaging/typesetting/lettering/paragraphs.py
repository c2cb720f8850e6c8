"""Lines of a text: as few as the width needs, of nearly equal length, broken where script and sense allow."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from imaging.typesetting.lettering.breaking import (
    DIVIDED,
    DIVIDED_BY_HAND,
    DIVIDED_IN_COMPOUND,
    WITHIN_PHRASE,
    Break,
    breaks,
)
from imaging.typesetting.lettering.shaping import Style, TextLine, advance, clean, set_line

MOST_BALANCED = 12
LONELY, LONELY_PRICE = 0.5, 0.3
RAGGED, RAGGED_LINES = 0.6, 3
SHORT = 0.4
SHORT_LINE, BROKEN_PHRASE, DIVISIONS = 0.3, 0.9, {DIVIDED_BY_HAND: 0.1, DIVIDED_IN_COMPOUND: 0.5, DIVIDED: 0.6}
LEADING = {
    1.45: re.compile(
        "[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u0e01-\u0e5b\ufb50-\ufdff\ufe70-\ufefc\u0e80-\u109f\u1780-\u17ff]"
    ),
    1.42: re.compile("[\u0900-\u0dff]"),
    1.34: re.compile("[\u3001-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uffef\U00020000-\U0003ffff]"),
    1.25: re.compile("[\u0590-\u05ff]"),
}
LATIN_LEADING = 1.16


class Cuts(Enum):
    """The breaks that lines may use.

    WHOLE: those that keep phrases and names whole. PLAIN: all between words. WIDE_DIVIDED: also divisions of words that
    are wider than the line. DIVIDED: also every other division.
    """

    WHOLE, PLAIN, WIDE_DIVIDED, DIVIDED = range(4)


@dataclass(frozen=True)
class _Pieces:
    """A paragraph in pieces between its breaks: end of each piece, advance up to there, and what a line's end saves."""

    text: str
    ends: tuple[Break, ...]
    after: tuple[float, ...]
    saved: tuple[float, ...]

    def width(self, start: int, stop: int) -> float:
        """Return the width in pixels of a line that shows the pieces from `start` to before `stop`."""
        return self.after[stop] - self.after[start] - self.saved[stop]


def wrap(text: str, style: Style, width: int) -> list[TextLine]:
    """Return greedy lines of at most `width` pixels; a piece that is wider stands alone and sticks out."""
    return list(_set(text, style, width, Cuts.PLAIN, False))


def balance(text: str, style: Style, width: int, hyphens: bool = False, most: int = 0) -> list[TextLine]:
    """Return as few lines as `wrap`, of nearly equal length, so that no word is left alone.

    With `hyphens`, long words are divided by their language's patterns, but only where a word is wider than the line or
    three lines or more would be very ragged. Where `most` lines have room, one line more than needed may be spent to
    keep phrases and names whole.
    """
    lines = _set(text, style, width, Cuts.PLAIN, True)
    if len(lines) < most:
        whole = _set(text, style, width, Cuts.WHOLE, True)
        if len(whole) <= min(most, len(lines) + 1) and not _overfull(whole, width):
            return list(whole)
    if hyphens and (cuts := _divisions_that_help(lines, width)):
        divided = _set(text, style, width, cuts, True)
        lines = min(lines, divided, key=lambda tried: (_overfull(tried, width), -_evenness(tried)))
    return list(lines)


def flaw(lines: Sequence[TextLine]) -> float:
    """Return the share of its range of sizes that a text should rather shrink by than be set as these lines."""
    widest = max((line.width for line in lines), default=0)
    worst = max((line.price for line in lines), default=0.0)
    if worst >= WITHIN_PHRASE:
        return DIVISIONS.get(worst, BROKEN_PHRASE)
    return SHORT_LINE if any(line.width < SHORT * widest for line in lines) else 0.0


def plain_text(lines: Sequence[TextLine]) -> str:
    """Return the text of lines, without the hyphens and line ends that setting them added."""
    return "".join(line.source for line in lines).replace("\u00ad", "").replace("\n", " ").strip()


@lru_cache(maxsize=4_096)
def leading(text: str) -> float:
    """Return the distance of baselines in ems, by the script of the text that needs most."""
    return next((need for need, script in LEADING.items() if script.search(text)), LATIN_LEADING)


def _overfull(lines: Sequence[TextLine], width: int) -> int:
    return sum(max(0, line.width - width) for line in lines)


def _evenness(lines: Sequence[TextLine]) -> float:
    widths = [line.width for line in lines[:-1] if line.width]
    return min(widths) / max(widths) if widths else 1.0


def _divisions_that_help(lines: Sequence[TextLine], width: int) -> Cuts | None:
    if _overfull(lines, width):
        return Cuts.WIDE_DIVIDED
    return Cuts.DIVIDED if len(lines) >= RAGGED_LINES and _evenness(lines) < RAGGED else None


@lru_cache(maxsize=8_192)
def _set(text: str, style: Style, width: int, cuts: Cuts, even: bool) -> tuple[TextLine, ...]:
    """Return the lines of every paragraph, measured as they will be drawn."""
    found: list[TextLine] = []
    for paragraph in clean(text).split("\n"):
        if paragraph.strip():
            found += _fit_lines(_measure_pieces(paragraph, style, cuts, width), style, width, even)
    return tuple(found)


def _fit_lines(cut: _Pieces, style: Style, width: int, even: bool) -> list[TextLine]:
    """Return lines of at most `width` as drawn: kerning and ink may add a pixel or two to the sum of the pieces.

    Each try takes from the width what the last one stuck out by, so the tries end: at the latest when no line is
    narrower by its pieces than it may be. `imaging.typesetting.room` counts on that.
    """
    bound = float(width)
    while True:
        spans = _greedy(cut, bound)
        if even and 1 < len(spans) <= MOST_BALANCED:
            spans = _even(cut, bound, cut.after[-1] / len(spans))
        lines = [_line(cut, start, stop, style) for start, stop in spans]
        over = [line.width - width for line, span in zip(lines, spans, strict=True) if cut.width(*span) <= bound]
        excess = max(over, default=0)
        if excess <= 0:
            return lines
        bound -= excess


def _usable_breaks(text: str, style: Style, cuts: Cuts, width: int) -> Iterator[Break]:
    plain = breaks(text, style.locale, style.names)
    if cuts in (Cuts.WHOLE, Cuts.PLAIN):
        yield from (one for one in plain if cuts is Cuts.PLAIN or one.price < WITHIN_PHRASE)
        return
    edges = [0, *(one.at for one in plain), len(text)]
    for one in breaks(text, style.locale, style.names, hyphens=True):
        after = bisect_right(edges, one.at)
        inside = edges[after - 1] < one.at
        if not inside or cuts is Cuts.DIVIDED or advance(text[edges[after - 1] : edges[after]].rstrip(), style) > width:
            yield one


def _measure_pieces(text: str, style: Style, cuts: Cuts, width: int) -> _Pieces:
    ends = (*_usable_breaks(text, style, cuts, width), Break(len(text)))
    at, pen, after, saved = 0, 0.0, [0.0], [0.0]
    for end in ends:
        piece = text[at : end.at]
        gone, bare = advance(piece, style), advance(piece.rstrip(), style)
        pen += gone
        after.append(pen)
        saved.append(gone - bare - (advance(end.hyphen, style) if end.hyphen else 0.0))
        at = end.at
    return _Pieces(text, ends, tuple(after), tuple(saved))


def _line(cut: _Pieces, start: int, stop: int, style: Style) -> TextLine:
    first = cut.ends[start - 1].at if start else 0
    end = cut.ends[stop - 1]
    line = set_line(cut.text, first, end.at, end.hyphen, style)
    return replace(line, price=end.price) if end.price else line


def _greedy(cut: _Pieces, width: float) -> list[tuple[int, int]]:
    spans, start = [], 0
    for stop in range(1, len(cut.after)):
        if stop - 1 > start and cut.width(start, stop) > width:
            spans.append((start, stop - 1))
            start = stop - 1
    return [*spans, (start, len(cut.after) - 1)]


def _even(cut: _Pieces, width: float, target: float) -> list[tuple[int, int]]:
    """Return spans of pieces that stick out least, then are fewest, then most even: a shortest path over the breaks.

    A division of a word counts as a line more.
    """
    last = len(cut.after) - 1
    best: list[tuple[float, int, float, int]] = [(0.0, 0, 0.0, 0)]  # pixels that stick out, lines, price, line's start
    for stop in range(1, last + 1):
        found = []
        for start in _starts(cut, stop, width):
            out, lines, price, _ = best[start]
            wide = cut.width(start, stop)
            alone = LONELY_PRICE * (stop == last and stop - start == 1 and wide < LONELY * target)
            end = cut.ends[stop - 1].price * (stop < last)
            cost = ((target - wide) / target) ** 2 + end + alone
            found.append((out + max(0.0, wide - width), lines + 1 + (end >= DIVIDED_BY_HAND), price + cost, start))
        best.append(min(found))
    spans, stop = [], last
    while stop:
        spans.append((best[stop][3], stop))
        stop = best[stop][3]
    return spans[::-1]


def _starts(cut: _Pieces, stop: int, width: float) -> Iterator[int]:
    """Yield where a line that ends before piece `stop` may begin: with one piece always, with more while they fit."""
    yield stop - 1
    for start in range(stop - 2, -1, -1):
        if cut.width(start, stop) > width:
            break
        yield start
