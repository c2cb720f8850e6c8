"""A clip in a set put together from its parts, judged and measured as every clip is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from foundry.card.card import ModelCard
from foundry.finished import is_finished
from foundry.manifest import Attempt, master_from_json
from foundry.metering.payers import note
from foundry.metering.steps import step
from foundry.plan.clip import ClipOrder, FrameRange, frame_ranges, range_from_json
from foundry.spent import add_spent
from foundry.store.object_store import NoSuchObject, ObjectStore
from foundry.store.scratch import give_back_scratch, take_scratch
from imaging.film.clip_master import join_clips
from imaging.film.picture_sources import decode_frames
from imaging.pixels.arrays import Pixels
from models.video.motion import MotionMeter, motion_checks
from models.video.video_handler import Filmed, Judge, Unfilmed, sample_frames

LEVELS = np.float32(65_535)


def join_parts(order: ClipOrder, card: ModelCard, store: ObjectStore, judge: Judge | None) -> Filmed | Unfilmed:
    """Return the clip of stored parts, or its refusal by the judge or by its motion; NoSuchObject if a part is missing.

    What was spent on the parts is spent on the clip.
    """
    own = store.for_tenant(order.tenant)
    parts = frame_ranges(order)
    file = take_scratch(store.scratch_folder(), ".mkv")
    try:
        with step("encode"):
            _join(order, parts, own, file)
        spent = add_spent(range_from_json(own.get(part.record)).spent for part in parts)
        seed = master_from_json(own.get(order.shot.record)).seed if order.shot else 0
        with step("screen"):
            attempt = _judge(order, card, seed, file, judge)
    except BaseException:
        give_back_scratch(file)
        raise
    if attempt.passed:
        return Filmed(order, file, order.frames, seed, (attempt,), spent)
    give_back_scratch(file)
    note(refused_attempts=1)
    failed = ", ".join(f"{c.name} ({c.measured}; {c.limit})" for c in attempt.checks if not c.passed)
    return Unfilmed(order, "clip_refused", f"refused for {failed}; change the moves or the scene.", 1, spent)


def _join(order: ClipOrder, parts: tuple[FrameRange, ...], own: ObjectStore, file: Path) -> None:
    with ExitStack() as copies:
        count = join_clips([_file_of(part, own, copies) for part in parts], file, order.frames_per_second)
    if count != order.frames:
        raise ValueError(f"{order.key} has {count} frames instead of {order.frames}")


def _file_of(part: FrameRange, own: ObjectStore, copies: ExitStack) -> Path:
    """Return the file of a part: the object itself in a folder, else a scratch copy."""
    if not is_finished(own, part.record):
        raise NoSuchObject(part.record)
    there = Path(own.address(part.part))
    if there.is_file():
        return there
    copy = copies.enter_context(own.scratch_file(".mkv"))
    copy.write_bytes(own.get(part.part))
    return copy


def _judge(order: ClipOrder, card: ModelCard, seed: int, file: Path, judge: Judge | None) -> Attempt:
    if judge is None:
        return Attempt(seed, True, ())
    samples: list[Pixels] = []
    meter = MotionMeter()
    for _ in meter.watch(sample_frames(_pixels(file), order.frames, samples)):
        pass
    checks = (*judge(order, tuple(samples)), *motion_checks(card, meter.motion))
    return Attempt(seed, all(check.passed for check in checks), checks)


def _pixels(file: Path) -> Iterator[Pixels]:
    for _, levels in decode_frames(file):
        yield np.asarray(levels, np.float32) / LEVELS
