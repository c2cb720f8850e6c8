"""Clip masters are lossless at ten bits, and the same frames make the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from imaging.film.clip_master import BITS, VideoExtraMissing, encode_clip, join_clips
from imaging.film.picture_sources import decode_frames
from imaging.pixels.arrays import Pixels


def noise(count: int = 3) -> Iterator[Pixels]:
    chance = np.random.default_rng(8)
    for _ in range(count):
        yield chance.random((32, 48, 3), np.float32) * np.float32(1.1) - np.float32(0.05)


def test_levels_come_back_as_they_were_rounded_and_clipped(tmp_path: Path) -> None:
    file = tmp_path / "clip.mkv"
    assert encode_clip(noise(), file, 12) == 3
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.average_rate) == ("ffv1", 12)
        found = [frame.to_ndarray(format="gbrp10le") for frame in container.decode(stream)]
    top = (1 << BITS) - 1
    for frame, pixels in zip(found, noise(), strict=True):
        assert np.array_equal(frame, np.rint(np.clip(pixels, 0, 1) * top).astype(np.uint16))


def test_the_same_frames_make_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / "one.mkv", tmp_path / "other.mkv"]
    for file in files:
        encode_clip(noise(), file, 12)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_parts_that_are_joined_have_the_frames_and_times_of_the_whole(tmp_path: Path) -> None:
    frames = list(noise(7))
    whole, joined, parts = tmp_path / "whole.mkv", tmp_path / "joined.mkv", []
    encode_clip(frames, whole, 24)
    for first, last in ((0, 3), (3, 6), (6, 7)):
        parts.append(tmp_path / f"{first}.mkv")
        encode_clip(frames[first:last], parts[-1], 24)
    assert join_clips(parts, joined, 24) == 7
    for (at, levels), (moment, found) in zip(decode_frames(whole), decode_frames(joined), strict=True):
        assert at == moment
        np.testing.assert_array_equal(levels, found)
    again = tmp_path / "again.mkv"
    join_clips(parts, again, 24)
    assert again.read_bytes() == joined.read_bytes()


def test_a_missing_package_is_named_with_the_command_that_brings_it() -> None:
    assert str(VideoExtraMissing("av")).endswith("run pip install 'campaign-foundry[video]'")
