"""Motion is told from stillness, flicker, noise and cuts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lab.evaluation.clip_figures import JUMP, LEFT, MOVES
from lab.evaluation.photographs import photograph
from models.video.motion import LIMITS, ClipMotion, MotionMeter, motion_checks
from tests.support.tiny_video import a_video_card

Frames = list[np.ndarray[Any, Any]]


def motion(frames: Frames) -> ClipMotion:
    meter = MotionMeter()
    for frame in frames:
        meter.take(frame)
    return meter.motion


@pytest.fixture(scope="module")
def pan() -> Frames:
    """A camera that moves two pixels a frame over a photograph."""
    whole = np.rint(photograph("coffee.png") * 255).astype(np.uint8)
    return [whole[50:290, 10 + 2 * at : 330 + 2 * at] for at in range(12)]


def test_a_camera_move_is_motion_and_little_else(pan: Frames) -> None:
    moves = motion(pan)
    assert moves.frames == 12
    assert moves.step > 2 * MOVES
    assert moves.residual <= LEFT
    assert moves.worst_residual <= JUMP


def test_a_still_does_not_move_and_one_frame_is_no_motion(pan: Frames) -> None:
    assert motion(pan[:1] * 6) == ClipMotion(6, 0.0, 0.0, 0.0)
    assert motion(pan[:1]) == ClipMotion(1, 0.0, 0.0, 0.0)


def test_flicker_noise_and_a_cut_are_told_from_motion(pan: Frames) -> None:
    chance = np.random.default_rng(0)
    lit = [np.clip(frame * (1 + 0.1 * (-1) ** at), 0, 255).astype(np.uint8) for at, frame in enumerate(pan)]
    noise = [chance.integers(0, 256, frame.shape).astype(np.uint8) for frame in pan]
    cut = [*pan[:6], *(frame[::-1] for frame in pan[6:])]
    assert motion(lit).residual > 2 * LEFT
    assert motion(noise).residual > 2 * LEFT
    assert motion(cut).worst_residual > 2 * JUMP


def test_floats_are_measured_as_their_bytes_are(pan: Frames) -> None:
    floats = motion([frame.astype(np.float32) / 255 for frame in pan])
    assert floats.step == pytest.approx(motion(pan).step, abs=0.01)


def test_a_frozen_or_flickering_clip_is_refused_by_limits_that_its_card_may_move(pan: Frames, tmp_path: Path) -> None:
    card = a_video_card("wan", tmp_path, thresholds={})
    noise = [np.random.default_rng(at).integers(0, 256, pan[0].shape).astype(np.uint8) for at in range(4)]

    def refused(frames: Frames, **limits: str) -> list[str]:
        own = card.model_copy(update={"thresholds": {name: Decimal(limit) for name, limit in limits.items()}})
        return [check.name for check in motion_checks(own, motion(frames)) if not check.passed]

    assert refused(pan) == []
    assert refused(pan[:1] * 4) == ["moves"]
    assert "no_flicker" in refused(noise)
    assert refused([*pan[:6], *(frame[::-1] for frame in pan[6:])]) == ["no_cut"]
    assert refused(pan[:1] * 4, moves="0") == []
    assert refused(noise, flicker="99", cut="99") == []


def test_watching_yields_every_frame_unchanged(pan: Frames) -> None:
    meter = MotionMeter()
    watched = list(meter.watch(iter(pan)))
    assert all(seen is given for seen, given in zip(watched, pan, strict=True))
    assert meter.motion == motion(pan)


def test_a_motion_is_measured_the_same_whatever_the_size(pan: Frames) -> None:
    small = [frame.reshape(120, 2, 160, 2, 3).mean(axis=(1, 3)).astype(np.uint8) for frame in pan]
    assert motion(small).step == pytest.approx(motion(pan).step, rel=0.1)


def test_changes_in_the_margin_do_not_count() -> None:
    frames = [np.full((128, 160, 3), 90, np.uint8) for _ in range(3)]
    frames[1][:8] = 255
    assert motion(frames) == ClipMotion(3, 0.0, 0.0, 0.0)


def test_a_motion_on_its_limits_passes(tmp_path: Path) -> None:
    card = a_video_card("wan", tmp_path, thresholds={})
    moves, flicker, cut = (float(LIMITS[name]) for name in ("moves", "flicker", "cut"))
    assert all(check.passed for check in motion_checks(card, ClipMotion(9, moves, flicker, cut)))
    failed = motion_checks(card, ClipMotion(9, moves - 0.01, flicker + 0.01, cut + 0.01))
    assert [check.name for check in failed if not check.passed] == ["moves", "no_flicker", "no_cut"]
