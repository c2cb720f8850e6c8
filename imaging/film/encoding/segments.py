"""Runs: frames encoded once, as closed groups of pictures, and joined into any number of films without encoding again.

Ten locales of a film share the runs that show no text. All runs of one FilmFormat have the same parameter sets, begin
with a picture that needs no other and end before the next run's first, so joined they decode to the very pictures that
each decodes to alone. GIF and animated WebP cannot do it: each picture there is the difference from the last one, so
`encode_run` refuses them and `FilmWriter` makes them whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from foundry.errors import FoundryError
from imaging.film.encoding.codecs import COLOUR, configure, encoder_of
from imaging.film.encoding.container import CodedPicture, FilmFile, check_size, total, write_whole
from imaging.film.encoding.film_format import ANIMATED, CannotFilm, FilmFormat
from imaging.film.encoding.floor import FloorJudge
from imaging.film.encoding.priority import same_priority

if TYPE_CHECKING:
    from imaging.film.encoding.audio import Track


@dataclass(frozen=True)
class EncodedRun:
    """Frames encoded to closed groups of pictures: the encoder's headers, its pictures in order of decoding."""

    spec: FilmFormat
    headers: bytes
    pictures: tuple[CodedPicture, ...]

    @property
    def frames(self) -> int:
        """Number of frames that it shows."""
        return len(self.pictures)

    @property
    def size(self) -> int:
        """Bytes of its pictures."""
        return total(self.pictures)

    @property
    def digest(self) -> str:
        """SHA-256 of headers and pictures."""
        content = hashlib.sha256(self.headers)
        for picture in self.pictures:
            content.update(f"{picture.shown_at} {picture.decoded_at} {picture.key} {len(picture.data)} ".encode())
            content.update(picture.data)
        return content.hexdigest()


class CannotJoin(FoundryError):
    """Runs that do not make one film."""

    code = "cannot_join"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"{self.what}; encode every run of a film with the same FilmFormat."


def can_join(spec: FilmFormat) -> bool:
    """Return whether films of this format may be made from runs."""
    return spec.codec not in ANIMATED


def encode_run(spec: FilmFormat, frames: Iterable[Any], count: int) -> EncodedRun:
    """Encode `count` av.VideoFrames of the format's `pixel_format`, on one thread; the same frames make the same bytes.

    Raises CannotFilm for GIF and WebP, for frames of another size or format, and if their number is not `count`;
    BelowFloor if a rate limit costs more likeness than the format's floor allows.
    """
    if not can_join(spec):
        raise CannotFilm(
            f"{spec.codec} keeps only what changes between pictures", "make the film whole, with FilmWriter"
        )
    name = encoder_of(spec)
    import av

    context: Any = av.CodecContext.create(name, "w")
    configure(context, spec)
    judge, pictures = FloorJudge(spec), []
    for frame in mark_frames(spec, frames, count):
        judge.observe(frame)
        with same_priority():
            pictures += [to_coded_picture(packet) for packet in context.encode(frame)]
    pictures += [to_coded_picture(packet) for packet in context.encode(None)]
    run = EncodedRun(spec, bytes(context.extradata or b""), tuple(pictures))
    if judge.is_needed(run.size, run.frames):
        judge.judge(decode_run(run))
    return run


def join(
    runs: Sequence[EncodedRun], sink: BinaryIO | Path, *, audio: Track | None = None, spec: FilmFormat | None = None
) -> int:
    """Write runs, one after the other, as one film and return its number of frames.

    `spec` states the limits of the whole file where they differ from the runs'. Raises CannotJoin if runs were encoded
    differently; FilmTooLarge and TooFewBits if the whole is outside the limits.
    """
    _refuse_unlike(runs)
    whole = spec or runs[0].spec
    with write_whole(sink, whole.container) as scratch:
        start = _write_runs(runs, FilmFile(scratch, runs[0].spec, audio))
        check_size(scratch, whole, sum(run.size for run in runs), start)
    return start


def _write_runs(runs: Sequence[EncodedRun], file: FilmFile) -> int:
    with file as film:
        if film.headers != runs[0].headers:
            raise CannotJoin("the encoder here writes other headers than the one that made the runs")
        start, late = 0, max(map(_reordering, runs))
        for run in runs:
            for at, picture in enumerate(run.pictures):
                film.mux(replace(picture, decoded_at=at - late), start)
            start += run.frames
        return start


def _reordering(run: EncodedRun) -> int:
    """Return how many frames before it is shown a picture must be decoded; encoders allow short runs more than that."""
    return max(at - picture.shown_at for at, picture in enumerate(run.pictures))


def _refuse_unlike(runs: Sequence[EncodedRun]) -> None:
    if not runs:
        raise CannotJoin("no runs")
    for number, run in enumerate(runs):
        if run.headers != runs[0].headers or run.spec.codec != runs[0].spec.codec or run.spec.rate != runs[0].spec.rate:
            raise CannotJoin(f"run {number} has other headers than the first")


def mark_frames(spec: FilmFormat, frames: Iterable[Any], count: int) -> Iterator[Any]:
    """Yield frames with time, colour and (H.264) key pictures set; raise CannotFilm for a frame that does not fit."""
    keys, number = key_frames(spec, count), 0
    for number, frame in enumerate(frames, start=1):
        mark(spec, frame, number - 1)
        if number - 1 in keys:
            frame.pict_type = KEY
        yield frame
    if number != count:
        raise CannotFilm(f"{number} frames came, {count} were announced", "announce as many as come")


KEY, ANY = 1, 0


def mark(spec: FilmFormat, frame: Any, number: int) -> None:
    """Set a frame's time and colour in place."""
    if (frame.width, frame.height, frame.format.name) != (spec.width_px, spec.height_px, spec.pixel_format):
        raise CannotFilm(
            f"frame {number} is {frame.width} × {frame.height} {frame.format.name}",
            f"the film takes {spec.width_px} × {spec.height_px} {spec.pixel_format}",
        )
    frame.pts, frame.time_base, frame.pict_type = number, 1 / spec.rate, ANY
    if spec.codec in ANIMATED:
        return
    frame.color_primaries, frame.color_trc, frame.colorspace = COLOUR[spec.transfer]
    frame.color_range = 1


def key_frames(spec: FilmFormat, count: int) -> frozenset[int]:
    """Return the frames of a run of `count` that must begin a closed group in H.264; other encoders count themselves.

    Neighbouring IDR pictures must differ in idr_pic_id (ITU-T H.264, 7.4.3), which the encoder counts 0, 1, 0 … from
    the start of every run. An even number of them in each run keeps that true across every join.
    """
    if spec.codec != "h264":
        return frozenset()
    if count < 2:
        raise CannotFilm(f"a run of {count} frame", "give H.264 two frames or more in each run")
    groups = -(-count // spec.group)
    groups += groups % 2
    return frozenset(part * count // groups for part in range(groups))


def to_coded_picture(packet: Any) -> CodedPicture:
    """Return an av.Packet as a value."""
    return CodedPicture(bytes(packet), packet.pts, packet.dts, packet.is_keyframe)


def decode_run(run: EncodedRun) -> Iterator[Any]:
    """Yield the av.VideoFrames that a run decodes to, in display order."""
    import av

    context: Any = av.CodecContext.create(DECODERS.get(run.spec.codec, run.spec.codec), "r")
    context.thread_count = 1
    if run.headers:
        context.extradata = run.headers
    for picture in run.pictures:
        packet = av.Packet(picture.data)
        packet.pts, packet.dts = picture.shown_at, picture.decoded_at
        yield from context.decode(packet)
    yield from context.decode(None)


DECODERS = {"av1": "libdav1d"}
