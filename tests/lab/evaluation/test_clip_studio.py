"""The studio's small animations and the likeness of a first frame to its picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lab.evaluation.clip_studio import SHOWN_FRAMES, SHOWN_PX, AnimatedThumbnail, likeness
from lab.evaluation.scaling import Picture


def frame(level: int, height: int = 40, width: int = 60) -> Picture:
    return np.full((height, width, 3), level, np.uint8)


@pytest.mark.parametrize(("frames", "kept", "pause_ms"), [(5, 5, 40), (48, 48, 40), (49, 25, 80), (200, 40, 200)])
def test_an_animation_keeps_at_most_48_frames_and_the_pace_of_the_clip(
    frames: int, kept: int, pause_ms: int, tmp_path: Path
) -> None:
    thumbnail = AnimatedThumbnail(frames)
    for number in range(frames):
        thumbnail.take(number, frame(number * 37 % 256))
    thumbnail.write(tmp_path / "clip.webp", 25)
    assert kept <= SHOWN_FRAMES
    with Image.open(tmp_path / "clip.webp") as animation:
        assert getattr(animation, "n_frames", 1) == kept
        animation.load()
        assert animation.info["duration"] == pause_ms
        assert animation.info["loop"] == 0


def test_an_animation_is_small_and_keeps_its_aspect(tmp_path: Path) -> None:
    thumbnail = AnimatedThumbnail(2)
    for number in range(2):
        thumbnail.take(number, frame(100 * number, 360, 640))
    thumbnail.write(tmp_path / "clip.webp", 24)
    with Image.open(tmp_path / "clip.webp") as animation:
        assert animation.size == (SHOWN_PX, SHOWN_PX * 360 // 640)


def test_a_picture_of_another_aspect_is_cropped_in_its_middle_before_it_is_compared() -> None:
    chance = np.random.default_rng(5)
    coarse = chance.integers(0, 256, (9, 16, 3), dtype=np.uint8)
    first = np.asarray(Image.fromarray(coarse).resize((320, 180), Image.Resampling.NEAREST))
    padded = np.full((320, 320, 3), 128, np.uint8)
    padded[70:250] = first
    assert likeness(padded, first) > 0.95
    assert likeness(np.roll(padded, 60, axis=0), first) < 0.8
