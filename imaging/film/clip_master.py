"""Clip masters: FFV1 in Matroska, RGB with 10 bits per channel, written losslessly one frame at a time.

FFV1 is lossless, LGPL in FFmpeg and the archives' choice; H.264 in PyAV's wheel is libx264, which is GPL. Every frame
is a key frame with checksums of its slices (RFC 9043, version 3). Bit-exact flags keep clocks and random ids out of the
file, so the same frames always make the same bytes with the same FFmpeg.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from foundry.errors import FoundryError
from imaging.pixels.arrays import Pixels

CONTAINER, CODEC, PIXEL_FORMAT, BITS = "matroska", "ffv1", "gbrp10le", 10
BT709, SRGB, RGB, FULL_RANGE = 1, 13, 0, 2
"""H.273 code points (primaries, transfer, matrix) and FFmpeg's number for full range."""


class VideoExtraMissing(FoundryError):
    """A package of the extra `video` is not installed."""

    code = "video_extra_missing"

    def __init__(self, package: str) -> None:
        super().__init__(package)
        self.package = package

    def __str__(self) -> str:
        return (
            f"clips need the package {self.package}, which is not installed; run pip install 'campaign-foundry[video]'"
        )


def encode_clip(frames: Iterable[Pixels], file: Path, frames_per_second: int) -> int:
    """Write (height, width, 3) float32 sRGB frames in [0, 1] to `file` and return their number.

    One frame is held in memory at a time.
    """
    av = require_av()
    count = 0
    options = {"fflags": "+bitexact"}
    with av.open(str(file), "w", format=CONTAINER, container_options=options) as container:
        stream: Any = None
        for pixels in frames:
            if stream is None:
                stream = _stream(container, pixels.shape, frames_per_second)
            container.mux(stream.encode(_frame(av, pixels, count)))
            count += 1
        if stream is not None:
            container.mux(stream.encode(None))
    return count


def join_clips(parts: Sequence[Path], file: Path, frames_per_second: int) -> int:
    """Write the frames of several clip masters to `file`, one after another, and return their number.

    They were encoded with the same settings. Their packets are copied as they are, since each holds one whole frame.
    """
    av = require_av()
    count = 0
    with av.open(str(file), "w", format=CONTAINER, container_options={"fflags": "+bitexact"}) as container:
        stream: Any = None
        for part in parts:
            with av.open(str(part), format=CONTAINER) as opened:
                source = opened.streams.video[0]
                stream = stream or container.add_stream_from_template(source)
                for packet in opened.demux(source):
                    if packet.size:
                        packet.time_base, packet.duration = Fraction(1, frames_per_second), 1
                        packet.pts = packet.dts = count
                        packet.stream = stream
                        container.mux(packet)
                        count += 1
    return count


def require_av() -> Any:
    """Return the module `av` (PyAV); raise VideoExtraMissing if it is not installed."""
    try:
        import av
    except ModuleNotFoundError as error:
        raise VideoExtraMissing("av") from error
    return av


def _stream(container: Any, shape: tuple[int, ...], frames_per_second: int) -> Any:
    stream = container.add_stream(CODEC, rate=frames_per_second)
    stream.height, stream.width, stream.pix_fmt = shape[0], shape[1], PIXEL_FORMAT
    context = stream.codec_context
    context.options = {"level": "3", "g": "1", "slices": "4", "slicecrc": "1", "flags": "+bitexact"}
    context.thread_count = 1
    context.color_primaries, context.color_trc = BT709, SRGB
    context.colorspace, context.color_range = RGB, FULL_RANGE
    return stream


def _frame(av: Any, pixels: Pixels, number: int) -> Any:
    levels = np.rint(np.clip(pixels, 0, 1) * ((1 << BITS) - 1)).astype(np.uint16)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(levels), format=PIXEL_FORMAT)
    frame.pts = number
    return frame
