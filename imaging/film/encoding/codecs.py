"""Encoders of each codec: names, options and licences.

Every encoder runs on one thread: the bytes then depend on nothing but frames and versions, and a machine's cores are
filled by encoding several runs at a time (see segments.py).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from foundry.channel.placement import Codec
from foundry.errors import FoundryError
from imaging.film.clip_master import require_av
from imaging.film.encoding.film_format import FilmFormat, Mastering, Transfer

GLOBAL_HEADER, BITEXACT = 1 << 22, 1 << 23
PROGRESSIVE = 1
COLOUR: dict[Transfer, tuple[int, int, int]] = {"bt709": (1, 1, 1), "pq": (9, 16, 9), "hlg": (9, 18, 9)}
"""H.273 code points of primaries, transfer and matrix."""
WINDOW = 20
"""The decoder's buffer holds the film's length divided by this where a rate is capped; one second at most."""
HEADROOM = 0.94
"""Share of a limit that an encoder is given: the container and the buffer's first filling take the rest."""


@dataclass(frozen=True)
class Encoder:
    """An encoder by FFmpeg's name; `quality` (constant rate factor) and `preset` (speed) are for draft and final."""

    name: str
    licence: str
    quality: tuple[int, int] = (0, 0)
    preset: tuple[str, str] = ("", "")
    tag: str | None = None


ENCODERS: dict[Codec, Encoder] = {
    "h264": Encoder("libx264", "GPL-2.0-or-later", (21, 18), ("veryfast", "medium"), "avc1"),
    "hevc": Encoder("libx265", "GPL-2.0-or-later", (24, 20), ("ultrafast", "fast"), "hvc1"),
    "av1": Encoder("libsvtav1", "BSD-3-Clause-Clear", (32, 26), ("10", "8"), "av01"),
    "vp9": Encoder("libvpx-vp9", "BSD-3-Clause", (32, 26), ("8", "4")),
    "prores": Encoder("prores_ks", "LGPL-2.1-or-later", tag="apch"),
    "gif": Encoder("gif", "LGPL-2.1-or-later"),
    "webp": Encoder("libwebp", "BSD-3-Clause"),
}


class EncoderMissing(FoundryError):
    """This build of FFmpeg lacks the encoder."""

    code = "encoder_missing"

    def __init__(self, codec: str, encoder: str) -> None:
        super().__init__(codec, encoder)
        self.codec, self.encoder = codec, encoder

    def __str__(self) -> str:
        return (
            f"{self.codec} is made with {self.encoder}, which this FFmpeg was built without; install PyAV's own wheel, "
            "or choose a placement that takes AV1, VP9 or ProRes"
        )


def encoder_of(spec: FilmFormat) -> str:
    """Return FFmpeg's name of the format's encoder.

    Raises VideoExtraMissing without PyAV, EncoderMissing if this FFmpeg lacks the encoder.
    """
    av, name = require_av(), ENCODERS[spec.codec].name
    if name not in av.codecs_available:
        raise EncoderMissing(spec.codec, name)
    return name


def configure(context: Any, spec: FilmFormat) -> None:
    """Set an av.VideoCodecContext that is not open yet to this format."""
    from av.video.reformatter import ColorRange

    context.width, context.height, context.pix_fmt = spec.width_px, spec.height_px, spec.pixel_format
    context.framerate, context.time_base = spec.rate, 1 / spec.rate
    context.sample_aspect_ratio = 1
    context.flags |= GLOBAL_HEADER | BITEXACT
    context.thread_count, context.gop_size = 1, spec.group
    context.color_primaries, context.color_trc, context.colorspace = COLOUR[spec.transfer]
    context.color_range = ColorRange.MPEG
    tag = ENCODERS[spec.codec].tag
    context.field_order = PROGRESSIVE
    if tag is not None and spec.container in ("mp4", "mov"):
        context.codec_tag = tag
    context.options = options(spec)
    if spec.codec == "av1":
        os.environ.setdefault("SVT_LOG", "1")  # SVT writes its settings to stderr otherwise, and has no option for it


def options(spec: FilmFormat) -> dict[str, str]:
    """Return the encoder's private options."""
    make = {"h264": _h264, "hevc": _hevc, "av1": _av1, "vp9": _vp9, "prores": _prores}
    return make[spec.codec](spec)


def cap(spec: FilmFormat) -> tuple[int, int] | None:
    """Return bits per second and bits of the buffer that an encoder may use; None if there is no limit."""
    if spec.ceiling is None:
        return None
    rate = spec.capped_bits_per_second or int(spec.ceiling * HEADROOM)
    window = min(1.0, float(spec.seconds) / WINDOW) if spec.seconds else 1.0
    return rate, max(1, int(rate * window))


def _quality(spec: FilmFormat) -> tuple[int, str]:
    encoder, at = ENCODERS[spec.codec], int(spec.effort == "final")
    return encoder.quality[at], encoder.preset[at]


def _h264(spec: FilmFormat) -> dict[str, str]:
    quality, preset = _quality(spec)
    parameters = {"open-gop": "0", "scenecut": "0", "keyint": "infinite", "stitchable": "1"}
    chosen = {"preset": preset, "profile": "high", "forced-idr": "1", "aud": "0"}
    limit = cap(spec)
    if spec.least_bits_per_second:
        rate = _filled_rate(spec)
        parameters |= {"nal-hrd": "cbr", "filler": "1", "vbv-init": "1"}
        chosen |= {"b": str(rate), "maxrate": str(rate), "minrate": str(rate), "bufsize": str(rate)}
    elif spec.target_bits_per_second:
        chosen |= {"b": str(spec.target_bits_per_second)}
    else:
        chosen |= {"crf": str(quality)}
    if limit and not spec.least_bits_per_second:
        chosen |= {"maxrate": str(limit[0]), "bufsize": str(limit[1])}
    if has_avx512():
        parameters["asm"] = UP_TO_AVX2
    return {**chosen, "x264-params": join_options(parameters)}


UP_TO_AVX2 = "MMX2,SSE2Fast,SSSE3,SSE4.2,AVX,FMA3,BMI2,AVX2"
"""x264's AVX-512 code gives one of several results for the same narrow frames; its AVX2 code always the same."""


@lru_cache(maxsize=1)
def has_avx512() -> bool:
    """Return whether x264 would use AVX-512 here; every processor that has it has AVX2."""
    flags = Path("/proc/cpuinfo")
    return flags.exists() and " avx512" in flags.read_text(encoding="utf-8", errors="replace")


def _filled_rate(spec: FilmFormat) -> int:
    """Return the constant rate for a channel with a least rate: a tenth above it, or the target, below the ceiling."""
    wanted = max(int(spec.least_bits_per_second * 1.1), spec.target_bits_per_second or 0)
    return min(wanted, spec.ceiling or wanted)


def _requested_rate(spec: FilmFormat) -> int:
    """Return the rate that a channel or a brief asks for; 0 if quality decides."""
    return spec.target_bits_per_second or (_filled_rate(spec) if spec.least_bits_per_second else 0)


def _hevc(spec: FilmFormat) -> dict[str, str]:
    quality, preset = _quality(spec)
    parameters = {
        "log-level": "none",
        "pools": "none",
        "frame-threads": "1",
        "info": "0",
        "open-gop": "0",
        "scenecut": "0",
        "keyint": str(spec.group),
        "min-keyint": str(spec.group),
        "repeat-headers": "0",
    }
    chosen = {"preset": preset}
    rate = _requested_rate(spec)
    chosen |= {"b": str(rate)} if rate else {"crf": str(quality)}
    if limit := cap(spec):
        parameters |= {"vbv-maxrate": str(limit[0] // 1000), "vbv-bufsize": str(max(1, limit[1] // 1000))}
    if spec.mastering:
        parameters |= _x265_mastering(spec.mastering)
    return {**chosen, "x265-params": join_options(parameters)}


def _x265_mastering(screen: Mastering) -> dict[str, str]:
    """Return mastering data in x265's notation: the whole numbers of SMPTE ST 2086."""
    points = {"G": screen.green, "B": screen.blue, "R": screen.red, "WP": screen.white}
    display = "".join(f"{name}({x},{y})" for name, (x, y) in points.items())
    return {
        "hdr10": "1",
        "master-display": f"{display}L({screen.brightest},{screen.darkest})",
        "max-cll": f"{screen.most_light},{screen.mean_light}",
    }


def _av1(spec: FilmFormat) -> dict[str, str]:
    quality, preset = _quality(spec)
    parameters = {"lp": "1", "keyint": str(spec.group), "irefresh-type": "2", "scd": "0"}
    chosen = {"preset": preset}
    rate, limit = _requested_rate(spec), cap(spec)
    chosen |= {"b": str(rate)} if rate else {"crf": str(quality)}
    if limit and not rate:
        parameters |= {"mbr": str(limit[0] // 1000)}
    if spec.mastering:
        parameters |= _svt_mastering(spec.mastering)
    return {**chosen, "svtav1-params": join_options(parameters)}


def _svt_mastering(screen: Mastering) -> dict[str, str]:
    """Return mastering data in SVT's notation: chromaticities as fractions of one, luminances in cd/m²."""
    points = {"G": screen.green, "B": screen.blue, "R": screen.red, "WP": screen.white}
    display = "".join(f"{name}({x / 50_000:.5f},{y / 50_000:.5f})" for name, (x, y) in points.items())
    light = f"L({screen.brightest / 10_000:.4f},{screen.darkest / 10_000:.4f})"
    return {"mastering-display": display + light, "content-light": f"{screen.most_light},{screen.mean_light}"}


def _vp9(spec: FilmFormat) -> dict[str, str]:
    quality, speed = _quality(spec)
    chosen = {"deadline": "good", "cpu-used": speed, "row-mt": "0", "lag-in-frames": "25", "auto-alt-ref": "1"}
    chosen |= {"keyint_min": str(spec.group)}
    limit = cap(spec)
    if rate := _requested_rate(spec):
        return chosen | {"b": str(rate)}
    if limit:  # constrained quality: at least this good, while the rate allows
        return chosen | {"crf": str(quality), "b": str(limit[0]), "maxrate": str(limit[0]), "bufsize": str(limit[1])}
    return chosen | {"crf": str(quality), "b": "0"}


def _prores(_spec: FilmFormat) -> dict[str, str]:
    return {"profile": "hq", "vendor": "apl0"}


def join_options(parameters: dict[str, str]) -> str:
    """Return options as `a=1:b=2`, the notation of x264, x265 and SVT."""
    return ":".join(f"{name}={value}" for name, value in parameters.items())
