"""What is asked of the renderer: one picture of a set. It crosses to the renderer's process as JSON."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import Field

from foundry.sets.move import SetMove
from foundry.sets.own_material import OwnMaterial
from foundry.sets.set_file import SetFile, Side
from foundry.strict_model import StrictModel
from foundry.tenant import Colour

Pixel = Annotated[int, Field(ge=16, le=8_192)]


class Area(StrictModel):
    """A rectangle in shares of the picture; the origin is top left."""

    left: float
    top: float
    right: float
    bottom: float


class StandIn(StrictModel):
    """A product in the set. `file` lies in the job's folder.

    cutout: an RGBA picture, which stands as a card that faces the camera and fills `area` exactly. geometry: a GLB or
    USD file, which fills the area's height and stands on its base.
    """

    kind: Literal["cutout", "geometry"]
    file: str
    area: Area
    turn_deg: float = 0.0


class Moment(StrictModel):
    """A moment of a film: the moves, the share of the film's time that is over, and the seconds since its start."""

    moves: tuple[SetMove, ...]
    at: float = Field(ge=0, le=1)
    seconds: float = Field(default=0.0, ge=0)


class SetAsk(StrictModel):
    """One picture of a set: its file, what fills its roles, where the product stands and the copy will."""

    set: SetFile
    wall: Colour
    floor: Colour
    accent: Colour
    light: Side = "left"
    room: Literal["left", "right", "top"] = "top"
    mirrored: bool = Field(default=False, description="The set is built the other way round.")
    seed: int = 0
    width_px: Pixel
    height_px: Pixel
    stand: Area = Field(description="Where the product stands, also if there is none.")
    products: tuple[StandIn, ...] = ()
    props: dict[str, str] = Field(
        default_factory=dict,
        description="Path of a prop or a picture below the tenant's folder → its file in the job's folder.",
    )
    materials: dict[str, OwnMaterial] = Field(default_factory=dict, description="The tenant's materials, by their id.")
    samples: int = Field(default=16, ge=1, le=4_096)
    depth: int = Field(default=8, ge=1, le=64)
    denoise: bool = True
    moment: Moment | None = None
    values: dict[str, Decimal] = Field(default_factory=dict)


def job_file_name(path: str, sha256: str) -> str:
    """Return the name that a tenant's own file, known by its path and its hash, has in a job's folder."""
    return f"{sha256[:32]}{PurePosixPath(path).suffix.lower()}"
