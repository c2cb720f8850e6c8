"""Clip masters as films use them: a readable file, and the product's place in its frames."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from foundry.plan.clip import ClipOrder
from foundry.plan.shot import Box, MasterFacts
from foundry.plan.timeline import Take
from foundry.sets.move import SetMove
from foundry.store.object_store import ObjectStore
from imaging.film.camera import CameraWindow
from imaging.film.picture_sources import Playback
from imaging.film.scene_layers import product_in_window
from imaging.film.signal import Levels
from imaging.pixels.resample import centred_crop

MOMENTS = 5
"""Frames on which text over a clip is measured, evenly spread from its entrance to the scene's end."""


@dataclass(frozen=True, eq=False)
class Footage:
    """A clip master's file, with the facts of a frame as if it were a master.

    A scratch file is deleted with its Footage, so readers of the file must keep a reference to it.
    """

    file: Path
    facts: MasterFacts


def open_footage(order: ClipOrder, facts: MasterFacts, own: ObjectStore) -> Footage:
    """Return a stored clip: its file in a local store, or a scratch copy of an object in a bucket.

    `own` is the store of the clip's tenant. The scratch copy is deleted with the returned value.
    """
    there = Path(own.address(order.clip))
    if own.exists(order.clip) and there.is_file():
        return Footage(there, facts)
    scratch = ExitStack()
    footage = Footage(scratch.enter_context(own.scratch_file(".mkv")), facts)
    weakref.finalize(footage, scratch.close)
    footage.file.write_bytes(own.get(order.clip))
    return footage


def facts_of_clip(order: ClipOrder, master: MasterFacts) -> MasterFacts:
    """Return a clip's facts, with the product's box in its first frame; no box if it was filmed from words alone.

    A first frame is the middle of the master, cut to the clip's shape. Where the camera comes closer in a set, the box
    is that of the product at its largest.
    """
    box = None
    if order.first_frame:
        crop = centred_crop(master.width_px, master.height_px, order.width_px, order.height_px)
        box = product_in_window(
            master, CameraWindow(crop.left, crop.top, crop.right - crop.left, crop.bottom - crop.top)
        )
        box = _grown(box, order.moves) if box else None
    return MasterFacts(
        name=order.name,
        bucket=master.bucket,
        width_px=order.width_px,
        height_px=order.height_px,
        product_box=box,
        mirrored=master.mirrored,
    )


def _grown(box: Box, moves: Sequence[SetMove]) -> Box:
    """Return a box, in thousandths, as large as moves of the camera make it."""
    nearest = max((key.value for move in moves if move.kind == "dolly" for key in move.steps), default=Decimal(0))
    more = float(max(nearest, Decimal(0)))
    grow = more / (1 - more) / 2
    across, down = grow * (box.right - box.left), grow * (box.bottom - box.top)
    edges = (box.left - across, box.top - down, box.right + across, box.bottom + down)
    return Box(*(min(1_000, max(0, round(edge))) for edge in edges))


def text_moments(take: Take, rate: Fraction) -> tuple[Fraction, ...]:
    """Return the moments at which text over a clip is measured: seconds from the scene's start, ascending."""
    start = min((cue.start for cue in take.cues), default=take.start) - take.start
    last = take.frames - 1
    return tuple(Fraction(start + (last - start) * at // (MOMENTS - 1)) / rate for at in range(MOMENTS))


def frames_at(file: Path, seconds: Sequence[Fraction]) -> list[Levels]:
    """Return the frames shown at ascending moments (seconds); the last frame for moments after the end."""
    shown = Playback(file)
    return [shown.frame(at)[1] for at in seconds]
