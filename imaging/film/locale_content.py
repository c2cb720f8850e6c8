"""Text, subtitles and sound of one locale of a film."""

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
"""Reads an ingested audio file by its SHA-256."""


def wishes_of(plan: Plan) -> FilmWishes:
    """Return the film section of the brief; its defaults if the brief has none."""
    return plan.brief.film or FilmWishes()


def subtitles_of(variant: Variant, plan: Plan) -> tuple[Spoken, ...]:
    """Return the locale's subtitle lines."""
    return wishes_of(plan).subtitles.get(variant.locale, ())


def film_text(variant: Variant, plan: Plan, film: StagedFilm) -> FilmText:
    """Return the locale's moving text and burnt-in subtitles.

    Raises CopyDoesNotFit or SubtitleDoesNotFit where there is no room for them.
    """
    by_scene = {
        at: scene_text(staged.take, staged.static, variant.copy, variant.locale, staged.signal)
        for at, staged in enumerate(film.scenes)
        if staged.take.cues
    }
    lines = subtitles_of(variant, plan)
    if not lines or not wishes_of(plan).burn_in:
        return FilmText(by_scene)
    fonts, signal = plan.tenant.families, film.scenes[0].signal
    page = BurnInTarget(variant.placement, variant.locale, fonts, signal, film.timeline)
    taken = {at: tuple(slot.box for slot in scene.placed_slots) for at, scene in by_scene.items()}
    return FilmText(by_scene, burn_in(page, lines, taken))


def webvtt_sidecar(variant: Variant, plan: Plan) -> bytes | None:
    """Return the subtitles as WebVTT; None if the locale has none. Raises UnreadableLine if a line breaks a rule."""
    lines = subtitles_of(variant, plan)
    if not lines:
        return None
    return as_webvtt(check_lines(TimedLine(Fraction(line.start), Fraction(line.end), line.text) for line in lines))


def sound_track(variant: Variant, plan: Plan, wanted: FilmFormat, read_sound: ReadSound) -> Track | None:
    """Return the locale's sound as the placement wants it; None for a silent film."""
    from imaging.film.encoding.mixing import Mix, mix_sound
    from imaging.film.encoding.sound_file import decode_sound

    motion, wishes = variant.placement.motion, wishes_of(plan)
    if motion is None or wanted.seconds is None:
        return None
    music, voice = wishes.music, wishes.voice_over.get(variant.locale)
    samples = None
    if motion.audio != "none" and (music or voice):
        heard = [decode_sound(read_sound(str(plan.sound_of(path))), path) if path else None for path in (music, voice)]
        samples = mix_sound(Mix(seconds=wanted.seconds, lufs=target_loudness(motion)), *heard)
    return track_for(motion, wanted.container, wanted.seconds, samples)
