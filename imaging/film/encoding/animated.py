"""Animated pictures (GIF, WebP) within a limit of bytes: whole files are tried in order, the first that fits is kept.

Quality is reduced in this order: for GIF the number of colours, then changes too small to be seen; for WebP its quality
setting; then, for both, every second frame, every third, four of five are left out. No attempt goes below the floor:
the SSIM of sampled frames' luma, as for films.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.colour import BT709_64
from imaging.film.encoding.container import FilmTooLarge
from imaging.film.encoding.film_format import CannotFilm, FilmFormat
from imaging.film.encoding.floor import KEPT, BelowFloor, Tiles, likeness_of, tiles_of

Pixels = NDArray[np.uint8]
COLOURS = ((256, 0), (128, 0), (128, 8), (64, 8), (64, 16), (32, 16))
"""GIF settings: number of colours, and by how many levels a pixel may differ before it is drawn again."""
QUALITIES = (90, 80, 70, 60, 50, 40, 30)
STEPS = (1, 2, 3, 5)
_TICK = Fraction(1, 100)
HALF = Fraction(1, 2)
SLOWEST = 4
"""Frames per second below which motion falls apart; frames are not left out below it."""
MOST_BYTES_HELD = 1 << 30


@dataclass(frozen=True)
class AnimationAttempt:
    """One way to make the file: every `step`th frame, `spend` colours or quality, pixels held `within` levels."""

    step: int
    spend: int
    within: int = 0


class AnimatedPictureWriter:
    """Keeps the frames of an animated picture and writes the best file within its format's limit."""

    def __init__(self, scratch: Path, spec: FilmFormat, most_bytes_held: int = MOST_BYTES_HELD) -> None:
        self.scratch, self.spec, self.most_bytes_held = scratch, spec, most_bytes_held
        self.frames: list[Pixels] = []

    def add(self, frame: Any, number: int) -> None:
        """Keep one rgb24 frame; raise CannotFilm if all frames need more memory than may be used (1 GiB)."""
        pixels = frame.to_ndarray(format="rgb24")
        if pixels.nbytes * (number + 1) > self.most_bytes_held:
            raise CannotFilm(
                f"{number + 1} frames of {self.spec.width_px} × {self.spec.height_px} in an animated picture",
                "make it a film in MP4 or WebM",
            )
        self.frames.append(pixels)

    def finish(self) -> None:
        """Write the file; raise FilmTooLarge or BelowFloor if no attempt is both small and good enough."""
        self.scratch.write_bytes(self._best())

    def _best(self) -> bytes:
        refusals: list[FilmTooLarge | BelowFloor] = []
        for attempt in attempts(self.spec):
            data = encode_attempt(self.frames, self.spec, attempt)
            if self.spec.max_bytes is not None and len(data) > self.spec.max_bytes:
                refusals.append(FilmTooLarge(len(data), self.spec.max_bytes))
                continue
            try:
                self._judge(data, attempt)
            except BelowFloor as poor:
                refusals.append(poor)
                continue
            return data
        poor_ones = [refusal for refusal in refusals if isinstance(refusal, BelowFloor)]
        raise (poor_ones or refusals)[-1]

    def _judge(self, data: bytes, attempt: AnimationAttempt) -> None:
        if self.spec.max_bytes is None:
            return
        kept = keep_every(self.frames, attempt.step)
        samples = range(0, len(kept), max(1, len(kept) // KEPT))
        middles = [float((number + HALF) * 1000 * attempt.step / self.spec.rate) for number in samples]
        for number, decoded in zip(samples, frames_shown_at(data, middles), strict=True):
            likeness = likeness_of(_luma_tiles(kept[number]), _luma_tiles(decoded))
            if likeness < self.spec.floor:
                raise BelowFloor(number * attempt.step, likeness, self.spec.floor)


def attempts(spec: FilmFormat) -> Iterator[AnimationAttempt]:
    """Yield the ways to make the file, best first."""
    for step in STEPS:
        if step == 1 or spec.rate / step >= SLOWEST:
            if spec.codec == "gif":
                yield from (AnimationAttempt(step, colours, within) for colours, within in COLOURS)
            else:
                yield from (AnimationAttempt(step, quality) for quality in QUALITIES)


def encode_attempt(frames: list[Pixels], spec: FilmFormat, attempt: AnimationAttempt) -> bytes:
    """Return the file of one attempt."""
    kept = keep_every(frames, attempt.step)
    if spec.codec == "gif":
        return _gif(hold_pixels(kept, attempt.within), spec, attempt)
    return _webp(kept, spec, attempt)


def keep_every(frames: list[Pixels], step: int) -> list[Pixels]:
    """Return every `step`th frame; frames left over at the end are dropped, so that no animation grows longer."""
    return frames[: max(1, len(frames) - len(frames) % step) : step]


def hold_pixels(frames: list[Pixels], levels: int) -> list[Pixels]:
    """Return the frames, each pixel kept as last drawn until it differs by more than `levels` in a channel."""
    if levels == 0:
        return frames
    drawn = [frames[0]]
    for frame in frames[1:]:
        strays = np.abs(frame.astype(np.int16) - drawn[-1]).max(axis=-1, keepdims=True) > levels
        drawn.append(np.where(strays, frame, drawn[-1]))
    return drawn


def frames_shown_at(data: bytes, times_ms: Sequence[float]) -> Iterator[Pixels]:
    """Yield what a browser shows at ascending times, (height, width, 3) uint8; the last frame stays after the end.

    Frames are found by time and not by number, because encoders merge equal frames into one with a longer duration.
    """
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        number, end = 0, 0.0
        for time in times_ms:
            while time >= end and number < getattr(image, "n_frames", 1):
                image.seek(number)
                image.load()
                number, end = number + 1, end + image.info.get("duration", 0)
            yield np.asarray(image.convert("RGB"))


def _luma_tiles(pixels: Pixels) -> Tiles:
    return tiles_of(np.rint(pixels @ BT709_64).astype(np.uint8))


def _webp(frames: list[Pixels], spec: FilmFormat, attempt: AnimationAttempt) -> bytes:
    from PIL import Image

    images, file = [Image.fromarray(frame) for frame in frames], io.BytesIO()
    ends = [round(number * 1000 * attempt.step / spec.rate) for number in range(len(frames) + 1)]
    images[0].save(
        file,
        format="WEBP",
        save_all=True,
        append_images=images[1:],
        duration=[later - sooner for sooner, later in pairwise(ends)],
        loop=spec.loops or 0,
        quality=attempt.spend,
        method=4,
    )
    return file.getvalue()


def _gif(frames: list[Pixels], spec: FilmFormat, attempt: AnimationAttempt) -> bytes:
    """Return a GIF made with FFmpeg's palettegen over all frames, weighing what moves, and a static ordered dither."""
    import av

    file, rate = io.BytesIO(), spec.rate / attempt.step
    repeats = 0 if spec.loops is None else spec.loops - 1 or -1
    with av.open(file, "w", format="gif", options={"loop": str(repeats)}) as box:
        stream = box.add_stream("gif", rate=rate, options={"flags": "+bitexact"})
        stream.width, stream.height, stream.pix_fmt = spec.width_px, spec.height_px, "pal8"
        stream.codec_context.time_base, stream.codec_context.thread_count = 1 / rate, 1
        for number, frame in enumerate(_apply_palette(frames, attempt.spend)):
            frame.pts, frame.time_base = number, 1 / rate
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))
    return file.getvalue()


def _apply_palette(frames: list[Pixels], colours: int) -> Iterator[Any]:
    import av
    from av.filter import Graph

    palette, graph = _palette(frames, colours), Graph()
    height, width = frames[0].shape[:2]
    source = graph.add_buffer(width=width, height=height, format=av.VideoFormat("rgb24"), time_base=_TICK)
    chart = graph.add_buffer(width=palette.width, height=palette.height, format=palette.format, time_base=_TICK)
    use, sink = graph.add("paletteuse", "dither=bayer:bayer_scale=5:diff_mode=rectangle"), graph.add("buffersink")
    source.link_to(use, 0, 0)
    chart.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    chart.push(palette)
    chart.push(None)
    for number, frame in enumerate(frames):
        source.push(_frame(frame, number))
        yield from _pull_all(sink)
    source.push(None)
    yield from _pull_all(sink)


def _palette(frames: list[Pixels], colours: int) -> Any:
    import av
    from av.filter import Graph

    graph, (height, width) = Graph(), frames[0].shape[:2]
    source = graph.add_buffer(width=width, height=height, format=av.VideoFormat("rgb24"), time_base=_TICK)
    find = graph.add("palettegen", f"max_colors={colours}:reserve_transparent=0:stats_mode=diff")
    sink = graph.add("buffersink")
    source.link_to(find)
    find.link_to(sink)
    graph.configure()
    for number, frame in enumerate(frames):
        source.push(_frame(frame, number))
    source.push(None)
    palette = sink.pull()
    palette.pts, palette.time_base = 0, _TICK
    return palette


def _pull_all(sink: Any) -> Iterator[Any]:
    import av

    while True:
        try:
            yield sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return


def _frame(pixels: Pixels, number: int) -> Any:
    import av

    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    frame.pts, frame.time_base = number, _TICK
    return frame
