"""Timed subtitle lines: checked for readability, written as WebVTT or SRT, or found by time."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from foundry.errors import FoundryError

LINES, LINE_CHARACTERS, SPEED = 2, 42, 20
WIDE_CHARACTERS, WIDE_SPEED = 16, 9
"""Limits for Chinese, Japanese and Korean, whose characters each say more."""
SHORTEST = Fraction(2, 3)
"""Seconds below which a reader does not notice the line."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


class UnreadableLine(FoundryError):
    """A timed line that cannot be shown or cannot be read in its time."""

    code = "unreadable_line"

    def __init__(self, number: int, what: str, remedy: str) -> None:
        super().__init__(number, what, remedy)
        self.number, self.what, self.remedy = number, what, remedy

    def __str__(self) -> str:
        return f"timed line {self.number} {self.what}; {self.remedy}."


@dataclass(frozen=True)
class TimedLine:
    """Text shown from `start` to `end`, in seconds; line feeds separate its lines."""

    start: Fraction
    end: Fraction
    text: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Its lines, without surrounding blanks."""
        return tuple(line.strip() for line in self.text.split("\n") if line.strip())


def check_lines(timed: Iterable[TimedLine]) -> tuple[TimedLine, ...]:
    """Return the lines sorted by start; raise UnreadableLine for the first (counted from 1) that breaks a rule.

    At most two lines of 42 characters, read at 20 characters a second or slower; for Chinese, Japanese and Korean 16
    and 9. Combining marks do not count. Lines must not overlap, and stay for two thirds of a second at least.
    """
    ordered = tuple(sorted(timed, key=lambda line: (line.start, line.end)))
    for number, line in enumerate(ordered, start=1):
        _check(number, line)
        if number > 1 and line.start < ordered[number - 2].end:
            raise UnreadableLine(number, "begins before the one before it has ended", "let the earlier one end first")
    return ordered


def lines_at(timed: Sequence[TimedLine], seconds: Fraction) -> tuple[str, ...]:
    """Return the lines to show at a time of the film; empty between them."""
    return next((line.lines for line in timed if line.start <= seconds < line.end), ())


def as_webvtt(timed: Sequence[TimedLine]) -> bytes:
    """Return a WebVTT file, UTF-8 (W3C WebVTT 1); markup is escaped, readers detect each line's direction."""
    cues = (
        f"{_clock(line.start, '.')} --> {_clock(line.end, '.')}\n" + "\n".join(_escape(part) for part in line.lines)
        for line in check_lines(timed)
    )
    return ("\n\n".join(["WEBVTT", *cues]) + "\n").encode()


def as_srt(timed: Sequence[TimedLine]) -> bytes:
    """Return a SubRip file: UTF-8, lines ended by CR LF, numbered from 1.

    SubRip has no direction tags and no escapes: right-to-left lines are wrapped in Unicode embedding marks, and a tag
    that a player would follow (`<i>`) or a brace loses its bracket.
    """
    cues = (
        "\r\n".join(
            [str(number), f"{_clock(line.start, ',')} --> {_clock(line.end, ',')}", *map(_plain, line.lines), ""]
        )
        for number, line in enumerate(check_lines(timed), start=1)
    )
    return "\r\n".join(cues).encode()


def runs_right_to_left(text: str) -> bool:
    """Return whether the first strong character is right-to-left (Unicode Standard Annex 9, rules P2 and P3)."""
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((kind in ("R", "AL") for kind in strong if kind in ("L", "R", "AL")), False)


def _check(number: int, line: TimedLine) -> None:
    most, speed = (WIDE_CHARACTERS, WIDE_SPEED) if _is_wide(line.text) else (LINE_CHARACTERS, SPEED)
    if line.start < 0 or line.end - line.start < SHORTEST:
        raise UnreadableLine(
            number, f"stays for {float(line.end - line.start):.2f} s", f"give it {float(SHORTEST):.2f} s or more"
        )
    if not line.lines:
        raise UnreadableLine(number, "says nothing", "leave it out")
    if _CONTROL.search(line.text):
        raise UnreadableLine(number, "holds a control character", "use plain text and line feeds")
    if len(line.lines) > LINES:
        raise UnreadableLine(number, f"has {len(line.lines)} lines", f"the limit is {LINES}; split it")
    longest = max(map(_length, line.lines))
    if longest > most:
        raise UnreadableLine(number, f"has a line of {longest} characters", f"the limit is {most}; break or split it")
    pace = sum(map(_length, line.lines)) / (line.end - line.start)
    if pace > speed:
        raise UnreadableLine(
            number,
            f"asks for {float(pace):.1f} characters a second",
            f"the limit is {speed}; shorten it or show it longer",
        )


def _length(line: str) -> int:
    """Return the number of characters that take room; marks and invisible characters take none."""
    return sum(unicodedata.category(character) not in ("Mn", "Me", "Cf") for character in line)


def _is_wide(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in letters)
    return wide * 2 > len(letters)


def _clock(seconds: Fraction, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def _escape(line: str) -> str:
    return html.escape(line, quote=False)  # `-->` becomes `--&gt;`, which no parser takes for a time


def _plain(line: str) -> str:
    text = re.sub(r"<(?=[A-Za-z/])|\{(?=\\)", "", line).replace("-->", "→")
    return f"\u202b{text}\u202c" if runs_right_to_left(text) else text
