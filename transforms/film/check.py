"""What is true of a finished film, measured on its file and on its type in every frame."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from pathlib import Path

from foundry.channel import Motion, Placement
from foundry.manifest import CheckRecord
from transforms.film.painting import Film, Words
from transforms.reel.film_format import FilmFormat
from transforms.rendering.room import PixelBox, safe_box

LARGE_PX, LARGE, SMALL = 24, 3.0, 4.5
"""WCAG 2 contrast: type of 24 px and above, and smaller type."""


def check_film(file: Path, plan: FilmFormat, film: Film, words: Words) -> tuple[CheckRecord, ...]:
    """Every measure with its limit; a film is published only if all pass."""
    placement = film.staged[0].static.placement
    motion = placement.motion
    if motion is None:
        raise ValueError(f"{placement.name} takes no films")
    return (
        *_of_the_file(file, plan, placement, motion),
        _inside(film, words, placement),
        _apart(film, words),
        _readable(words),
    )


def _of_the_file(file: Path, plan: FilmFormat, placement: Placement, motion: Motion) -> tuple[CheckRecord, ...]:
    size, codec, frames, rate, heard = _seen(file)
    seconds, bytes_ = frames / rate, file.stat().st_size
    shortest, longest = motion.seconds
    half = Fraction(1, 2) / rate
    lasts = Fraction(shortest) - half <= seconds <= Fraction(longest) + half
    sound = {"none": not heard, "optional": True, "required": heard}[motion.audio]
    animated = plan.container in ("gif", "webp")
    return (
        _is("pixels", size == placement.size, f"{size[0]}x{size[1]}", f"{placement.width_px}x{placement.height_px}"),
        _is("codec", codec == plan.codec, codec, plan.codec),
        _is("bytes", bytes_ <= placement.max_bytes, str(bytes_), f"at most {placement.max_bytes}"),
        _is("seconds", lasts, f"{float(seconds):.3f}", f"{shortest} to {longest}"),
        _is("frame_rate", animated or rate == plan.rate, f"{float(rate):.3f}", f"{float(plan.rate):.3f}"),
        _is("sound", sound, "sound" if heard else "silent", motion.audio),
    )


def _seen(file: Path) -> tuple[tuple[int, int], str, int, Fraction, bool]:
    """Size, codec, frames, rate and whether there is sound, from the container's own index."""
    if file.suffix in (".gif", ".webp"):
        return _seen_animated(file)
    import av

    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for packet in container.demux(stream) if packet.size)
        context = stream.codec_context
        rate = Fraction(stream.average_rate or 0)
        codec = {"libdav1d": "av1"}.get(context.name, context.name)
        return (context.width, context.height), codec, frames, rate, bool(container.streams.audio)


def _seen_animated(file: Path) -> tuple[tuple[int, int], str, int, Fraction, bool]:
    from PIL import Image, ImageSequence

    with Image.open(file) as picture:
        durations = [int(frame.info.get("duration", 0)) for frame in ImageSequence.Iterator(picture)]
        rate = Fraction(1000 * len(durations), max(sum(durations), 1))
        return picture.size, str(picture.format).lower(), len(durations), rate, False


def _is(name: str, passed: bool, measured: str, limit: str) -> CheckRecord:
    return CheckRecord(name, bool(passed), measured, limit)


def _inside(film: Film, words: Words, placement: Placement) -> CheckRecord:
    safe = safe_box(placement)
    out = {
        moving.slot.placed.field
        for at, letters in words.letters.items()
        for moving in letters.slots
        for frame in range(moving.start, film.timeline.takes[at].stop)
        if not within(moving.box(frame), safe)
    }
    out |= {"subtitles" for line in words.lines if not within(line.box, safe)}
    return _is("safe_area", not out, ", ".join(sorted(out)) or "all inside in every frame", "all inside")


def within(box: PixelBox, safe: PixelBox) -> bool:
    """Whether a box lies inside another."""
    across = box.left >= safe.left and box.right <= safe.right
    return across and box.top >= safe.top and box.bottom <= safe.bottom


def _apart(film: Film, words: Words) -> CheckRecord:
    over = []
    for at, letters in words.letters.items():
        boxes = [(slot.field, slot.box) for slot in letters.placed]
        logo = film.staged[at].static.logo
        boxes += [("logo", logo)] if logo else []
        over += [f"{a} on {b}" for (a, x), (b, y) in combinations(boxes, 2) if _overlap(x, y)]
    return _is("no_overlap", not over, ", ".join(over) or "none", "none")


def _overlap(a: PixelBox, b: PixelBox) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def _readable(words: Words) -> CheckRecord:
    slots = [slot for letters in words.letters.values() for slot in letters.placed]
    low = [
        f"{slot.field} {slot.contrast}:1"
        for slot in slots
        if slot.contrast < (LARGE if slot.size_px >= LARGE_PX else SMALL)
    ]
    least = min((slot.contrast for slot in slots), default=21.0)
    limit = f"{LARGE}:1 for {LARGE_PX} px and above, else {SMALL}:1"
    return _is("contrast", not low, ", ".join(low) or f"at least {least}:1", limit)
