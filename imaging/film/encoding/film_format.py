"""Formats of film files: size, rate, codec, container, depth, transfer, limits. Plain values; imports no encoder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from foundry.channel.placement import Codec, Motion, Placement
from foundry.errors import FoundryError

Container = Literal["mp4", "mov", "webm", "webp", "gif"]
Transfer = Literal["bt709", "pq", "hlg"]
Effort = Literal["draft", "final"]

ANIMATED: tuple[Codec, ...] = ("webp", "gif")
TEN_BIT: tuple[Codec, ...] = ("hevc", "av1", "prores")
HOLDS: dict[Container, tuple[Codec, ...]] = {
    "mp4": ("h264", "hevc", "av1"),
    "mov": ("h264", "hevc", "prores"),
    "webm": ("vp9", "av1"),
    "webp": ("webp",),
    "gif": ("gif",),
}
"""Codecs that each container takes here; VP9 in MP4 is legal, but no channel asks for it."""
NTSC = {
    Decimal("23.976"): Fraction(24000, 1001),
    Decimal("29.97"): Fraction(30000, 1001),
    Decimal("59.94"): Fraction(60000, 1001),
}
LARGEST_EDGE_PX, FASTEST = 4096, 60


class CannotFilm(FoundryError):
    """No encoder here makes such a file."""

    code = "cannot_film"

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy

    def __str__(self) -> str:
        return f"{self.what}; {self.remedy}."


BEYOND = 2_000_000_000
"""Bits per second that 32-bit encoder settings cannot express, and that no picture here reaches."""


@dataclass(frozen=True, kw_only=True)
class Mastering:
    """The screen a film was graded on (SMPTE ST 2086) and its light (CTA-861.3).

    The default is 1,000 cd/m² with P3 primaries. Chromaticities in 1/50,000 as (x, y) of green, blue, red and white;
    luminances in 1/10,000 cd/m²; light in cd/m².
    """

    green: tuple[int, int] = (13250, 34500)
    blue: tuple[int, int] = (7500, 3000)
    red: tuple[int, int] = (34000, 16000)
    white: tuple[int, int] = (15635, 16450)
    brightest: int = 10_000_000
    darkest: int = 1
    most_light: int = 1000
    mean_light: int = 400


@dataclass(frozen=True, kw_only=True)
class FilmFormat:
    """One kind of film file. Rates in frames and bits per second; `group` is the longest closed group, in frames.

    `most_bits_per_second` and `least_bits_per_second` bound the pictures' stream over the film; `max_bytes` bounds the
    file with its sound. `seconds` is needed with `max_bytes`: it turns bytes into a rate before the first frame.
    `capped_bits_per_second` is the lower rate of a second attempt (`rate_search.encode_within`). `loops` counts how
    often an animated picture plays; None is without end. `floor` is the least SSIM of a film reduced by a limit.
    """

    width_px: int
    height_px: int
    rate: Fraction
    codec: Codec = "h264"
    container: Container = "mp4"
    bits: Literal[8, 10] = 8
    transfer: Transfer = "bt709"
    target_bits_per_second: int | None = None
    most_bits_per_second: int | None = None
    least_bits_per_second: int = 0
    capped_bits_per_second: int | None = None
    max_bytes: int | None = None
    seconds: Fraction | None = None
    group: int = 0
    loops: int | None = None
    mastering: Mastering | None = None
    effort: Effort = "final"
    floor: float = 0.90

    def __post_init__(self) -> None:
        if self.group == 0:
            object.__setattr__(self, "group", max(2, round(self.rate * 2)))
        _refuse(self)

    @property
    def pixel_format(self) -> str:
        """FFmpeg's name of the frames' format: limited range, except for animated pictures (rgb24)."""
        if self.codec in ANIMATED:
            return "rgb24"
        if self.codec == "prores":
            return "yuv422p10le"
        return "yuv420p10le" if self.bits == 10 else "yuv420p"

    @property
    def ceiling(self) -> int | None:
        """Bits per second that pictures may take: the lower of the rate's limit and the file's.

        None if there is neither, or if it lies beyond what encoders count to (32 bits) and no picture here reaches.
        """
        limits = [self.most_bits_per_second] if self.most_bits_per_second else []
        if self.max_bytes is not None and self.seconds:
            limits.append(int(self.max_bytes * 8 / self.seconds))
        lowest = min(limits, default=BEYOND)
        return lowest if lowest < BEYOND else None

    def beside(self, sound_bits_per_second: int) -> FilmFormat:
        """Return the format with the bytes left for pictures once sound of this rate is in the file."""
        if self.max_bytes is None or not self.seconds:
            return self
        left = self.max_bytes - int(sound_bits_per_second * self.seconds / 8)
        if left <= 0:
            raise CannotFilm(
                f"sound of {sound_bits_per_second} bits per second alone takes the {self.max_bytes} bytes of the film",
                "shorten the film or leave the sound out",
            )
        return replace(self, max_bytes=left)


def formats_for(placement: Placement, seconds: Fraction) -> FilmFormat:
    """Return the file format for a film placement: its first codec that one of its containers holds."""
    motion = placement.motion
    if motion is None:
        raise CannotFilm(f"placement {placement.name} is for still pictures", "choose one with `motion`")
    codec, container = _pair(placement, motion)
    return FilmFormat(
        width_px=placement.width_px,
        height_px=placement.height_px,
        rate=as_rate(motion.rates[0]),
        codec=codec,
        container=container,
        bits=10 if codec == "prores" else motion.bits,
        transfer=motion.transfer,
        most_bits_per_second=motion.most_bits_per_second,
        least_bits_per_second=motion.least_bits_per_second,
        max_bytes=placement.max_bytes,
        seconds=seconds,
        loops=motion.loops,
        mastering=Mastering() if motion.transfer == "pq" else None,
    )


def as_rate(rate: Decimal) -> Fraction:
    """Return a rate as a fraction: 23.976 is 24000/1001 and likewise; other rates are exact."""
    return NTSC.get(rate, Fraction(rate))


def _pair(placement: Placement, motion: Motion) -> tuple[Codec, Container]:
    for codec in motion.codecs:
        for container, codecs in HOLDS.items():
            if container in placement.formats and codec in codecs:
                return codec, container
    raise CannotFilm(
        f"placement {placement.name} takes {', '.join(motion.codecs)} in {', '.join(placement.formats)}",
        "name a codec and a container that go together",
    )


def _refuse(spec: FilmFormat) -> None:
    """Raise CannotFilm for a format that no encoder here can make."""
    if spec.codec not in HOLDS[spec.container]:
        raise CannotFilm(
            f"{spec.container} does not hold {spec.codec} here",
            f"{spec.container} takes {' or '.join(HOLDS[spec.container])}",
        )
    if spec.codec not in ANIMATED and (spec.width_px % 2 or spec.height_px % 2):
        raise CannotFilm(
            f"{spec.width_px} × {spec.height_px} pixels: chroma is kept for every second pixel", "make both edges even"
        )
    if max(spec.width_px, spec.height_px) > LARGEST_EDGE_PX or spec.rate > FASTEST or spec.rate <= 0:
        raise CannotFilm(
            f"{spec.width_px} × {spec.height_px} at {float(spec.rate):g} frames per second",
            f"the limit is {LARGEST_EDGE_PX} pixels an edge at {FASTEST} frames per second",
        )
    if spec.bits == 10 and spec.codec not in TEN_BIT:
        raise CannotFilm(f"{spec.codec} with 10 bits", f"10 bits go into {', '.join(TEN_BIT)}")
    if spec.transfer != "bt709" and spec.bits != 10:
        raise CannotFilm(f"{spec.transfer.upper()} with {spec.bits} bits", "PQ and HLG need 10 bits")
    if spec.max_bytes is not None and spec.codec not in ANIMATED and not spec.seconds:
        raise CannotFilm("a limit of bytes without a length", "give `seconds` with `max_bytes`")
