"""What FilmWriter and runs add to the encoder: frames per second over a bare PyAV loop's, same frames, same options.

python -m benchmarks.reel

Per codec, interleaved: the loop that PyAV's manual shows, FilmWriter, and two runs joined. `capped` gives the film a
limit just above what it takes, so that the perceptual floor is measured too. Processor time of one thread.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from imaging.film.encoding.codecs import ENCODERS, configure
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.encoding.priority import same_priority
from imaging.film.encoding.segments import encode_run, join
from imaging.film.encoding.writer import FilmWriter
from tests.support.moving_pictures import pan

CODECS = (("h264", "mp4", 8), ("hevc", "mp4", 10), ("av1", "mp4", 10), ("vp9", "webm", 8), ("prores", "mov", 10))


def specs(width: int, height: int, effort: str) -> Iterator[FilmFormat]:
    """One plan per codec."""
    for codec, container, bits in CODECS:
        given: dict[str, Any] = {"codec": codec, "container": container, "bits": bits, "effort": effort}
        yield FilmFormat(width_px=width, height_px=height, rate=Fraction(30), **given)


def bare(spec: FilmFormat, frames: list[Any]) -> int:
    """Encode by the manual's loop, with the same encoder and options; return the file's size."""
    import av

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"film.{spec.container}"
        with same_priority(), av.open(str(file), "w") as box:
            stream = box.add_stream(ENCODERS[spec.codec].name, rate=spec.rate)
            configure(stream.codec_context, spec)
            for number, frame in enumerate(frames):
                frame.pts, frame.time_base = number, 1 / spec.rate
                frame.pict_type = int(spec.codec == "h264" and number % spec.group == 0)
                box.mux(stream.encode(frame))
            box.mux(stream.encode(None))
        return file.stat().st_size


def written(spec: FilmFormat, frames: list[Any]) -> int:
    """Encode the same by FilmWriter."""
    sink = io.BytesIO()
    with FilmWriter(sink, spec) as writer:
        for frame in frames:
            writer.add(frame)
    return sink.tell()


def joined(spec: FilmFormat, frames: list[Any]) -> int:
    """Encode the same as two runs that are joined."""
    half, sink = len(frames) // 2, io.BytesIO()
    runs = [encode_run(spec, part, len(part)) for part in (frames[:half], frames[half:])]
    join(runs, sink)
    return sink.tell()


def clocked(work: Callable[[FilmFormat, list[Any]], int], spec: FilmFormat, frames: list[Any]) -> tuple[float, int]:
    """Frames per second of processor time, and bytes."""
    began = time.process_time()
    size = work(spec, frames)
    return len(frames) / (time.process_time() - began), size


def row(spec: FilmFormat, frames: list[Any], rounds: int) -> str:
    """Medians of interleaved rounds."""
    _, size = clocked(bare, spec, frames)
    limit = int(size * 1.1 * 8 / (Fraction(len(frames)) / spec.rate))
    capped = replace(spec, most_bits_per_second=limit, floor=0.0)
    ways = {"bare": (bare, spec), "writer": (written, spec), "joined": (joined, spec), "capped": (written, capped)}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (work, told) in ways.items():
            rates[name].append(clocked(work, told, frames)[0])
    base = statistics.median(rates["bare"])
    ratios = [statistics.median(rates[name]) / base for name in ("writer", "joined", "capped")]
    return "{:8} {:6} {:8.1f} {:8.3f} {:8.3f} {:8.3f}".format(spec.codec, spec.effort, base, *ratios)


def main() -> None:
    """Print a row per codec and effort."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=360)
    chosen = parser.parse_args()
    print(f"{chosen.frames} frames of {chosen.width} × {chosen.height}, {chosen.rounds} rounds, one thread")
    print(f"{'codec':8} {'effort':6} {'bare fps':>8} {'writer':>8} {'joined':>8} {'capped':>8}")
    for effort in ("draft", "final"):
        for spec in specs(chosen.width, chosen.height, effort):
            print(row(spec, list(pan(spec, chosen.frames)), chosen.rounds), flush=True)


if __name__ == "__main__":
    main()
