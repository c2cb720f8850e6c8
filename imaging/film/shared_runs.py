"""A film cut into runs of frames: those without text are encoded once for all locales, the others per locale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Queue
from threading import Event, Thread
from typing import Any

from foundry.metering.payers import carried
from foundry.metering.steps import measured_each, step
from foundry.plan.timeline import Timeline, join_spans
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.encoding.segments import EncodedRun, encode_run
from imaging.film.staged_film import FilmText, StagedFilm

AHEAD = 4
"""Frames painted before the encoder asks for them."""
SHORTEST = 8
"""Frames below which a run without text is not worth a key frame of its own."""


@dataclass(frozen=True)
class Stretch:
    """Frames [start, stop) of a film, with or without text."""

    start: int
    stop: int
    worded: bool


def stretches(timeline: Timeline, text: FilmText) -> tuple[Stretch, ...]:
    """Return the whole film as stretches, cut where text appears or disappears."""
    spans = [*timeline.type_spans(), *((line.start, line.stop) for line in text.lines)]
    cut, at = [], 0
    for start, stop in _close_gaps(join_spans(spans), timeline.frames):
        if start > at:
            cut.append(Stretch(at, start, False))
        cut.append(Stretch(start, stop, True))
        at = stop
    if at < timeline.frames:
        cut.append(Stretch(at, timeline.frames, False))
    return tuple(cut)


def _close_gaps(spans: tuple[tuple[int, int], ...], frames: int) -> tuple[tuple[int, int], ...]:
    """Return the spans, joined over gaps that are too short to share."""
    if not spans:
        return ()
    wide = [(0 if start < SHORTEST else start, frames if frames - stop < SHORTEST else stop) for start, stop in spans]
    filled = [(start, following[0]) if following[0] - stop < SHORTEST else (start, stop)
              for (start, stop), following in zip(wide, [*wide[1:], (10**9, 0)], strict=True)]  # fmt: skip
    return join_spans(filled)


@dataclass
class SharedRuns:
    """Encoded runs without text of one film, by format, frames and scene keys.

    Both reading directions share equal runs.
    """

    kept: dict[tuple[FilmFormat, int, int, tuple[str, ...]], EncodedRun] = field(default_factory=dict)

    def runs(self, film: StagedFilm, text: FilmText, spec: FilmFormat) -> list[EncodedRun]:
        """Return every run of one locale's film, in order; those without text come from the cache."""
        return [self._run(film, text, stretch, spec) for stretch in stretches(film.timeline, text)]

    def _run(self, film: StagedFilm, text: FilmText, stretch: Stretch, spec: FilmFormat) -> EncodedRun:
        key = (spec, stretch.start, stretch.stop, film.wordless_keys(stretch.start, stretch.stop))
        if stretch.worded:
            return encode_stretch(film, stretch, text, spec)
        if key not in self.kept:
            self.kept[key] = encode_stretch(film, stretch, text, spec)
        return self.kept[key]


def encode_stretch(film: StagedFilm, stretch: Stretch, text: FilmText, spec: FilmFormat) -> EncodedRun:
    """Encode one stretch; frames are painted on a second thread while the encoder works."""
    shown = text if stretch.worded else None
    frames = (canvas.video_frame() for canvas in film.frames(stretch.start, stretch.stop, shown))
    with step("encode", wide=True):
        return encode_run(spec, paint_ahead(frames), stretch.stop - stretch.start)


def paint_ahead(frames: Iterator[Any]) -> Iterator[Any]:
    """Yield the same frames, made on another thread, at most AHEAD of them waiting; raise its exceptions here."""
    waiting: Queue[tuple[Any, BaseException | None]] = Queue(AHEAD)
    over = Event()

    def work() -> None:
        fault: BaseException | None = None
        try:
            for frame in measured_each(frames, lambda: step("paint")):
                waiting.put((frame, None))
                if over.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - the reading thread raises it
            fault = error
        waiting.put((None, fault))

    thread = Thread(target=carried(work), name="film-frames", daemon=True)
    thread.start()
    try:
        while True:
            frame, fault = waiting.get()
            if fault is not None:
                raise fault
            if frame is None:
                return
            yield frame
    finally:
        over.set()
        while thread.is_alive():
            _drain(waiting)
            thread.join(0.01)


def _drain(waiting: Queue[tuple[Any, BaseException | None]]) -> None:
    while not waiting.empty():
        waiting.get_nowait()
