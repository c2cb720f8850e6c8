"""Layouts: positions of key visual, product, logo and copy in a family of placements.

Designers write them in `templates/layouts` and `tenants/<id>/layouts`; `foundry.layout.files` reads these files, and
docs/layouts.md explains them.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from foundry.copy import COPY_FIELDS
from foundry.names import digest
from foundry.strict_model import StrictModel

LAYOUT_RENDERER_VERSION = "5"
FAMILIES = (
    "square", "portrait", "story", "landscape", "leaderboard", "rectangle", "skyscraper", "billboard",
    "mobile-banner", "print-portrait", "print-landscape",
)  # fmt: skip
STEPS = {"micro": -3, "small": -2, "note": -1, "body": 0, "lead": 1, "title": 2, "headline": 3, "display": 4,
         "poster": 5, "giant": 6}  # fmt: skip
"""The steps of a type scale. Neighbours differ by the brand's ratio; `body` has the layout's base size."""
SLOTS = frozenset((*COPY_FIELDS, "badge"))
ALWAYS = frozenset({"headline", "legal"})
"""Slots that never give way: a rendition without a headline says nothing, and the law requires legal lines."""

Thousandth = Annotated[int, Field(ge=0, le=1000)]
Area = tuple[Thousandth, Thousandth, Thousandth, Thousandth]
Align = Literal["start", "center", "end"]
Anchor = Literal["top", "middle", "bottom"]
Role = Literal["primary", "accent", "ink", "paper"]
Step = Literal["micro", "small", "note", "body", "lead", "title", "headline", "display", "poster", "giant"]
Size = Step | Annotated[int, Field(gt=0, le=1000)]
LogoVariant = Literal["horizontal", "stacked", "mark"]


class Grid(StrictModel):
    """The tracks that areas are given in, with a gutter between them."""

    columns: int = Field(default=12, ge=1, le=48)
    rows: int = Field(default=12, ge=1, le=96)
    gutter: Thousandth = Field(default=0, description="Thousandths of the reference edge.")


class Place(StrictModel):
    """An area: tracks of the grid (first and last, both included), or thousandths (left, top, right, bottom)."""

    columns: tuple[int, int] | None = None
    rows: tuple[int, int] | None = None
    box: Area | None = None
    of: Literal["safe", "frame"] = Field(default="safe", description="What the grid or the thousandths divide.")

    @model_validator(mode="before")
    @classmethod
    def _from_four_numbers(cls, given: Any) -> Any:
        return {"box": given, "of": "frame"} if isinstance(given, list | tuple) else given

    @model_validator(mode="after")
    def _is_one_area(self) -> Place:
        tracks = (self.columns, self.rows)
        if (self.box is None) == (None in tracks) or (self.box and any(tracks)):
            raise ValueError("an area is columns and rows, or a box of four thousandths; give one of them")
        spans = [self.columns, self.rows] if self.box is None else [self.box[::2], self.box[1::2]]
        if any(span and (span[0] > span[1] or (self.box and span[0] == span[1])) for span in spans):
            raise ValueError(f"the area {spans} ends before it begins")
        return self


def _rows(given: Any) -> Any:
    return [[entry] if isinstance(entry, str) else entry for entry in given] if isinstance(given, list) else given


class TypeStyle(StrictModel):
    """The type of one slot; sizes are steps of the type scale or thousandths of the reference edge."""

    size: tuple[Size, Size] = Field(description="Smallest and largest.")
    lines: int = Field(default=1, ge=1, le=6)
    font: Literal["display", "body"] = "body"
    weight: Literal["regular", "bold"] = "regular"
    colour: Literal["auto"] | Role = Field(default="auto", description="A role is used where it reads well.")
    plate: Literal["none", "pill", "button", "badge"] = "none"
    plate_colour: Role = "primary"
    space_above: Thousandth | None = Field(default=None, description="In place of the block's gap.")


class Block(StrictModel):
    """Slots from top to bottom; a list in the list stands side by side."""

    areas: tuple[Place, ...] = Field(min_length=1, description="One, or several of which the quietest is taken.")
    align: Align = "start"
    anchor: Anchor = "top"
    gap: Thousandth = Field(default=24, description="Between slots, thousandths of the reference edge.")
    spread: bool = Field(default=False, description="Slots side by side stand at both ends.")
    slots: Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_rows)] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _from_one_area(cls, given: Any) -> Any:
        if isinstance(given, dict) and "area" in given:
            rest = {key: value for key, value in given.items() if key not in ("area", "areas")}
            return {**rest, "areas": [given["area"]]}
        return given

    @property
    def fields(self) -> tuple[str, ...]:
        """The slots in their order."""
        return tuple(field for row in self.slots for field in row)


class Visual(StrictModel):
    """The area in which a master shows, and the size of the product in it."""

    area: Place
    product_height: Thousandth | None = Field(default=None, description="Of the area; none keeps the scene.")
    product: Literal["keep", "center", "low"] = Field(
        default="keep", description="Its place in the scene, the middle, or near the lower edge."
    )
    corner: Thousandth = Field(default=0, description="Radius, thousandths of the reference edge.")


class Panel(StrictModel):
    """A flat area in a brand colour."""

    area: Place
    colour: Role
    opacity: int = Field(default=100, ge=1, le=100, description="Per cent.")
    corner: Thousandth = Field(default=0, description="Radius, thousandths of the reference edge.")


class LogoSlot(StrictModel):
    """The area of the logo, and the variants of the brand's logo that may stand in it."""

    area: Place
    align: Align = "start"
    anchor: Anchor = "middle"
    variants: tuple[LogoVariant, ...] = ("horizontal", "stacked", "mark")
    missing: Literal["refuse", "leave_out"] = Field(
        default="refuse", description="What happens where no variant reaches the brand's smallest width."
    )


class Layout(StrictModel):
    """One layout as it applies to one placement; for copy from right to left all of it is mirrored."""

    id: str
    version: int
    family: str
    title: str = ""
    reference: Literal["short", "height", "width"] = Field(
        default="short", description="The edge that sizes, gaps and radii are thousandths of."
    )
    base: Thousandth = Field(default=27, description="Size of body type, thousandths of the reference edge.")
    grid: Grid = Grid()
    ground: Role = Field(default="paper", description="Behind everything.")
    key_visual: Visual = Visual(area=Place(box=(0, 0, 1000, 1000), of="frame"))
    close_up: Visual | None = None
    panels: dict[str, Panel] = Field(default={})
    logo: LogoSlot | None = None
    blocks: dict[str, Block]
    styles: dict[str, TypeStyle]
    priority: tuple[str, ...] = Field(
        default=("headline", "call_to_action", "price", "badge", "offer", "subheadline", "legal"),
        description="What is read first; films bring the slots in by it.",
    )
    gives_way: tuple[str, ...] = Field(default=("subheadline", "badge", "offer"), description="First to go first.")

    @model_validator(mode="after")
    def _names_slots(self) -> Layout:
        placed = [field for block in self.blocks.values() for field in block.fields]
        if twice := sorted(field for field, count in Counter(placed).items() if count > 1):
            raise ValueError(f"{', '.join(twice)} stands in two blocks; take it out of one")
        named = {*placed, *self.styles, *self.priority, *self.gives_way}
        if unknown := sorted(named - SLOTS):
            raise ValueError(f"no slot is called {', '.join(unknown)}; there are {', '.join(sorted(SLOTS))}")
        if bare := sorted(set(placed) - set(self.styles)):
            raise ValueError(f"{', '.join(bare)} has no style; add it under styles")
        if kept := sorted(ALWAYS & set(self.gives_way)):
            raise ValueError(f"{', '.join(kept)} never gives way; take it out of gives_way")
        return self

    @model_validator(mode="after")
    def _stays_on_its_grid(self) -> Layout:
        places = [self.key_visual.area, *(panel.area for panel in self.panels.values())]
        places += [place for block in self.blocks.values() for place in block.areas]
        places += [slot.area for slot in (self.logo, self.close_up) if slot]
        for place in places:
            for span, tracks in ((place.columns, self.grid.columns), (place.rows, self.grid.rows)):
                if span and not 1 <= span[0] <= span[1] <= tracks:
                    raise ValueError(f"tracks {list(span)} are not on the grid, which has {tracks}; count from 1")
        return self

    @cached_property
    def fields(self) -> frozenset[str]:
        """The slots that this layout shows."""
        return frozenset(field for block in self.blocks.values() for field in block.fields)

    @cached_property
    def digest(self) -> str:
        """A hash of everything that a designer can change."""
        return digest("layout", **self.model_dump(mode="json"))

    def __hash__(self) -> int:
        return hash(self.digest)
