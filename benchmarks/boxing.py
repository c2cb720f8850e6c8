"""The box: what decoding in it costs, against decoding in this process, and as a share of a whole run.

python -m benchmarks.boxing [--demo]

The same files are decoded in turn by both means, warm, one thread; figures are processor seconds of this process and
of all that it started, because the clock of a busy machine says little. `--demo` builds the example campaign, which
takes minutes, and says which share of its processor time went into the box: jobs, warm process and start, decoding
included. That is more than the overhead.
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundry.box import boxed, confinement
from foundry.box.keeper import keeper
from foundry.inputs.picture import DECODING, PICTURE_LIMITS
from foundry.inputs.picture_decoding import picture_pixels
from imaging.film.encoding.sound_file import DECODING as SOUND
from imaging.film.encoding.sound_file import SOUND_LIMITS, sound_samples
from tests.foundry.inputs.test_sound import wave

ROUNDS = 20


def pictures() -> dict[str, bytes]:
    """Return product pictures as clients send them, by what they are."""
    chance = np.random.default_rng(1)
    found = {}
    for name, edge, form in (("PNG 256", 256, "PNG"), ("PNG 1,500", 1_500, "PNG"), ("JPEG 4,000", 4_000, "JPEG")):
        coarse = Image.fromarray(chance.integers(0, 256, (edge // 8, edge // 8, 3), np.uint8))
        stream = io.BytesIO()
        coarse.resize((edge, edge), Image.Resampling.BICUBIC).save(stream, form)
        found[name] = stream.getvalue()
    return found


def processor_s() -> float:
    """Return the processor seconds of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the median milliseconds of a call on the clock, and its mean processor milliseconds, jobs included."""
    before, walls = processor_s(), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        walls.append(time.perf_counter() - began)
    keeper.end()  # so that what the warm process and its jobs took is counted here
    return 1000 * statistics.median(walls), 1000 * (processor_s() - before) / ROUNDS


def started_ms() -> float:
    """Return the processor milliseconds of starting a warm process and ending it."""
    keeper.end()
    before = processor_s()
    confinement()
    keeper.end()
    return 1000 * (processor_s() - before)


def compare(name: str, plain: Callable[[], Any], in_box: Callable[[], Any], start: float) -> None:
    """Print a row: both means, on the clock and in processor time without the start, and calls a second."""
    plain_wall, plain_cpu = timed(plain)
    in_box()  # starts the warm process and imports what the function needs
    box_wall, box_cpu = timed(in_box)
    box_cpu -= start / ROUNDS
    here = f"plain {plain_wall:7.1f} ms ({plain_cpu:7.1f} processor)"
    there = f"box {box_wall:7.1f} ms ({box_cpu:7.1f} processor)"
    print(f"{name:12} {here}   {there}   {1000 / plain_wall:6.1f} -> {1000 / box_wall:6.1f} calls/s")


def whole_run() -> None:
    """Build the example campaign, and print the share of processor time that the box took."""
    from console.cli import EXAMPLE, run

    before = processor_s()
    with tempfile.TemporaryDirectory() as store:
        run(EXAMPLE, str(Path(store) / "store"))
    here = resource.getrusage(resource.RUSAGE_CHILDREN)
    others = here.ru_utime + here.ru_stime
    keeper.end()
    here = resource.getrusage(resource.RUSAGE_CHILDREN)
    box, all_of_it = here.ru_utime + here.ru_stime - others, processor_s() - before
    print(f"demo: the box took {box:.2f} of {all_of_it:.1f} processor seconds, {100 * box / all_of_it:.2f} %")


def main(demo: bool = False) -> None:
    """Print the comparison; with `demo`, the share of a whole run."""
    print(confinement())
    start = started_ms()
    print(f"start of the warm process: {start:.0f} processor ms, once per process")
    for name, data in pictures().items():
        plain = lambda data=data: picture_pixels(io.BytesIO(data), "a")  # noqa: E731
        in_box = lambda data=data: boxed(DECODING + "picture_pixels", data, limits=PICTURE_LIMITS, name="a")  # noqa: E731
        compare(name, plain, in_box, start)
    sound = wave(48_000 * 30)
    compare(
        "WAV 30 s",
        lambda: sound_samples(io.BytesIO(sound), "a"),
        lambda: boxed(SOUND, sound, limits=SOUND_LIMITS, name="a"),
        start,
    )
    if demo:
        whole_run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", action="store_true", help="build the example campaign too")
    main(parser.parse_args().demo)
