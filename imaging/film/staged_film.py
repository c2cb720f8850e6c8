"""Frames of a film: scenes, what comes in over what, and the type of one locale. Standing frames are painted once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from foundry.plan.easing import eased
from foundry.plan.timeline import Timeline
from imaging.film.burnt_subtitles import Burnt
from imaging.film.canvas import Canvas, lay, mixed, new_canvas, wiped
from imaging.film.staged_scene import Staged
from imaging.film.text_motion import Lettering


@dataclass(frozen=True)
class Words:
    """What one locale says: type by scene number, and lines of subtitles that are burnt in."""

    letters: Mapping[int, Lettering]
    lines: tuple[Burnt, ...] = ()


@dataclass(eq=False)
class Film:
    """All scenes of a film, staged; shared by its locales."""

    timeline: Timeline
    staged: tuple[Staged, ...]
    mirrored: bool

    def looks(self, start: int, stop: int) -> tuple[str, ...]:
        """What the wordless frames [start, stop) hang on besides the pictures."""
        ends = (*(take.stop + take_after.entering for take, take_after in pairwise(self.timeline.takes)), stop)
        return tuple(
            staged.wordless
            for staged, end in zip(self.staged, ends, strict=True)
            if staged.take.start < stop and start < max(end, staged.take.stop)
        )

    def frames(self, start: int, stop: int, words: Words | None) -> Iterator[Canvas]:
        """Frames [start, stop), one at a time. Without words they are the same for every locale."""
        standing: tuple[tuple[object, ...], Canvas] | None = None
        for frame in range(start, stop):
            state = self._state(frame, words)
            if state is None:
                yield self._painted(frame, words)
            else:
                if standing is None or standing[0] != state:
                    standing = (state, self._painted(frame, words))
                yield standing[1]

    def _take(self, frame: int) -> int:
        takes = self.timeline.takes
        return next(at for at, take in enumerate(takes) if take.start <= frame < take.stop)

    def _state(self, frame: int, words: Words | None) -> tuple[object, ...] | None:
        """What a standing frame is told apart by; None while something moves."""
        at = self._take(frame)
        staged = self.staged[at]
        if frame - staged.take.start < staged.take.entering or not staged.rests(frame):
            return None
        if staged.veiled(frame) not in (0.0, 1.0):
            return None
        letters = words.letters.get(at) if words else None
        begun = letters is not None and any(moving.progress(frame) > 0 for moving in letters.slots)
        if letters is not None and begun and not letters.stands(frame):
            return None
        said = tuple(index for index, line in enumerate(words.lines if words else ()) if line.shows(frame))
        return (at, staged.veiled(frame), begun, said)

    def _painted(self, frame: int, words: Words | None) -> Canvas:
        at = self._take(frame)
        canvas = self._scene(at, frame, words)
        take = self.timeline.takes[at]
        since = frame - take.start
        if at and since < take.entering:
            share = eased(take.enter_ease, (since + 1) / (take.entering + 1))
            canvas = self._entering(self._scene(at - 1, frame, words), canvas, take.enter, share)
        return self._said(canvas, frame, words)

    def _entering(self, under: Canvas, over: Canvas, kind: str, share: float) -> Canvas:
        made = new_canvas(under.signal, (under.planes[0].shape[1], under.planes[0].shape[0]))
        if kind == "wipe":
            wiped(under, over, share, made, self.mirrored)
        else:
            mixed(under, over, share, made)
        return made

    def _scene(self, at: int, frame: int, words: Words | None) -> Canvas:
        canvas = self.staged[at].canvas(frame)
        letters = words.letters.get(at) if words else None
        if letters is None or not any(moving.progress(frame) > 0 for moving in letters.slots):
            return canvas
        canvas = _copied(canvas)
        letters.lay(canvas, frame)
        return canvas

    def _said(self, canvas: Canvas, frame: int, words: Words | None) -> Canvas:
        shown = [line for line in words.lines if line.shows(frame)] if words else []
        if not shown:
            return canvas
        canvas = _copied(canvas)
        for line in shown:
            lay(canvas, line.sprite, 1.0)
        return canvas


def _copied(canvas: Canvas) -> Canvas:
    made = new_canvas(canvas.signal, (canvas.planes[0].shape[1], canvas.planes[0].shape[0]))
    made.fill(canvas.planes)
    return made
