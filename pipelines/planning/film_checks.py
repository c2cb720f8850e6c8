"""Checks of what films say: voices that end before their film does, subtitles that can be read in their time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from foundry.brief.brief import Brief, Spoken
from foundry.brought_fonts import Families
from foundry.channel.placement import Placement
from foundry.errors import Problem, shorten
from foundry.inputs.sound import SoundFacts
from foundry.plan.timeline import Timeline, ordered_timeline
from imaging.film.encoding.subtitles import TimedLine, UnreadableLine, check_lines

Films = tuple[tuple[Placement, Timeline], ...]
A_SAMPLE = 1 / 48_000
"""Seconds by which a voice may be longer than its film: it is not heard."""


def check_films(
    brief: Brief, fonts: Families, sounds: Iterable[SoundFacts], placements: Iterable[Placement]
) -> Iterator[Problem]:
    """Yield the problems that the films of a brief would meet after their shots are drawn.

    `fonts` are the brand's, `placements` the brief's, resolved, and `sounds` the audio files that it names.
    """
    films = tuple(
        (placement, timeline) for placement in placements if (timeline := ordered_timeline(brief.film, placement))
    )
    if brief.film is None or not films:
        return
    seconds = {sound.named: sound.seconds for sound in sounds}
    for locale, name in sorted(brief.film.voice_over.items()):
        yield from _check_voice(f"film.voice_over.{locale}", name, seconds.get(name, 0.0), films)
    for locale, lines in brief.film.subtitles.items():
        yield from _check_subtitles(locale, lines)
        if brief.film.burn_in:
            yield from _check_room(locale, lines, fonts, films)


def _check_subtitles(locale: str, lines: tuple[Spoken, ...]) -> Iterator[Problem]:
    """Yield a problem for the first line that nobody can read in its time."""
    timed = (TimedLine(Fraction(line.start), Fraction(line.end), line.text) for line in lines)
    try:
        check_lines(timed)
    except UnreadableLine as wrong:
        at = wrong.number - 1
        yield Problem(f"film.subtitles.{locale}[{at}]", shorten(lines[at].text), wrong.what, wrong.remedy)


def _check_room(locale: str, lines: tuple[Spoken, ...], fonts: Families, films: Films) -> Iterator[Problem]:
    """Yield a problem for the first line of each film that is too wide for an empty frame."""
    from imaging.film.burnt_subtitles import LINES, first_without_room

    for placement, _ in films:
        if (at := first_without_room(placement, locale, fonts, lines)) is not None:
            wrong = f"finds no room in {LINES} lines of {placement.name}"
            remedy = "shorten it, or set film.burn_in to false"
            yield Problem(f"film.subtitles.{locale}[{at}]", shorten(lines[at].text), wrong, remedy)


def _check_voice(path: str, name: str, seconds: float, films: Films) -> Iterator[Problem]:
    """Yield a problem if a voice speaks longer than the shortest film that it is heard in."""
    heard = [(timeline.seconds, placement.name) for placement, timeline in films if _is_heard(placement)]
    if not heard:
        return
    shortest, where = min(heard)
    if seconds > shortest + A_SAMPLE:
        wrong = f"speaks for {seconds:.2f} s; the film for {where} lasts {float(shortest):.2f} s"
        yield Problem(path, shorten(name), wrong, "speak less, order longer films, or leave that placement out")


def _is_heard(placement: Placement) -> bool:
    return placement.motion is not None and placement.motion.audio != "none"
