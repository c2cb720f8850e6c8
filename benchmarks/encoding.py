"""Files of composed renditions: ours beside Pillow, OpenCV and libvips at the same likeness, in bytes and CPU time.

python -m benchmarks.encoding [formats] [limits] [threads]
python -m benchmarks.encoding avif

The renditions are layouts of this project over photographs that scikit-image ships, in German. A peer gets, free of
charge, the lowest quality at which its file is as like the composition as ours is (`encoding.likeness`, measured on
the whole picture), and only that one encoding is timed; our time holds the search. SSIM is scikit-image's, in RGB, a
second opinion. CPU milliseconds are the better of two, one thread. Peers need pyvips[binary].
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

os.environ.setdefault("VIPS_CONCURRENCY", "1")

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.channel.placement import Placement, placements
from foundry.copy import Copy
from foundry.layout.files import layout_for
from foundry.plan.composition import compositions
from foundry.plan.shot import MasterFacts
from imaging.still.compose import finish, prepare
from imaging.still.encode import TooManyBytes, encode
from imaging.still.encoding.likeness import ReferencePicture
from imaging.still.encoding.lossy import CODECS
from lab.evaluation.photographs import photograph
from tests.support.briefs import a_tenant

Levels = NDArray[np.uint8]
Peer = Callable[[Levels, int], bytes]
SLOTS = ("meta/feed-square", "google/landscape", "google/leaderboard", "google/medium-rectangle")
PHOTOGRAPHS = {"coffee.png": "aurelle", "chelsea.png": "northpeak"}
WORDS = Copy(
    headline="Strahlend in den Tag",
    subheadline="Ein stilles Ritual für leuchtende Haut",
    call_to_action="Jetzt entdecken",
    offer="20 % Rabatt",
    price="45 €",
)
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
LOSSLESS = ("png",)


def renditions() -> list[Image.Image]:
    """One per photograph and slot."""
    return [_composed(name, brand, placements()[slot]) for name, brand in PHOTOGRAPHS.items() for slot in SLOTS]


def _composed(name: str, brand: str, placement: Placement) -> Image.Image:
    composition = compositions()[placement.bucket]
    size = (composition.width_px // 2, composition.height_px // 2)
    photo = Image.fromarray(np.rint(photograph(name) * 255).astype(np.uint8))
    share = max(size[0] / photo.width, size[1] / photo.height)
    crop = (0, 0, size[0] / share, size[1] / share)
    master = photo.resize(size, Image.Resampling.LANCZOS, box=crop)
    facts = MasterFacts(
        name="benchmark",
        bucket=placement.bucket,
        width_px=size[0],
        height_px=size[1],
        product_box=composition.box(False),
    )
    layout = layout_for(placement)
    static = prepare(master, facts, layout, placement, a_tenant(brand))
    return finish(static, WORDS.only(layout.fields), "de-DE").image


def _pillow(form: str, **options: Any) -> Peer:
    def save(pixels: Levels, quality: int) -> bytes:
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, form, quality=quality, **options)
        return stream.getvalue()

    return save


def _opencv(form: str, flag: str, **more: int) -> Peer:
    def save(pixels: Levels, quality: int) -> bytes:
        import cv2

        cv2.setNumThreads(1)
        options = [getattr(cv2, flag), quality] if flag else []
        for name, value in more.items():
            options += [getattr(cv2, name), value]
        return bytes(cv2.imencode(form, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)[1].tobytes())

    return save


def _vips(form: str, **options: Any) -> Peer:
    def save(pixels: Levels, quality: int) -> bytes:
        import pyvips

        image = pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")
        lossy = {} if form == ".png" else {"Q": quality}
        return bytes(image.write_to_buffer(form, **lossy, **options))

    return save


PEERS: dict[str, dict[str, Peer]] = {
    "jpeg": {
        "Pillow, defaults": _pillow("JPEG"),
        "Pillow, 4:4:4 progressive": _pillow("JPEG", subsampling=0, progressive=True, optimize=True),
        "OpenCV, 4:4:4 progressive": _opencv(
            ".jpg", "IMWRITE_JPEG_QUALITY", IMWRITE_JPEG_PROGRESSIVE=1, IMWRITE_JPEG_OPTIMIZE=1,
            IMWRITE_JPEG_SAMPLING_FACTOR=0x111111,
        ),
        "libvips, 4:4:4 progressive": _vips(".jpg", subsample_mode="off", optimize_coding=True, interlace=True),
    },
    "webp": {
        "Pillow, defaults": _pillow("WEBP"),
        "OpenCV, defaults": _opencv(".webp", "IMWRITE_WEBP_QUALITY"),
        "libvips, defaults": _vips(".webp"),
    },
    "avif": {
        "OpenCV, defaults": _opencv(".avif", "IMWRITE_AVIF_QUALITY"),
        "OpenCV, speed 8": _opencv(".avif", "IMWRITE_AVIF_QUALITY", IMWRITE_AVIF_SPEED=8),
        "Pillow, 4:4:4, speed 8": _pillow("AVIF", speed=8, max_threads=1, subsampling="4:4:4"),
        "Pillow, 4:4:4, speed 8, tuned to SSIM": _pillow(
            "AVIF", speed=8, max_threads=1, subsampling="4:4:4", advanced={"tune": "ssim"}
        ),
        "Pillow, speed 8": _pillow("AVIF", speed=8, max_threads=1),
    },
    "png": {
        "Pillow, defaults": _pillow("PNG"),
        "Pillow, optimize": _pillow("PNG", optimize=True),
        "OpenCV, defaults": _opencv(".png", ""),
        "libvips, defaults": _vips(".png"),
    },
}  # fmt: skip


@cache
def _reference(at: int) -> tuple[Levels, ReferencePicture]:
    pixels = np.asarray(_all()[at])
    return pixels, ReferencePicture(pixels)


@cache
def _all() -> list[Image.Image]:
    return renditions()


def formats(*wanted: str) -> None:
    """Print, per format, all renditions' bytes and CPU time, as ratios to ours too."""
    print(f"\n{len(_all())} renditions: {', '.join(SLOTS)}")
    heads = ("format", "encoder", "KiB", "CPU ms", "bytes x", "time x", "likeness", "SSIM")
    print("{:6} {:38} {:>8} {:>8} {:>8} {:>7} {:>9} {:>7}".format(*heads))
    for form in wanted or PEERS:
        peers = PEERS[form]
        ours = [_ours(form, at) for at in range(len(_all()))]
        base = _row(form, "ours, with its search", ours, None)
        for name, peer in peers.items():
            _row(form, name, [_theirs(form, peer, at, ours[at][2]) for at in range(len(_all()))], base)


Made = tuple[int, float, float, float]
"""Bytes, CPU milliseconds, likeness, SSIM."""


def _row(form: str, name: str, made: list[Made], base: tuple[float, float] | None) -> tuple[float, float]:
    size, spent = sum(one[0] for one in made) / 1024, sum(one[1] for one in made)
    ratios = (size / base[0], spent / base[1]) if base else (1.0, 1.0)
    scores = [statistics.fmean(one[at] for one in made) for at in (2, 3)]
    cells = (form, name, size, spent, *ratios, *scores)
    print("{:6} {:38} {:8.0f} {:8.0f} {:8.2f} {:7.2f} {:9.4f} {:7.4f}".format(*cells), flush=True)
    return size, spent


def _ours(form: str, at: int) -> Made:
    image = _all()[at]
    slot = placements()["meta/feed-square"].model_copy(update={"formats": (form,), "max_bytes": 10**9})
    data, spent = _timed(lambda: encode(image, slot, XMP).data)
    return _judged(form, data, spent, at)


def _theirs(form: str, peer: Peer, at: int, wanted: float) -> Made:
    pixels, reference = _reference(at)
    low, high = (100, 100) if form in LOSSLESS else (30, 100)
    while low < high:
        middle = (low + high) // 2
        if reference.likeness(_read(form, peer(pixels, middle))) >= wanted:
            high = middle
        else:
            low = middle + 1
    return _judged(form, *_timed(lambda: peer(pixels, low)), at)


def _judged(form: str, data: bytes, spent: float, at: int) -> Made:
    from skimage.metrics import structural_similarity

    pixels, reference = _reference(at)
    seen = _read(form, data)
    return len(data), spent, reference.likeness(seen), float(structural_similarity(pixels, seen, channel_axis=2))


def _read(form: str, data: bytes) -> Levels:
    return CODECS[form if form in CODECS else "jpeg"].read(data)


def _timed(call: Callable[[], bytes]) -> tuple[bytes, float]:
    best, made = float("inf"), b""
    for _ in range(2):
        before = time.process_time()
        made = call()
        best = min(best, time.process_time() - before)
    return made, best * 1000


def limits() -> None:
    """Print what meeting a limit costs, as shares of the size that no limit asks for."""
    heads = ("format", "limit", "met", "refused", "filled", "CPU ms", "likeness")
    print("\n{:6} {:>6} {:>9} {:>9} {:>9} {:>8} {:>9}".format(*heads))
    for form in ("jpeg", "webp", "avif"):
        for share in (1.0, 0.9, 0.8, 0.7, 0.5):
            _limited(form, share)


def _limited(form: str, share: float) -> None:
    filled, likeness, spent, refused = [], [], 0.0, 0
    for image in _all():
        slot = placements()["meta/feed-square"].model_copy(update={"formats": (form,), "max_bytes": 10**9})
        limit = int(len(encode(image, slot, XMP).data) * share)
        before = time.process_time()
        try:
            found = encode(image, slot.model_copy(update={"max_bytes": limit}), XMP)
            filled.append(len(found.data) / limit)
            likeness.append(found.likeness)
        except TooManyBytes:
            refused += 1
        spent += (time.process_time() - before) * 1000
    means = [statistics.fmean(values) if values else float("nan") for values in (filled, likeness)]
    print(f"{form:6} {share:6.0%} {len(filled):9} {refused:9} {means[0]:9.1%} {spent:8.0f} {means[1]:9.4f}", flush=True)


def threads() -> None:
    """Print how long a second Python thread waits while a file is encoded: a switch of threads, or for all of it."""
    print("\n{:6} {:>8} {:>22}".format("format", "wall ms", "longest wait ms"))
    image = _all()[0]
    for form in ("jpeg", "png", "webp", "avif", "jxl", "tiff"):
        slot = placements()["meta/feed-square"].model_copy(update={"formats": (form,), "max_bytes": 10**9})
        whole, waited = _waits(lambda slot=slot: encode(image, slot, XMP))  # type: ignore[misc]
        print(f"{form:6} {whole:8.0f} {waited:22.0f}", flush=True)


def _waits(call: Callable[[], object]) -> tuple[float, float]:
    moments, done = [time.perf_counter()], threading.Event()

    def tick() -> None:
        while not done.is_set():
            moments.append(time.perf_counter())
            time.sleep(0.0005)

    ticker = threading.Thread(target=tick)
    ticker.start()
    begun = time.perf_counter()
    call()
    whole = time.perf_counter() - begun
    done.set()
    ticker.join()
    return whole * 1000, max(np.diff(moments)) * 1000


def main(arguments: list[str] | None = None) -> None:
    """Print the parts that are asked for, or all."""
    parts = {"formats": formats, "limits": limits, "threads": threads}
    for name in arguments or list(parts):
        if name in PEERS:
            formats(name)
        else:
            parts[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
