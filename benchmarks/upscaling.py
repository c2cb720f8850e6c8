"""Enlargement of held-out photographs beside the classical resamplers, and what large targets cost.

python -m benchmarks.upscaling [quality] [masters] [sizes]

Photographs are reduced in float, rounded to 8 bits, and enlarged again by every method in one run; 4 px at the edges
are not measured. PSNR is over RGB and over luma, SSIM over luma (Wang et al. 2004, Gaussian window), and the last
column is lab.evaluation.feature_distance, where less is better. Each size runs in a process of its own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.pixels.resample import centred_crop, resample_rows
from imaging.pixels.rows import rows_of
from lab.evaluation.photographs import LICENCES, photograph, reduce
from lab.evaluation.seams import SeamMeter
from lab.evaluation.upscaler_comparison import Fidelity, enlarger_of, fidelity, network_of, pillow, resample
from models.registry import card
from models.upscaling.enlarge import enlarge, enlarge_rows
from models.upscaling.learned_upscaler import load_upscaler
from models.upscaling.picture_reader import open_picture
from models.upscaling.target_picture import TargetPicture
from models.upscaling.tiles import TILE_COLUMNS, TILE_ROWS

Pixels = NDArray[Any]
TARGETS = ((2048, 16), (4096, 16), (8192, 16), (16_384, 16))
SOURCES = ((352, 192), (512, 288), (1024, 576))


def _opencv(flag: str) -> Callable[[Pixels, int], Pixels]:
    def enlarge(small: Pixels, scale: int) -> Pixels:
        import cv2

        return cv2.resize(small, None, fx=scale, fy=scale, interpolation=getattr(cv2, flag))

    return enlarge


def methods() -> dict[str, Callable[[Pixels, int], Pixels]]:
    """Name → (small picture, scale) → large picture."""
    return {
        "crisp": enlarger_of(network_of(card("crisp", "upscale"))),
        "Lanczos (Pillow)": pillow(Image.Resampling.LANCZOS),
        "bicubic (Pillow)": pillow(Image.Resampling.BICUBIC),
        "bicubic (OpenCV)": _opencv("INTER_CUBIC"),
        "Lanczos4 (OpenCV)": _opencv("INTER_LANCZOS4"),
    }


def quality() -> None:
    """Print a table per scale and reducing filter: the mean over photographs, then each photograph's gain."""
    ways = methods()
    for scale in (2, 4):
        for filter_ in (Image.Resampling.BICUBIC, Image.Resampling.BOX):
            found: dict[str, list[Fidelity]] = {name: [] for name in ways}
            for photo in LICENCES:
                wanted = photograph(photo)
                small = reduce(wanted, scale, filter_)
                for name, way in ways.items():
                    found[name].append(fidelity(way(small, scale), wanted))
            _print(scale, filter_.name, found)


def _print(scale: int, filter_: str, found: dict[str, list[Fidelity]]) -> None:
    print(f"\nx{scale}, reduced by {filter_}")
    print(f"{'':18} {'PSNR':>6} {'luma':>6} {'SSIM':>7} {'distance':>9} {'of Lanczos':>11}")
    means = {name: np.mean(rows, axis=0) for name, rows in found.items()}
    reference = means["Lanczos (Pillow)"]
    for name, row in means.items():
        print("{:18} {:6.2f} {:6.2f} {:7.4f} {:9.4f} {:11.3f}".format(name, *row, row[3] / reference[3]))
    pairs = zip(LICENCES, found["crisp"], found["Lanczos (Pillow)"], found["bicubic (Pillow)"], strict=True)
    for photo, own, lanczos, bicubic in pairs:
        best = np.maximum(lanczos, bicubic)[:3]
        gain, ratio = np.subtract(own[:3], best), own[3] / min(lanczos[3], bicubic[3])
        print(f"  {photo:22} to the better: {gain[0]:+.2f} dB, SSIM {gain[2]:+.4f}, distance x {ratio:.3f}")


def masters() -> None:
    """Print seconds for a 3840 x 2160 master from drawings of several sizes; CPU seconds where the cores are shared."""
    network, photo = load_upscaler(card("crisp", "upscale"), "cpu"), photograph("coffee.png")
    heads = ("drawing", "cores", "Lanczos s", "crisp s", "ratio", "Lanczos CPU", "crisp CPU")
    print("\n{:>10} {:>8} {:>10} {:>8} {:>6} {:>12} {:>10}".format(*heads))
    every = sorted(os.sched_getaffinity(0))
    for width, height in SOURCES:
        small = resample(photo, width, height)
        for count in range(1, len(every) + 1):
            os.sched_setaffinity(0, every[:count])
            plain, own = _seconds(resample, small, 3840, 2160), _seconds(enlarge, small, network, 3840, 2160)
            row = (count, plain[0], own[0], own[0] / plain[0], plain[1], own[1])
            print(f"{width:>6}x{height:<3}" + " {:8} {:10.2f} {:8.2f} {:6.1f} {:12.2f} {:10.2f}".format(*row))


def _seconds(call: Callable[..., Pixels], *arguments: Any) -> tuple[float, float]:
    """Wall and CPU seconds, each the best of three."""
    times = []
    for _ in range(3):
        wall, busy = time.perf_counter(), time.process_time()
        call(*arguments)
        times.append((time.perf_counter() - wall, time.process_time() - busy))
    return min(t[0] for t in times), min(t[1] for t in times)


def sizes() -> None:
    """Print what whole files cost: PNG to PNG, four times the edge, and whether tiles' borders show."""
    heads = ("target", "bits", "seconds", "CPU s", "before MB", "peak MB", "whole MB", "file MB", "seam", "elsewhere")
    print("\n{:>13} {:>4} {:>8} {:>6} {:>9} {:>8} {:>8} {:>8} {:>6} {:>9}".format(*heads))
    for edge, bits in TARGETS:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.upscaling", "one", str(edge), str(bits), folder]
            row = [float(cell) for cell in subprocess.check_output(command, text=True).split()]
        whole = edge * edge * 3 * bits / 8 / 2**20
        cells = (*row[:4], whole, *row[4:])
        print(
            f"{edge:6}x{edge:<6} {bits:4}"
            + " {:8.1f} {:6.1f} {:9.0f} {:8.0f} {:8.0f} {:8.0f} {:6.3f} {:9.3f}".format(*cells)
        )


def one(edge: int, bits: int, folder: Path) -> None:
    """Enlarge one file here, as upscale_file does, with a meter for seams in between; print the cells of a row."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one tile at a time
    network, photo, small = load_upscaler(card("crisp", "upscale"), "cpu"), photograph("coffee.png"), edge // 4
    crop = centred_crop(photo.shape[1], photo.shape[0], small, small)
    TargetPicture(folder / "in.png", bits, b"").write(resample_rows(rows_of(photo), crop, small, small))
    meter, before = SeamMeter(), _peak_mib()
    wall, busy = time.perf_counter(), time.process_time()
    rows = enlarge_rows(open_picture(folder / "in.png").rows(), network, edge, edge)
    TargetPicture(folder / "out.png", bits, b"").write(meter.watch(rows))
    print(time.perf_counter() - wall, time.process_time() - busy, before, _peak_mib())
    print((folder / "out.png").stat().st_size / 2**20)
    print(meter.worst(4 * TILE_ROWS, 4 * TILE_COLUMNS), meter.elsewhere(4 * TILE_ROWS, 4 * TILE_COLUMNS))


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str] | None = None) -> None:
    """Print the parts that are asked for, or all."""
    for name in arguments or ["quality", "masters", "sizes"]:
        {"quality": quality, "masters": masters, "sizes": sizes}[name]()


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(sys.argv[1:])
