"""Frames of a film: scenes, transitions between them, and the text of one locale. Frames at rest are painted once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from foundry.easing import ease
from foundry.plan.timeline import Timeline
from imaging.film.burnt_subtitles import BurntLine
from imaging.film.canvas import FrameCanvas, blend, new_canvas, paint_sprite, wipe
from imaging.film.film_scene import FilmScene
from imaging.film.text_motion import SceneText


@dataclass(frozen=True)
class FilmText:
    """One locale's text: moving slots by scene number, and burnt-in subtitle lines."""

    by_scene: Mapping[int, SceneText]
    lines: tuple[BurntLine, ...] = ()


@dataclass(eq=False)
class StagedFilm:
    """All scenes of a film, ready to paint; shared by its locales."""

    timeline: Timeline
    scenes: tuple[FilmScene, ...]
    mirrored: bool

    def wordless_keys(self, start: int, stop: int) -> tuple[str, ...]:
        """Return what frames [start, stop) without text depend on besides the pictures, for each scene shown."""
        ends = (*(take.stop + take_after.entering for take, take_after in pairwise(self.timeline.takes)), stop)
        return tuple(
            scene.wordless_key
            for scene, end in zip(self.scenes, ends, strict=True)
            if scene.take.start < stop and start < max(end, scene.take.stop)
        )

    def frames(self, start: int, stop: int, text: FilmText | None) -> Iterator[FrameCanvas]:
        """Yield frames [start, stop), one at a time. Without text they are the same for every locale.

        A frame at rest is yielded again as the same object, so callers must not paint on it.
        """
        standing: tuple[tuple[object, ...], FrameCanvas] | None = None
        for frame in range(start, stop):
            state = self._rest_key(frame, text)
            if state is None:
                yield self._paint(frame, text)
            else:
                if standing is None or standing[0] != state:
                    standing = (state, self._paint(frame, text))
                yield standing[1]

    def _scene_at(self, frame: int) -> int:
        takes = self.timeline.takes
        return next(at for at, take in enumerate(takes) if take.start <= frame < take.stop)

    def _rest_key(self, frame: int, text: FilmText | None) -> tuple[object, ...] | None:
        """Return a key that equal frames at rest share; None while something moves."""
        at = self._scene_at(frame)
        scene = self.scenes[at]
        if frame - scene.take.start < scene.take.entering or not scene.is_at_rest(frame):
            return None
        if scene.veil_share(frame) not in (0.0, 1.0):
            return None
        scene_text = text.by_scene.get(at) if text else None
        begun = scene_text is not None and any(moving.progress(frame) > 0 for moving in scene_text.slots)
        if scene_text is not None and begun and not scene_text.is_at_rest(frame):
            return None
        burnt = tuple(index for index, line in enumerate(text.lines if text else ()) if line.is_shown(frame))
        return (at, scene.veil_share(frame), begun, burnt)

    def _paint(self, frame: int, text: FilmText | None) -> FrameCanvas:
        at = self._scene_at(frame)
        canvas = self._scene_frame(at, frame, text)
        take = self.timeline.takes[at]
        since = frame - take.start
        if at and since < take.entering:
            share = ease(take.enter_ease, (since + 1) / (take.entering + 1))
            canvas = self._transition(self._scene_frame(at - 1, frame, text), canvas, take.enter, share)
        return self._with_subtitles(canvas, frame, text)

    def _transition(self, under: FrameCanvas, over: FrameCanvas, kind: str, share: float) -> FrameCanvas:
        canvas = new_canvas(under.signal, (under.planes[0].shape[1], under.planes[0].shape[0]))
        if kind == "wipe":
            wipe(under, over, share, canvas, self.mirrored)
        else:
            blend(under, over, share, canvas)
        return canvas

    def _scene_frame(self, at: int, frame: int, text: FilmText | None) -> FrameCanvas:
        canvas = self.scenes[at].canvas(frame)
        scene_text = text.by_scene.get(at) if text else None
        if scene_text is None or not any(moving.progress(frame) > 0 for moving in scene_text.slots):
            return canvas
        canvas = _copy(canvas)
        scene_text.paint(canvas, frame)
        return canvas

    def _with_subtitles(self, canvas: FrameCanvas, frame: int, text: FilmText | None) -> FrameCanvas:
        shown = [line for line in text.lines if line.is_shown(frame)] if text else []
        if not shown:
            return canvas
        canvas = _copy(canvas)
        for line in shown:
            paint_sprite(canvas, line.sprite, 1.0)
        return canvas


def _copy(canvas: FrameCanvas) -> FrameCanvas:
    copy = new_canvas(canvas.signal, (canvas.planes[0].shape[1], canvas.planes[0].shape[0]))
    copy.fill(canvas.planes)
    return copy
