"""FilmWriter: frames in, one film file out, written whole or not at all; memory stays flat for films of any length."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, Self

from imaging.film.encoding.animated import AnimatedPictureWriter
from imaging.film.encoding.container import FilmFile, check_size, write_whole
from imaging.film.encoding.film_format import ANIMATED, CannotFilm, FilmFormat, Mastering, formats_for
from imaging.film.encoding.floor import FloorJudge
from imaging.film.encoding.priority import same_priority
from imaging.film.encoding.segments import KEY, mark, to_coded_picture
from imaging.film.encoding.subtitles import TimedLine, check_lines

if TYPE_CHECKING:
    from imaging.film.encoding.audio import Track

__all__ = ["FilmFormat", "FilmWriter", "Mastering", "formats_for"]


class FilmWriter:
    """A context manager that writes av.VideoFrames of the format's `pixel_format`, in order, as one film file.

    Times and colour tags of frames are set here. The film appears in `sink` when the block ends without an error, and
    not at all otherwise. Refusals: CannotFilm, FilmTooLarge, TooFewBits, BelowFloor
    (`imaging.film.encoding.rate_search.encode_within` tries again at a lower rate).
    `subtitles` are checked against the rules of reading before the first frame; they are not put into the file, because
    channels take them beside it (`imaging.film.encoding.subtitles.as_webvtt`, `as_srt`) or burnt in (`lines_at`).
    """

    def __init__(
        self,
        sink: BinaryIO | Path,
        spec: FilmFormat,
        *,
        subtitles: Sequence[TimedLine] = (),
        audio: Track | None = None,
    ) -> None:
        if audio is not None and spec.codec in ANIMATED:
            raise CannotFilm(f"{spec.codec} with sound", "animated pictures have none")
        self.sink, self.spec, self.audio = sink, spec, audio
        self.subtitles = check_lines(subtitles)
        self.frames = 0

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            scratch = opening.enter_context(write_whole(self.sink, self.spec.container))
            if self.spec.codec in ANIMATED:
                self._work: _Work = AnimatedPictureWriter(scratch, self.spec)
            else:
                self._work = opening.enter_context(_CodedFilm(scratch, self.spec, self.audio))
            self._closing = opening.pop_all()
        return self

    def add(self, frame: Any) -> None:
        """Add one frame; raise CannotFilm if its size or format is not the film's."""
        mark(self.spec, frame, self.frames)
        self._work.add(frame, self.frames)
        self.frames += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._closing.__exit__(kind, error, trace)
            return
        with self._closing:
            if self.frames == 0:
                raise CannotFilm("a film of no frames", "add at least one")
            self._work.finish()


class _Work(Protocol):
    def add(self, frame: Any, number: int) -> None: ...
    def finish(self) -> None: ...


class _CodedFilm:
    """A film of coded pictures in its container."""

    def __init__(self, scratch: Path, spec: FilmFormat, audio: Track | None) -> None:
        self.scratch, self.spec = scratch, spec
        self.film, self.judge = FilmFile(scratch, spec, audio), FloorJudge(spec)
        self.size = self.frames = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.film.__exit__(kind, error, trace)

    def add(self, frame: Any, number: int) -> None:
        if self.spec.codec == "h264" and number % self.spec.group == 0:
            frame.pict_type = KEY
        self.judge.observe(frame)
        self.frames += 1
        with same_priority():
            packets = self.film.pictures.codec_context.encode(frame)
        self._mux(packets)

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            self.size += packet.size
            self.film.mux(to_coded_picture(packet))

    def finish(self) -> None:
        self._mux(self.film.pictures.codec_context.encode(None))
        self.film.__exit__(None, None, None)
        check_size(self.scratch, self.spec, self.size, self.frames)
        if self.judge.is_needed(self.size, self.frames):
            self._judge()

    def _judge(self) -> None:
        import av

        with av.open(str(self.scratch)) as source:
            self.judge.judge(source.decode(video=0))
