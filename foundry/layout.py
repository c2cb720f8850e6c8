"""Layouts: how key visual, product, logo and copy sit in a family of placements; data in `templates/layouts`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from foundry.channel import TEMPLATES, Placement
from foundry.errors import FoundryError
from foundry.names import digest

RENDERER_VERSION = "1"
Thousandth = Annotated[int, Field(ge=0, le=1000)]
Area = tuple[Thousandth, Thousandth, Thousandth, Thousandth]
Align = Literal["start", "center"]


class UnknownLayout(FoundryError):
    """No layout serves this family."""

    code = "unknown_layout"

    def __init__(self, family: str, known: tuple[str, ...]):
        super().__init__(family, known)
        self.family, self.known = family, known

    def __str__(self) -> str:
        return f"no layout serves the family {self.family!r}; there are: {', '.join(self.known)}."


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TypeStyle(_Strict):
    """Type of one slot; sizes in thousandths of the frame's reference edge."""

    size: tuple[int, int] = Field(description="Smallest and largest.")
    lines: int = Field(default=1, ge=1, le=6)
    font: Literal["display", "body"] = "body"
    weight: Literal["regular", "bold"] = "regular"


class Column(_Strict):
    """A stack of copy, from top to bottom: offer, headline, subheadline, and the row if it is inside."""

    area: Area
    align: Align
    anchor: Literal["top", "middle"] = "top"
    gap: int = Field(default=22, description="Between slots, thousandths of the reference edge.")


class Row(_Strict):
    """Price and call to action, side by side."""

    area: Area
    align: Align


class Panel(_Strict):
    """A flat area in a brand colour."""

    area: Area
    colour: Literal["primary", "accent", "ink", "paper"]


class Layout(_Strict):
    """Areas are thousandths of the frame; with copy from right to left they are mirrored."""

    id: str
    version: int
    family: str
    reference: Literal["short", "height", "width"] = Field(
        default="short", description="The edge that type sizes are thousandths of."
    )
    key_visual: Area = (0, 0, 1000, 1000)
    close_up: int | None = Field(
        default=None,
        description="Product height in the key visual, thousandths; none keeps the scene.",
    )
    panels: tuple[Panel, ...] = ()
    logo: Area
    logo_align: Align
    column: Column
    row: Row
    legal: Area | None = None
    legal_align: Align = "center"
    styles: dict[str, TypeStyle]

    @cached_property
    def digest(self) -> str:
        """Changes with anything a designer changes."""
        return digest("layout", **self.model_dump(mode="json"))

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=1)
def layouts() -> Mapping[str, Layout]:
    """Family → layout."""
    found = {}
    for path in sorted((TEMPLATES / "layouts").glob("*.yaml")):
        layout = Layout.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        found[layout.family] = layout
    return found


def layout_for(placement: Placement) -> Layout:
    """The layout of a placement's family."""
    try:
        return layouts()[placement.family]
    except KeyError as error:
        raise UnknownLayout(placement.family, tuple(layouts())) from error


def shown_fields(layout: Layout, placement: Placement) -> frozenset[str]:
    """The copy fields that this layout shows in this placement; only these enter a variant's name."""
    small = placement.height_px < 160
    hidden = {"subheadline", "offer"} if small else set()
    return frozenset(layout.styles) - hidden
