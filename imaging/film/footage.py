"""Clip masters as films take them: a file that can be read from, and where the product is in its frames."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from foundry.plan.clip import ClipOrder
from foundry.plan.shot import MasterFacts
from foundry.plan.timeline import Take
from foundry.store.object_store import ObjectStore
from imaging.film.camera import CameraWindow
from imaging.film.picture_sources import Playback
from imaging.film.scene_layers import product_in_window
from imaging.film.signal import Levels
from imaging.pixels.resample import centred_crop

MOMENTS = 5
"""Evenly from when the type of a scene comes to its end."""


@dataclass(frozen=True, eq=False)
class Footage:
    """A clip master's file, and its facts as if a frame were a master. Whoever reads the file keeps the footage."""

    file: Path
    facts: MasterFacts


def open_footage(order: ClipOrder, facts: MasterFacts, own: ObjectStore) -> Footage:
    """A stored clip: where it lies, or from a bucket in a scratch file that goes with it. `own` is its tenant's."""
    there = Path(own.address(order.clip))
    if there.is_file():
        return Footage(there, facts)
    scratch = ExitStack()
    made = Footage(scratch.enter_context(own.scratch_file(".mkv")), facts)
    weakref.finalize(made, scratch.close)
    made.file.write_bytes(own.get(order.clip))
    return made


def facts_of_clip(order: ClipOrder, master: MasterFacts) -> MasterFacts:
    """Where the product is in a clip's first frame; unknown in one that was filmed from words alone.

    A first frame is the middle of the master, cut to the clip's shape.
    """
    box = None
    if order.first_frame:
        crop = centred_crop(master.width_px, master.height_px, order.width_px, order.height_px)
        box = product_in_window(
            master, CameraWindow(crop.left, crop.top, crop.right - crop.left, crop.bottom - crop.top)
        )
    return MasterFacts(order.name, master.bucket, order.width_px, order.height_px, box, master.mirrored)


def text_moments(take: Take, rate: Fraction) -> tuple[Fraction, ...]:
    """When a picture that moves is looked at for what its type needs: seconds from the scene's start, ascending."""
    start = min((cue.start for cue in take.cues), default=take.start) - take.start
    last = take.frames - 1
    return tuple(Fraction(start + (last - start) * at // (MOMENTS - 1)) / rate for at in range(MOMENTS))


def frames_at(file: Path, seconds: Sequence[Fraction]) -> list[Levels]:
    """The frames that are shown at some moments, ascending; the last one for moments after the end."""
    shown = Playback(file)
    return [shown.frame(at)[1] for at in seconds]
