"""The facts of a file, whoever made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from foundry.errors import FoundryError

if TYPE_CHECKING:
    from PIL import Image

Kind = Literal["still", "animation", "film", "page"]
Look = Callable[["Image.Image"], None]
"""Is given a decoded picture, to keep or to measure; it must not raise."""


class CannotRead(FoundryError):
    """A file that no reader here can, or may, read to its end."""

    code = "cannot_read"

    def __init__(self, name: str, what: str, remedy: str) -> None:
        super().__init__(name, what, remedy)
        self.name, self.what, self.remedy = name, what, remedy

    def __str__(self) -> str:
        return f"{self.name} {self.what}. {self.remedy}"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The colours of a still picture, or of a frame of an animated one.

    bits: per channel.
    subsampling, progressive: None where the format has none or the reader cannot tell.
    profile: the description in the ICC profile, "sRGB" for a file that declares it in another way, or None.
    srgb: True if its colours are those of sRGB.
    orientation: that of EXIF; 1 is upright.
    see_through: the share of pixels that are not opaque, of 1.
    spread: standard deviation of the grey levels, of 255; None where not measured. Near 0, the picture is blank.
    """

    bits: int
    colour: str
    alpha: bool = False
    see_through: float = 0.0
    profile: str | None = None
    srgb: bool = False
    subsampling: str | None = None
    progressive: bool | None = None
    orientation: int = 1
    dots_per_inch: float | None = None
    spread: float | None = None


@dataclass(frozen=True, kw_only=True)
class FrameStream:
    """A stream of frames.

    rate: the mean frame rate; `constant` is True if all frames last equally long.
    index_first: the index comes before the frames. Only in ISO containers, as are the next two.
    edits: the number of entries in edit lists that cut, delay or shift.
    turned: players are asked to turn or flip the frames.
    loops: None is endless, 1 is once.
    alpha: the frames have a channel of transparency.
    levels: "limited" (16 to 235 of 255) or "full", as the file says; "" if it says neither.
    """

    codec: str
    seconds: float
    frames: int
    rate: Fraction
    constant: bool
    bits_per_second: int
    profile: str = ""
    pixel_format: str = ""
    chroma: str = ""
    bits: int = 8
    transfer: str = ""
    interlaced: bool = False
    square_pixels: bool = True
    turned: bool = False
    index_first: bool | None = None
    edits: int = 0
    loops: int | None = 1
    alpha: bool = False
    levels: str = ""


@dataclass(frozen=True)
class SoundStream:
    """The first stream of sound. `loudness_lufs` is the integrated loudness of EBU R 128; None for silence.

    `seconds` is the end of its last packet; None where packets bear no times.
    """

    codec: str
    channels: int
    rate_hz: int
    bits_per_second: int
    loudness_lufs: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """The first page of a PDF, in millimetres after trimming; `bleed_mm` is the smallest of its four sides."""

    pages: int
    width_mm: float
    height_mm: float
    bleed_mm: float
    colours: tuple[str, ...]
    profile: str | None = None


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """The facts of one file. Pixels are 0 for a page; `called` is the format that its name claims, or ""."""

    name: str
    kind: Kind
    format: str
    size_bytes: int
    width_px: int = 0
    height_px: int = 0
    called: str = ""
    picture: Picture | None = None
    moving: FrameStream | None = None
    sound: SoundStream | None = None
    page: Page | None = None
    leaks: tuple[str, ...] = ()
    xmp: bool = False
