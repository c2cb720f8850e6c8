"""FilmWriter: frames in, one film file out, written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from transforms.reel.film_format import FilmFormat

__all__ = ["FilmFormat", "FilmWriter"]
if TYPE_CHECKING:
    from transforms.reel.audio import Track
    from transforms.reel.subtitles import TimedLine


class FilmWriter:
    """Takes av.VideoFrames in `plan.pixel_format`, in order; its own pts are set here. Use as a context manager.

    The file appears in `sink` when the block ends without an error, and not at all otherwise.
    """

    def __init__(
        self,
        sink: BinaryIO | Path,
        plan: FilmFormat,
        *,
        subtitles: Sequence[TimedLine] = (),
        audio: Track | None = None,
    ):
        self.sink, self.plan, self.subtitles, self.audio = sink, plan, tuple(subtitles), audio

    def add(self, frame: Any) -> None:
        """One frame more."""
        raise NotImplementedError
