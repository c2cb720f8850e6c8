"""Small moving pictures to encode, and a judge that is not ours: ffprobe and ffmpeg."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imaging.film.encoding.film_format import FilmFormat

FFPROBE, FFMPEG = shutil.which("ffprobe"), shutil.which("ffmpeg")
readers = pytest.mark.readers("ffprobe", "ffmpeg")


def a_spec(codec: str = "h264", container: str = "mp4", **changes: Any) -> FilmFormat:
    """A film of 96 × 64 at 25 frames per second."""
    given = {"width_px": 96, "height_px": 64, "rate": Fraction(25), "bits": 10 if codec == "prores" else 8, **changes}
    return FilmFormat(codec=codec, container=container, **given)  # type: ignore[arg-type]


@lru_cache(maxsize=4)
def scene(width: int, height: int) -> np.ndarray:
    """A soft coloured picture, larger than the frame, over which a camera can pan."""
    import cv2

    noise = np.random.default_rng(5).integers(0, 255, (height * 2, width * 2, 3), dtype=np.uint8)
    soft = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.asarray(cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX))


def pan(spec: FilmFormat, count: int, start: int = 0) -> Iterator[Any]:
    """`count` frames of a pan, from frame `start` on, with a bright square that goes the other way."""
    import av

    picture = scene(spec.width_px, spec.height_px)
    for number in range(start, start + count):
        top, left = number % spec.height_px, number % spec.width_px
        view = picture[top : top + spec.height_px, left : left + spec.width_px].copy()
        view[8:24, (70 - number) % 70 : (70 - number) % 70 + 16] = (250, 240, 60)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(view), format="rgb24")
        yield frame.reformat(format=spec.pixel_format, dst_colorspace="itu709")


def probed(path: Path) -> dict[str, Any]:
    """What ffprobe says of a file: streams, format and every picture's packet."""
    assert FFPROBE is not None, "CI needs ffprobe; .ci/run installs ffmpeg"
    command = [FFPROBE, "-v", "error", "-of", "json", "-count_frames", "-show_streams", "-show_format", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


def first_frame(path: Path) -> dict[str, Any]:
    """What ffprobe says of the first picture, with its side data."""
    assert FFPROBE is not None, "CI needs ffprobe; .ci/run installs ffmpeg"
    command = [FFPROBE, "-v", "error", "-of", "json", "-select_streams", "v", "-read_intervals", "%+#1", "-show_frames"]
    found = json.loads(subprocess.run([*command, str(path)], capture_output=True, check=True, timeout=60).stdout)
    return found["frames"][0]


def fingerprints(path: Path) -> list[str]:
    """ffmpeg's checksum of every decoded picture."""
    assert FFMPEG is not None, "CI needs ffmpeg; .ci/run installs it"
    command = [FFMPEG, "-v", "error", "-i", str(path), "-map", "0:v", "-f", "framemd5", "-"]
    lines = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode().splitlines()
    return [line.split(",")[-1].strip() for line in lines if not line.startswith("#")]
