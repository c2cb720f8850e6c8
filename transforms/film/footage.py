"""Clip masters as films take them: a file that can be read from, and where the product is in its frames."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path as File

from foundry.clip import ClipOrder
from foundry.film import Take
from foundry.object_store import ObjectStore
from foundry.shot import Box, MasterFacts
from transforms.film.signal import Levels
from transforms.film.sources import decoded

MOMENTS = 5
"""Evenly from when the type of a scene comes to its end."""


@dataclass(frozen=True, eq=False)
class Footage:
    """A clip master's file, and its facts as if a frame were a master. Whoever reads the file keeps the footage."""

    file: File
    facts: MasterFacts


def footage(order: ClipOrder, facts: MasterFacts, own: ObjectStore) -> Footage:
    """A stored clip: where it lies, or from a bucket in a scratch file that goes with it. `own` is its tenant's."""
    there = File(own.address(order.clip))
    if there.is_file():
        return Footage(there, facts)
    handle, name = tempfile.mkstemp(prefix=f"{os.getpid()}-", suffix=".mkv", dir=own.scratch_folder())
    made = Footage(File(name), facts)
    weakref.finalize(made, made.file.unlink, missing_ok=True)
    with os.fdopen(handle, "wb") as stream:
        stream.write(own.get(order.clip))
    return made


def facts_of_clip(order: ClipOrder, master: MasterFacts) -> MasterFacts:
    """Where the product is in a clip's first frame; unknown in one that was filmed from words alone.

    A first frame is the middle of the master, cut to the clip's shape.
    """
    box = _in_the_middle(master, order) if order.first_frame and master.product_box else None
    return MasterFacts(order.name, master.bucket, order.width_px, order.height_px, box, master.mirrored)


def _in_the_middle(master: MasterFacts, order: ClipOrder) -> Box | None:
    box, ratio = master.product_box, order.width_px / order.height_px
    if box is None:
        return None
    width = min(master.width_px, master.height_px * ratio) / master.width_px
    height = min(master.height_px, master.width_px / ratio) / master.height_px
    return Box(_seen(box.left, width), _seen(box.top, height), _seen(box.right, width), _seen(box.bottom, height))


def _seen(at: int, share: float) -> int:
    """A place in thousandths of the master's edge, in thousandths of the middle `share` of it."""
    return min(max(round((at / 1000 - (1 - share) / 2) / share * 1000), 0), 1000)


def moments(take: Take, rate: Fraction) -> tuple[Fraction, ...]:
    """When a picture that moves is looked at for what its type needs: seconds from the scene's start, ascending."""
    start = min((cue.start for cue in take.cues), default=take.start) - take.start
    last = take.frames - 1
    return tuple(Fraction(start + (last - start) * at // (MOMENTS - 1)) / rate for at in range(MOMENTS))


def frames_at(file: File, seconds: Sequence[Fraction]) -> list[Levels]:
    """The frames that are shown at some moments, ascending; the last one for moments after the end."""
    found: list[Levels] = []
    frames = decoded(file)
    _, held = next(frames)
    for shown, picture in frames:
        while len(found) < len(seconds) and seconds[len(found)] < shown:
            found.append(held)
        if len(found) == len(seconds):
            break
        held = picture
    frames.close()
    return found + [held] * (len(seconds) - len(found))
