"""One locale's film as a checked file: scenes staged once, runs without text encoded once, then joined with its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from foundry.locales import is_rtl
from foundry.manifest import CheckRecord
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.store.object_store import ObjectStore
from imaging.film.encoding.audio import Track
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.encoding.rate_search import encode_within
from imaging.film.encoding.segments import can_join, join
from imaging.film.encoding.writer import FilmWriter, formats_for
from imaging.film.film_checks import check_film
from imaging.film.film_staging import FilmInputs, stage_film
from imaging.film.locale_content import ReadSound, film_text, sound_track, webvtt_sidecar
from imaging.film.shared_runs import SharedRuns
from imaging.film.signal import Signal
from imaging.film.staged_film import FilmText, StagedFilm


@dataclass(frozen=True)
class FinishedFilm:
    """A finished film in a scratch file, its checks, a poster (RGB, 8 bits) and its subtitles as WebVTT."""

    file: Path
    format: FilmFormat
    checks: tuple[CheckRecord, ...]
    poster: Image.Image
    sidecar: bytes | None

    @property
    def extension(self) -> str:
        """File name extension, without the dot."""
        return self.format.container


@dataclass
class FilmCache:
    """The staged film and shared runs of one thread.

    One film is kept, since the locales of a film come one after the other.
    """

    key: str = ""
    films: dict[bool, StagedFilm] = field(default_factory=dict)
    shared: SharedRuns = field(default_factory=SharedRuns)

    def staged_film(self, variant: Variant, plan: Plan, inputs: FilmInputs, wanted: FilmFormat) -> StagedFilm:
        """Return the film staged for the locale's reading direction.

        The cache is emptied when pictures, clips, layout, placement, brand or timeline differ from the last film's.
        """
        scenes = "/".join(shot.name for shot in variant.shows)
        moving = "/".join(clip.name for clip in variant.clips if clip)
        look = f"{variant.layout.digest}/{variant.placement.digest}/{plan.tenant.brand_digest}"
        timeline = variant.timeline.digest if variant.timeline else ""
        key = f"{variant.shot.tenant}/{scenes}/{moving}/{look}/{timeline}"
        if self.key != key:
            self.key, self.films, self.shared = key, {}, SharedRuns()
        rtl = is_rtl(variant.locale)
        if rtl not in self.films:
            self.films[rtl] = stage_film(variant, plan, inputs, Signal(wanted.pixel_format, wanted.transfer))
        return self.films[rtl]


def format_of(variant: Variant) -> FilmFormat:
    """Return the file format that a film's placement takes; raise CannotFilm if no encoder here makes it."""
    if variant.timeline is None:
        raise ValueError(f"{variant.key} is a still")
    return formats_for(variant.placement, variant.timeline.seconds)


@contextmanager
def make_film(
    variant: Variant, plan: Plan, store: ObjectStore, cache: FilmCache, inputs: FilmInputs, read_sound: ReadSound
) -> Iterator[FinishedFilm]:
    """Yield the finished film; its scratch file is deleted when the block ends.

    Refusals are FoundryErrors and leave no file.
    """
    wanted = format_of(variant)
    film = cache.staged_film(variant, plan, inputs, wanted)
    text, sidecar = film_text(variant, plan, film), webvtt_sidecar(variant, plan)
    track = sound_track(variant, plan, wanted, read_sound)
    with store.scratch_file(f".{wanted.container}") as file:
        written = encode_within(wanted, lambda spec: _write(file, film, text, cache.shared, spec, track))
        checks = check_film(file, film, text, inputs.given)
        yield FinishedFilm(file, written, checks, poster(film, text), sidecar)


def _write(
    file: Path, film: StagedFilm, text: FilmText, shared: SharedRuns, spec: FilmFormat, track: Track | None
) -> FilmFormat:
    pictures = spec.beside(track.rate_in_file) if track else spec
    if can_join(spec):
        join(shared.runs(film, text, pictures), file, audio=track, spec=spec)
    else:
        with FilmWriter(file, spec, audio=track) as writer:
            for canvas in film.frames(0, film.timeline.frames, text):
                writer.add(canvas.video_frame())
    return spec


def poster(film: StagedFilm, text: FilmText) -> Image.Image:
    """Return the first scene that has text, the text at rest: 8-bit sRGB, whatever the film's transfer function."""
    at = min(text.by_scene, default=0)
    image = film.scenes[at].static.image.copy()
    if at in text.by_scene:
        for moving in text.by_scene[at].slots:
            slot = moving.slot
            image.paste(slot.layer, (slot.left_px, slot.top_px), slot.layer)
    return image
