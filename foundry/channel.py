"""Placements: a channel's slot with its pixels, formats, byte limit and safe area; data in `templates/channels`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

import templates
from foundry.errors import FoundryError
from foundry.names import digest

TEMPLATES = Path(next(iter(templates.__path__)))
Format = Literal["jpeg", "png", "webp", "avif", "jxl", "gif", "tiff", "pdf", "mp4", "mov", "webm"]
Codec = Literal["h264", "hevc", "av1", "vp9", "prores", "webp", "gif"]
Margin = Annotated[int, Field(ge=0, le=450)]


class UnknownPlacement(FoundryError):
    """No placement and no set has this name."""

    code = "unknown_placement"

    def __init__(self, name: str, near: tuple[str, ...]):
        super().__init__(name, near)
        self.name, self.near = name, near

    def __str__(self) -> str:
        near = f"; near it: {', '.join(self.near)}" if self.near else ""
        return f"no placement or set is called {self.name!r}{near}. See `foundry channels`."


class SafeArea(BaseModel):
    """Margins that text and product keep clear of, in thousandths of width (left, right) and height."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    top: Margin = 45
    right: Margin = 45
    bottom: Margin = 45
    left: Margin = 45


class Motion(BaseModel):
    """What a slot for moving pictures takes; a placement with it is a film's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: tuple[Decimal, Decimal] = Field(description="Shortest and longest.")
    rates: tuple[Decimal, ...] = Field(description="Frames per second it takes, best first; 23.976 means 24000/1001.")
    codecs: tuple[Codec, ...] = Field(description="Best first; containers are the placement's formats.")
    bits: Literal[8, 10] = 8
    transfer: Literal["bt709", "pq", "hlg"] = Field(default="bt709", description="PQ and HLG are ITU-R BT.2100.")
    least_bits_per_second: int = 0
    most_bits_per_second: int | None = None
    audio: Literal["none", "optional", "required"] = "optional"
    loudness_lufs: Decimal | None = Field(default=Decimal("-14"), description="Programme loudness (EBU R 128).")
    loops: int | None = Field(default=None, description="Of animated pictures; none: endless.")


class Print(BaseModel):
    """What a printed slot takes; `size` of its placement is the trimmed page in pixels at `dots_per_inch`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dots_per_inch: int = 300
    bleed_mm: Decimal = Decimal("3")
    colour: Literal["rgb", "cmyk"] = "cmyk"


class Placement(BaseModel):
    """A channel's slot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    size: tuple[Annotated[int, Field(ge=16, le=16_384)], Annotated[int, Field(ge=16, le=16_384)]]
    formats: tuple[Format, ...] = ("jpeg", "png")
    max_bytes: int = Field(gt=0)
    safe_area: SafeArea = SafeArea()
    family: str
    bucket: str
    motion: Motion | None = None
    printed: Print | None = None
    source: str
    read_on: date

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

    @cached_property
    def digest(self) -> str:
        """Changes with whatever changes pixels or bytes."""
        deciding = {"name", "size", "formats", "max_bytes", "safe_area", "family", "bucket", "motion", "printed"}
        return digest("placement", **self.model_dump(mode="json", include=deciding, exclude_none=True))


@lru_cache(maxsize=1)
def placements() -> Mapping[str, Placement]:
    """Name → placement, from every file of `templates/channels`."""
    found: dict[str, Placement] = {}
    for path in sorted((TEMPLATES / "channels").glob("*.yaml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name, entry in raw.get("placements", {}).items():
            placement = _placement(raw, name, entry)
            found[placement.name] = placement
    return dict(sorted(found.items()))


def _placement(raw: dict[str, Any], name: str, entry: dict[str, Any]) -> Placement:
    full = f"{raw['channel']}/{name}" if raw["channel"] else name
    common = {"source": raw["source"], "read_on": raw["read_on"]}
    return Placement.model_validate({**common, **entry, "name": full})


@lru_cache(maxsize=1)
def placement_sets() -> Mapping[str, tuple[str, ...]]:
    """Set name → placement names; sets of sets are spelled out."""
    raw = yaml.safe_load((TEMPLATES / "channels" / "sets.yaml").read_text(encoding="utf-8"))["sets"]

    def spelled(names: Sequence[str]) -> list[str]:
        return [leaf for name in names for leaf in (spelled(raw[name]) if name in raw else [name])]

    return {name: tuple(dict.fromkeys(spelled(names))) for name, names in raw.items()}


def resolve_placements(names: Sequence[str]) -> tuple[Placement, ...]:
    """Placements by name or set, each once, sorted by name; UnknownPlacement names its neighbours."""
    known, sets = placements(), placement_sets()
    chosen: set[str] = set()
    for name in names:
        if name not in known and name not in sets:
            near = difflib.get_close_matches(name, [*known, *sets], n=3, cutoff=0.4)
            raise UnknownPlacement(name, tuple(near))
        chosen.update(sets.get(name, (name,)))
    return tuple(known[name] for name in sorted(chosen))
