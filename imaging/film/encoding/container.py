"""The file around coded pictures and sound: laid out for streaming, no dates, ids or edit lists, whole or absent."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from foundry.errors import FoundryError
from imaging.film.encoding.codecs import configure, encoder_of
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.encoding.priority import same_priority

if TYPE_CHECKING:
    from imaging.film.encoding.audio import Track

ISO = {"movflags": "+faststart+negative_cts_offsets", "use_editlist": "0", "write_tmcd": "0"}
"""Of MP4 and MOV: the index first; pictures shown in another order than coded need no edit list."""


@dataclass(frozen=True)
class CodedPicture:
    """One coded picture; times in frames from its run's start, `decoded_at` below zero if coding order differs."""

    data: bytes
    shown_at: int
    decoded_at: int
    key: bool


class FilmTooLarge(FoundryError):
    """The film is larger than its limit; `rate_search.encode_within` tries again at a lower rate."""

    code = "film_too_large"

    def __init__(self, count: int, limit: int, what: str = "bytes") -> None:
        super().__init__(count, limit, what)
        self.count, self.limit, self.what = count, limit, what

    def __str__(self) -> str:
        return f"the film takes {self.count} {self.what}; the limit is {self.limit}. Shorten it, or calm its motion."


class TooFewBits(FoundryError):
    """The pictures take less than the channel's least rate: they are too plain for the encoder to spend it."""

    code = "film_rate_too_low"

    def __init__(self, rate: int, least: int) -> None:
        super().__init__(rate, least)
        self.rate, self.least = rate, least

    def __str__(self) -> str:
        return (
            f"the film takes {self.rate} bits per second; the channel wants {self.least} at least. "
            "Use H.264, which can be padded to a rate."
        )


class FilmFile:
    """A container being written, with one stream of pictures and an optional stream of sound; a context manager."""

    def __init__(self, path: Path, spec: FilmFormat, audio: Track | None = None) -> None:
        name = encoder_of(spec)
        import av

        self.spec = spec
        own = ISO if spec.container in ("mp4", "mov") else {}
        self.box = av.open(str(path), "w", format=spec.container, container_options={**own, "fflags": "+bitexact"})
        self.pictures: Any = self.box.add_stream(name, rate=spec.rate)
        configure(self.pictures.codec_context, spec)
        self.pictures.time_base = 1 / spec.rate
        sound = audio.stream(self.box) if audio is not None else None
        with same_priority():
            self.box.start_encoding()
        if audio is not None:
            for packet in audio.packets(sound):
                self.box.mux_one(packet)  # the muxer interleaves sound and pictures by time

    @property
    def headers(self) -> bytes:
        """The encoder's parameter sets."""
        return bytes(self.pictures.codec_context.extradata or b"")

    def mux(self, to_coded_picture: CodedPicture, first_frame: int = 0) -> None:
        """Add one picture of a run that begins at `first_frame`."""
        import av

        packet = av.Packet(to_coded_picture.data)
        packet.stream, packet.time_base = self.pictures, 1 / self.spec.rate
        packet.pts, packet.dts = first_frame + to_coded_picture.shown_at, first_frame + to_coded_picture.decoded_at
        packet.duration, packet.is_keyframe = 1, to_coded_picture.key
        self.box.mux_one(packet)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            self.box.close()
        except OSError:
            if error is None:  # otherwise the block's own error matters, and the scratch file is deleted anyway
                raise


@contextmanager
def write_whole(sink: BinaryIO | Path, suffix: str) -> Iterator[Path]:
    """Yield a scratch file whose content goes to `sink` when the block ends; nothing is written if the block raises.

    A path appears by a rename within its folder; a stream is set back to where it was if writing fails half-way.
    OSError of a full disk or a broken sink is raised.
    """
    folder = sink.parent if isinstance(sink, Path) else None
    handle, name = tempfile.mkstemp(suffix=f".{suffix}", prefix=f"{os.getpid()}-film-", dir=folder)
    os.close(handle)
    scratch = Path(name)
    try:
        yield scratch
        if isinstance(sink, Path):
            scratch.chmod(0o644)
            scratch.replace(sink)
        else:
            _pour(scratch, sink)
    finally:
        scratch.unlink(missing_ok=True)


def _pour(scratch: Path, sink: BinaryIO) -> None:
    start = sink.tell() if sink.seekable() else None
    try:
        with scratch.open("rb") as source:
            shutil.copyfileobj(source, sink, 1 << 20)
        sink.flush()
    except OSError:
        if start is not None:
            sink.seek(start)
            sink.truncate()
        raise


def check_size(path: Path, spec: FilmFormat, coded_bytes: int, frames: int) -> None:
    """Raise FilmTooLarge if the file or its pictures' rate is over a limit, TooFewBits if the rate is too low."""
    size = path.stat().st_size
    if spec.max_bytes is not None and size > spec.max_bytes:
        raise FilmTooLarge(size, spec.max_bytes)
    rate = round(coded_bytes * 8 / (Fraction(frames) / spec.rate))
    if spec.most_bits_per_second is not None and rate > spec.most_bits_per_second:
        raise FilmTooLarge(rate, spec.most_bits_per_second, "bits per second")
    if rate < spec.least_bits_per_second:
        raise TooFewBits(rate, spec.least_bits_per_second)


def total(to_coded_picture: Iterable[CodedPicture]) -> int:
    """Return the number of bytes of coded pictures."""
    return sum(len(picture.data) for picture in to_coded_picture)
