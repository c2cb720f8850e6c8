"""What one locale says in a film: type on its scenes, subtitles in the picture and beside it, and what is heard."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from foundry.brief.brief import FilmWishes, Spoken
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from imaging.film.burnt_subtitles import Page, burnt
from imaging.film.encoding.audio import Track, target, track_for
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.encoding.subtitles import TimedLine, as_webvtt, checked
from imaging.film.staged_film import Film, Words
from imaging.film.text_motion import lettered

Read = Callable[[str], bytes]
"""An ingested audio file by its SHA-256."""


def wishes_of(plan: Plan) -> FilmWishes:
    """What the brief says of films."""
    return plan.brief.film or FilmWishes()


def lines_of(variant: Variant, plan: Plan) -> tuple[Spoken, ...]:
    """The locale's subtitles."""
    return wishes_of(plan).subtitles.get(variant.locale, ())


def words_of(variant: Variant, plan: Plan, film: Film) -> Words:
    """The locale's type and burnt-in lines; CopyDoesNotFit or SubtitleDoesNotFit where they find no room."""
    letters = {
        at: lettered(staged.take, staged.static, variant.copy, variant.locale, staged.signal)
        for at, staged in enumerate(film.staged)
        if staged.take.cues
    }
    lines = lines_of(variant, plan)
    if not lines or not wishes_of(plan).burn_in:
        return Words(letters)
    fonts, signal = plan.tenant.brand.fonts, film.staged[0].signal
    page = Page(variant.placement, variant.locale, fonts, signal, film.timeline)
    taken = {at: tuple(slot.box for slot in letter.placed) for at, letter in letters.items()}
    return Words(letters, burnt(page, lines, taken))


def sidecar_of(variant: Variant, plan: Plan) -> bytes | None:
    """The subtitles as WebVTT; None if the locale has none. UnreadableLine for one that nobody could read."""
    lines = lines_of(variant, plan)
    if not lines:
        return None
    return as_webvtt(checked(TimedLine(Fraction(line.start), Fraction(line.end), line.text) for line in lines))


def track_of(variant: Variant, plan: Plan, wanted: FilmFormat, read: Read) -> Track | None:
    """The locale's sound as the placement wants it; None for a silent film."""
    from imaging.film.encoding.mixing import Mix, mixed
    from imaging.film.encoding.sound_file import listen

    motion, wishes = variant.placement.motion, wishes_of(plan)
    if motion is None or wanted.seconds is None:
        return None
    music, voice = wishes.music, wishes.voice_over.get(variant.locale)
    samples = None
    if motion.audio != "none" and (music or voice):
        heard = [listen(read(str(plan.sound_of(path))), path) if path else None for path in (music, voice)]
        samples = mixed(Mix(wanted.seconds, lufs=target(motion)), *heard)
    return track_for(motion, wanted.container, wanted.seconds, samples)
