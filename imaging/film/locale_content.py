"""What one locale says in a film: type on its scenes, subtitles in the picture and beside it, and what is heard."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from foundry.brief.brief import FilmWishes, Spoken
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from imaging.film.burnt_subtitles import BurnInTarget, burn_in
from imaging.film.encoding.audio import Track, target_loudness, track_for
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.encoding.subtitles import TimedLine, as_webvtt, check_lines
from imaging.film.staged_film import FilmText, StagedFilm
from imaging.film.text_motion import scene_text

ReadSound = Callable[[str], bytes]
"""An ingested audio file by its SHA-256."""


def wishes_of(plan: Plan) -> FilmWishes:
    """What the brief says of films."""
    return plan.brief.film or FilmWishes()


def subtitles_of(variant: Variant, plan: Plan) -> tuple[Spoken, ...]:
    """The locale's subtitles."""
    return wishes_of(plan).subtitles.get(variant.locale, ())


def film_text(variant: Variant, plan: Plan, film: StagedFilm) -> FilmText:
    """The locale's type and burnt-in lines; CopyDoesNotFit or SubtitleDoesNotFit where they find no room."""
    by_scene = {
        at: scene_text(staged.take, staged.static, variant.copy, variant.locale, staged.signal)
        for at, staged in enumerate(film.staged)
        if staged.take.cues
    }
    lines = subtitles_of(variant, plan)
    if not lines or not wishes_of(plan).burn_in:
        return FilmText(by_scene)
    fonts, signal = plan.tenant.brand.fonts, film.staged[0].signal
    page = BurnInTarget(variant.placement, variant.locale, fonts, signal, film.timeline)
    taken = {at: tuple(slot.box for slot in letter.placed) for at, letter in by_scene.items()}
    return FilmText(by_scene, burn_in(page, lines, taken))


def webvtt_sidecar(variant: Variant, plan: Plan) -> bytes | None:
    """The subtitles as WebVTT; None if the locale has none. UnreadableLine for one that nobody could read."""
    lines = subtitles_of(variant, plan)
    if not lines:
        return None
    return as_webvtt(check_lines(TimedLine(Fraction(line.start), Fraction(line.end), line.text) for line in lines))


def sound_track(variant: Variant, plan: Plan, wanted: FilmFormat, read_sound: ReadSound) -> Track | None:
    """The locale's sound as the placement wants it; None for a silent film."""
    from imaging.film.encoding.mixing import Mix, mix_sound
    from imaging.film.encoding.sound_file import decode_sound

    motion, wishes = variant.placement.motion, wishes_of(plan)
    if motion is None or wanted.seconds is None:
        return None
    music, voice = wishes.music, wishes.voice_over.get(variant.locale)
    samples = None
    if motion.audio != "none" and (music or voice):
        heard = [decode_sound(read_sound(str(plan.sound_of(path))), path) if path else None for path in (music, voice)]
        samples = mix_sound(Mix(wanted.seconds, lufs=target_loudness(motion)), *heard)
    return track_for(motion, wanted.container, wanted.seconds, samples)
