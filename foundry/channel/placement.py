"""Placements: a channel's slots with their pixels, formats, limits and safe areas, from `templates/channels`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.errors import FoundryError
from foundry.names import digest
from foundry.strict_model import StrictModel
from templates import TEMPLATES

Format = Literal["jpeg", "png", "webp", "avif", "jxl", "gif", "tiff", "pdf", "mp4", "mov", "webm"]
Codec = Literal["h264", "hevc", "av1", "vp9", "prores", "webp", "gif"]
AudioCodec = Literal["aac", "pcm", "mp3", "opus"]
Mark = Literal["documentation", "excerpt", "secondary", "own"]
"""The origin of a figure: the channel's documentation, an excerpt of it, a third party, or this project's choice."""
Edge = Annotated[int, Field(ge=16, le=16_384)]
Margin = Annotated[int, Field(ge=0, le=450)]
Family = Literal[
    "square", "portrait", "story", "landscape", "leaderboard", "rectangle", "skyscraper", "billboard",
    "mobile-banner", "print-portrait", "print-landscape",
]  # fmt: skip
Bucket = Literal["square", "portrait", "story", "landscape"]
MM_PER_INCH = Decimal("25.4")
MOVING: frozenset[Format] = frozenset({"mp4", "mov", "webm", "gif", "webp"})
FIXED: frozenset[Format] = frozenset({"jpeg", "png", "webp", "avif", "jxl", "gif", "tiff", "pdf"})


class UnknownPlacement(FoundryError):
    """No placement and no set has this name."""

    code = "unknown_placement"

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        super().__init__(name, near)
        self.name, self.near = name, near

    def __str__(self) -> str:
        near = f"; near it: {', '.join(self.near)}" if self.near else ""
        return f"no placement or set is called {self.name!r}{near}. See `foundry channels`."


class SafeArea(StrictModel):
    """Margins that text and product keep clear of, in thousandths of width (left, right) and height (top, bottom)."""

    top: Margin = 45
    right: Margin = 45
    bottom: Margin = 45
    left: Margin = 45


class OtherSizes(StrictModel):
    """Sizes that the channel accepts besides the one drawn for it: those of nearly the same shape."""

    smallest: tuple[int, int]
    largest: tuple[int, int] | None = None
    tolerance_percent: Decimal = Field(default=Decimal(1), description="Of width over height.")


class Motion(StrictModel):
    """The requirements of a slot for moving pictures; a placement with this section takes films."""

    seconds: tuple[Decimal, Decimal] = Field(description="Shortest and longest.")
    rates: tuple[Decimal, ...] = Field(description="Frames per second it takes, best first; 23.976 means 24000/1001.")
    rates_between: tuple[Decimal, Decimal] | None = Field(
        default=None, description="Every constant rate from here to there is taken too."
    )
    codecs: tuple[Codec, ...] = Field(description="Best first; containers are the placement's formats.")
    bits: Literal[8, 10] = 8
    transfer: Literal["bt709", "pq", "hlg"] = Field(default="bt709", description="PQ and HLG are ITU-R BT.2100.")
    least_bits_per_second: int = 0
    most_bits_per_second: int | None = None
    audio: Literal["none", "optional", "required"] = "optional"
    audio_codecs: tuple[AudioCodec, ...] = ("aac",)
    audio_rates_hz: tuple[int, ...] = (48_000, 44_100)
    least_audio_channels: int = 1
    least_audio_bits_per_second: int = 0
    loudness_lufs: Decimal | None = Field(default=Decimal(-14), description="Programme loudness (EBU R 128).")
    edit_lists: bool = Field(default=True, description="Whether players of the channel follow edit lists of MP4.")
    loops: int | None = Field(default=None, description="Of animated pictures; none: endless.")


class Print(StrictModel):
    """The requirements of a printed slot. `size` of its placement is the trimmed page at `dots_per_inch`."""

    dots_per_inch: int = 300
    bleed_mm: Decimal = Decimal(3)
    colour: Literal["rgb", "cmyk"] = "cmyk"

    @property
    def bleed_px(self) -> int:
        """Bleed on each side, in pixels, rounded to the nearest."""
        return int((self.bleed_mm * self.dots_per_inch / MM_PER_INCH).to_integral_value())


class AdText(StrictModel):
    """Character limits of the texts that a channel sets beside the picture; None where no figure is known."""

    headline: int | None = None
    long_headline: int | None = None
    title: int | None = None
    body: int | None = None
    description: int | None = None
    business_name: int | None = None
    words_on_picture: int | None = Field(default=None, description="Advice of the source, not a limit.")


class Placement(StrictModel):
    """One slot of a channel."""

    name: str
    title: str
    size: tuple[Edge, Edge]
    formats: tuple[Format, ...] = Field(default=("jpeg", "png"), description="What is written for it, best first.")
    also_takes: tuple[Format, ...] = Field(default=(), description="Formats of others' files that it takes too.")
    other_sizes: OtherSizes | None = None
    least_bytes: int = 0
    max_bytes: int = Field(gt=0)
    safe_area: SafeArea = SafeArea()
    family: Family
    bucket: Bucket
    motion: Motion | None = None
    printed: Print | None = None
    ad_text: AdText | None = None
    text_share: int | None = Field(
        default=None, ge=1, le=1000, description="Most of the frame that lines of copy cover, in thousandths."
    )
    confidence: Mark
    marks: dict[str, Mark] = Field(default={}, description="Field, or part of one, whose figure has another mark.")
    source: str
    read_on: date

    @model_validator(mode="after")
    def _sound(self) -> Self:
        wrong = set(self.takes) - (MOVING if self.motion else FIXED)
        if wrong:
            raise ValueError(f"{self.name}: {', '.join(sorted(wrong))} cannot hold what this slot shows")
        if self.motion and self.printed:
            raise ValueError(f"{self.name}: a slot is printed or moves, not both")
        for field in self.marks:
            if not _is_field(field):
                raise ValueError(f"{self.name}: marks names {field!r}, which is no field of a placement")
        return self

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def channel(self) -> str:
        """The part of the name before the slash."""
        return self.name.split("/")[0]

    @property
    def width_px(self) -> int:
        """Width in pixels."""
        return self.size[0]

    @property
    def height_px(self) -> int:
        """Height in pixels."""
        return self.size[1]

    @property
    def canvas(self) -> tuple[int, int]:
        """The size to draw, in pixels: the size, and for print the bleed on every side of it."""
        bleed = 2 * self.printed.bleed_px if self.printed else 0
        return self.width_px + bleed, self.height_px + bleed

    @property
    def takes(self) -> tuple[Format, ...]:
        """All formats that the channel accepts here, those that we write first."""
        return (*self.formats, *(form for form in self.also_takes if form not in self.formats))

    def mark(self, field: str) -> Mark:
        """Return the origin of the figure in `field`; a part ("motion.audio") without a mark has that of the whole.

        Fields that the data leave out have this project's default, and so this project's mark.
        """
        if field in self.marks:
            return self.marks[field]
        whole, _, part = field.partition(".")
        holder = getattr(self, whole) if part else self
        if (part or whole) not in holder.model_fields_set:
            return "own"
        return self.marks.get(whole, self.confidence)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with changed fields, and so with a digest of its own."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("digest", None)
        return copied

    @cached_property
    def digest(self) -> str:
        """A hash of everything that changes pixels or bytes of the files made for this placement."""
        return digest("placement", **self.model_dump(mode="json", include=DECIDING, exclude_none=True))


DECIDING = dict.fromkeys(("name", "size", "formats", "max_bytes", "safe_area", "family", "bucket", "printed"), True) | {
    "motion": set(Motion.model_fields) - {"rates_between", "audio_codecs", "least_audio_channels"}
}


def _is_field(path: str) -> bool:
    whole, _, part = path.partition(".")
    parts = {"motion": Motion, "printed": Print, "ad_text": AdText}
    return whole in Placement.model_fields and (not part or part in getattr(parts.get(whole), "model_fields", ()))


@lru_cache(maxsize=1)
def placements() -> Mapping[str, Placement]:
    """Return all placements of `templates/channels`, by name."""
    found: dict[str, Placement] = {}
    for path in sorted((TEMPLATES / "channels").glob("*.yaml")):
        raw = read_yaml(path, SETTINGS)
        entries = raw.get("placements", {})
        for name, entry in entries.items():
            placement = _placement(raw, name, _filled_in(entry, entries))
            found[placement.name] = placement
    return dict(sorted(found.items()))


def _filled_in(entry: dict[str, Any], entries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return an entry with the keys of the one that it is `like`: those of `motion` are merged, all others replaced."""
    if "like" not in entry:
        return entry
    below = entries[entry["like"]]
    motion = {**below.get("motion", {}), **entry.get("motion", {})}
    own = {key: value for key, value in entry.items() if key != "like"}
    return {**below, **own, **({"motion": motion} if motion else {})}


def _placement(raw: dict[str, Any], name: str, entry: dict[str, Any]) -> Placement:
    full = f"{raw['channel']}/{name}" if raw["channel"] else name
    common = {key: raw[key] for key in ("source", "read_on", "confidence", "marks") if key in raw}
    marks = {**raw.get("marks", {}), **entry.get("marks", {})}
    return Placement.model_validate({**common, **entry, "marks": marks, "name": full})


@lru_cache(maxsize=1)
def placement_sets() -> Mapping[str, tuple[str, ...]]:
    """Return the names of the placements in each set; sets within sets are expanded."""
    raw = read_yaml(TEMPLATES / "channels" / "sets.yaml", SETTINGS)["sets"]

    def expand(names: Sequence[str]) -> list[str]:
        return [leaf for name in names for leaf in (expand(raw[name]) if name in raw else [name])]

    return {name: tuple(dict.fromkeys(expand(names))) for name, names in raw.items()}


def resolve_placements(names: Sequence[str]) -> tuple[Placement, ...]:
    """Return placements by name or set, each once, sorted by name; UnknownPlacement names similar ones."""
    known, sets = placements(), placement_sets()
    chosen: set[str] = set()
    for name in names:
        if name not in known and name not in sets:
            near = difflib.get_close_matches(name, [*known, *sets], n=3, cutoff=0.4)
            raise UnknownPlacement(name, tuple(near))
        chosen.update(sets.get(name, (name,)))
    return tuple(known[name] for name in sorted(chosen))
