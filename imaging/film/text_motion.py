"""Moving text: the slots of one locale enter one after the other and stand until their scene ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from foundry.copy import Copy
from foundry.easing import ease
from foundry.locales import is_rtl
from foundry.plan.timeline import Entrance, Take
from imaging.film.canvas import FrameCanvas, Sprite, make_sprite, paint_sprite
from imaging.film.scene_layers import copy_fields
from imaging.film.signal import Signal
from imaging.pixels.geometry import PixelBox, safe_box
from imaging.still.compose import LetteredSlot, PlacedSlot, StaticLayer, draw_lettering


@dataclass(frozen=True)
class MovingSlot:
    """A text slot that starts to enter at frame `start` of the film and stands `frames` later.

    `start_offset` is its distance (x, y) in pixels from its place when it starts.
    """

    slot: LetteredSlot
    start: int
    frames: int
    ease: str
    start_offset: tuple[float, float]

    def progress(self, frame: int) -> float:
        """Return the progress of the entrance at a frame: 0 is invisible, 1 is at rest."""
        if frame < self.start:
            return 0.0
        if frame >= self.start + self.frames:
            return 1.0
        return min(max(ease(self.ease, (frame - self.start + 1) / (self.frames + 1)), 0.0), 1.0)

    def offset(self, frame: int) -> tuple[float, float]:
        """Return the distance (x, y) from the slot's place at a frame, in pixels."""
        left = 1 - self.progress(frame)
        return (self.start_offset[0] * left, self.start_offset[1] * left)

    def box(self, frame: int) -> PixelBox:
        """Return the smallest whole-pixel box around the slot's ink at a frame."""
        dx, dy = self.offset(frame)
        box = self.slot.placed.box
        x, y = (
            (int(dx) - (dx < int(dx)), int(dx) + (dx > int(dx))),
            (int(dy) - (dy < int(dy)), int(dy) + (dy > int(dy))),
        )
        return PixelBox(box.left + x[0], box.top + y[0], box.right + x[1], box.bottom + y[1])


@dataclass(eq=False)
class SceneText:
    """A scene's moving slots in one locale, painted in a signal."""

    slots: tuple[MovingSlot, ...]
    signal: Signal
    size: tuple[int, int]
    _standing: dict[int, Sprite | None] = field(default_factory=dict)

    @property
    def placed_slots(self) -> tuple[PlacedSlot, ...]:
        """The slots as they stand at the end."""
        return tuple(moving.slot.placed for moving in self.slots)

    def is_at_rest(self, frame: int) -> bool:
        """Return whether every slot has entered by this frame."""
        return all(frame >= moving.start + moving.frames for moving in self.slots)

    def paint(self, canvas: FrameCanvas, frame: int) -> None:
        """Paint the text of one frame on a canvas."""
        for index, moving in enumerate(self.slots):
            progress = moving.progress(frame)
            if progress > 0:
                laid = self._sprite_at(index, moving, frame)
                if laid is not None:
                    paint_sprite(canvas, laid, progress)

    def _sprite_at(self, index: int, moving: MovingSlot, frame: int) -> Sprite | None:
        dx, dy = moving.offset(frame)
        if (dx, dy) != (0, 0):
            return self._make_sprite(moving, (dx, dy))
        if index not in self._standing:
            self._standing[index] = self._make_sprite(moving, (0, 0))
        return self._standing[index]

    def _make_sprite(self, moving: MovingSlot, off: tuple[float, float]) -> Sprite | None:
        slot = moving.slot
        return make_sprite(self.signal, slot.layer, (slot.left_px + off[0], slot.top_px + off[1]), self.size)


def scene_text(take: Take, static: StaticLayer, copy: Copy, locale: str, signal: Signal) -> SceneText:
    """Return a scene's text in one locale; raise CopyDoesNotFit if it does not fit the layout."""
    set_slots = {slot.placed.field: slot for slot in draw_lettering(static, copy.only(copy_fields(take)), locale)}
    moving: list[MovingSlot] = []
    for cue in take.cues:
        shown = [set_slots[name] for name in set_slots if name in cue.fields]
        start_offset = [_start_offset(cue, slot.placed.box, static, is_rtl(locale)) for slot in shown]
        moving += [_moving_slot(cue, take, at, *pair) for at, pair in enumerate(zip(shown, start_offset, strict=True))]
    return SceneText(tuple(moving), signal, static.placement.size)


def _moving_slot(
    cue: Entrance, take: Take, at: int, slot: LetteredSlot, start_offset: tuple[float, float]
) -> MovingSlot:
    start = min(cue.start + at * cue.stagger, take.stop - 1)
    return MovingSlot(slot, start, min(cue.frames, take.stop - start), cue.ease, start_offset)


def _start_offset(cue: Entrance, box: PixelBox, static: StaticLayer, rtl: bool) -> tuple[float, float]:
    """Return the distance a slot enters from: as far as the cue says, but never outside the safe area."""
    safe = safe_box(static.placement)
    travel = cue.travel * min(static.placement.size) / 1000
    if cue.motion == "rise":
        return (0.0, float(max(0, min(travel, safe.bottom - box.bottom))))
    if cue.motion == "slide" and rtl:
        return (float(max(0, min(travel, safe.right - box.right))), 0.0)
    if cue.motion == "slide":
        return (-float(max(0, min(travel, box.left - safe.left))), 0.0)
    return (0.0, 0.0)
