"""A set file: a photographic set in a designer's words. One unit of length is the height of the product.

The product stands at the origin; x runs to the right, y away from the camera, z up. A measure is a number, or two
numbers of which the seed chooses one in between. What decorates a set stands on its right: the set is built the other
way round where the copy stands on the right, and by the seed where it stands above.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from foundry.names import Slug, digest
from foundry.strict_model import Items, StrictModel

SET_RENDERER_VERSION = "1"
"""Changes with anything besides its inputs that changes the picture of a set."""

Length = Annotated[Decimal, Field(ge=-200, le=200, decimal_places=4)]
Measure = Length | tuple[Length, Length]
"""A number, or the two ends of a range that the seed chooses from."""
Kelvin = Annotated[Decimal, Field(ge=1_000, le=20_000, decimal_places=4)]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=4)]
SetColour = Annotated[str, StringConstraints(pattern=r"^(wall|floor|accent|#[0-9A-Fa-f]{6})$")]
"""A role, which the brief's words or the brand's palette fill, or "#RRGGBB"."""


def as_number(value: Any) -> Any:
    """Return the number that a text says, so that a measure is read back from JSON as it was."""
    return Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
Option = Annotated[Measure | Slug, BeforeValidator(as_number)]
Side = Literal["left", "right", "top", "front"]


class Surface(StrictModel):
    """A material of the library, or of the tenant, in a colour."""

    material: Slug = Field(description="Such as plaster, marble or oak; `foundry sets materials` lists them.")
    colour: SetColour = Field(default="floor", description='A role (wall, floor, accent) or "#RRGGBB".')
    fades_to: SetColour | None = Field(
        default=None,
        description="The colour of what stands upright, as of a seamless backdrop; level parts keep theirs.",
    )
    haze: Share = Field(default=Decimal(0), description="How far the air between fades it to the wall's colour.")
    scale: Measure = Field(default=Decimal(1), description="Size of its pattern; at 1 it is that of the real material.")


class Part(StrictModel):
    """A thing in the set: a shape of the library, or a prop from a file, with its place and size."""

    shape: Slug = Field(description="Such as block, cylinder, arch or steps; `foundry sets shapes` lists them.")
    surface: Surface | None = Field(default=None, description="Without one, the prop's own materials.")
    at: tuple[Measure, Measure, Measure] = Field(
        default=(Decimal(0), Decimal(0), Decimal(0)), description="Right, away from the camera, up."
    )
    size: tuple[Measure, Measure, Measure] = Field(
        default=(Decimal(1), Decimal(1), Decimal(1)), description="Width, depth, height."
    )
    turn_deg: Measure = Field(default=Decimal(0), description="Around the upright axis, counter-clockwise from above.")
    lean_deg: Measure = Field(default=Decimal(0), description="Backwards, around its foot.")
    carries: bool = Field(default=False, description="The product stands on it; it grows with a wide product.")
    stays: bool = Field(
        default=False, description="It belongs to the room: another part gives way where the copy will stand."
    )
    chance: Share = Field(default=Decimal(1), description="Of being there at all.")
    choice: Slug | None = Field(
        default=None, description="Of all parts that share this name, the seed chooses one; the others are not there."
    )
    options: dict[Slug, Option] = Field(default_factory=dict, max_length=16, description="The shape's own measures.")


class Ground(StrictModel):
    """What everything stands on, and what closes the picture behind."""

    shape: Slug = Field(default="plane", description="Such as sweep, plane, dunes, hills or sea.")
    surface: Surface = Field(default=Surface(material="plaster"), description="Its material.")
    options: dict[Slug, Option] = Field(default_factory=dict, max_length=16, description="The shape's own measures.")


class Wall(StrictModel):
    """The wall behind the product; a set without one ends in its sky."""

    shape: Slug = Field(default="flat", description="Such as flat, archway or niche.")
    surface: Surface = Field(default=Surface(material="plaster", colour="wall"), description="Its material.")
    distance: Measure = Field(default=Decimal(2), description="Behind the product.")
    options: dict[Slug, Option] = Field(default_factory=dict, max_length=16, description="The shape's own measures.")


class KeyLight(StrictModel):
    """The main lamp. It stands on the side that the words name."""

    size: Measure = Field(default=Decimal(1), description="Edge of the softbox; small is hard light.")
    distance: Measure = Field(default=Decimal(4), description="From the product.")
    height_deg: Measure = Field(default=Decimal(42), description="Above the product.")
    turn_deg: Measure = Field(default=Decimal(55), description="From the camera's axis towards its side.")
    strength: Measure = Field(default=Decimal(1), description="Beside the fill and the rim.")
    warmth_k: Kelvin | tuple[Kelvin, Kelvin] = Field(
        default=Decimal(5_600), description="Correlated colour temperature."
    )
    gobo: Slug | None = Field(default=None, description="A mask before it, such as leaves, window or blinds.")


class Light(StrictModel):
    """The light of a set. Strengths are relative; the exposure follows the palette."""

    key: KeyLight | None = Field(default=KeyLight(), description="The main lamp; null for none.")
    fill: Measure = Field(default=Decimal("0.4"), description="Even light from everywhere.")
    rim: Measure = Field(default=Decimal(0), description="A strip light behind, on the other side.")
    sky: Slug | None = Field(default=None, description="Such as day, golden, overcast, dusk or night.")
    options: dict[Slug, Option] = Field(default_factory=dict, max_length=16, description="The sky's own measures.")


class Lens(StrictModel):
    """The camera. It is focused on the product."""

    focal_mm: Measure = Field(default=Decimal(70), description="On a frame whose longer edge is 36 mm.")
    aperture: Measure = Field(default=Decimal(8), description="f-number; small blurs what is near and far.")
    height_deg: Measure = Field(default=Decimal(7), description="How far it looks down.")


class SetFile(StrictModel):
    """One set."""

    id: Slug = Field(description="The name of its file.")
    version: int = Field(ge=1, description="Counts its changes.")
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(
        description="What it shows, in a few words."
    )
    words: Annotated[tuple[Slug, ...], Items(60)] = Field(
        default=(), description="Words of a scene's prompt that choose this set, besides the scene's own vocabulary."
    )
    scene: Slug | None = Field(default=None, description="The kind of scene of the vocabulary that it is the set for.")
    colours: tuple[SetColour, SetColour, SetColour] | None = Field(
        default=None, description="Wall, floor and accent where neither words nor palette name them, as #RRGGBB."
    )
    ground: Ground = Field(default=Ground(), description="What everything stands on.")
    wall: Wall | None = Field(default=Wall(), description="Behind the product; null for none.")
    parts: Annotated[tuple[Part, ...], Items(60)] = Field(default=(), description="Everything else, at most 60.")
    light: Light = Field(default=Light(), description="Lamps and sky.")
    lens: Lens = Field(default=Lens(), description="The camera.")

    @property
    def digest(self) -> str:
        """A hash of all that it says."""
        return digest("set", renderer=SET_RENDERER_VERSION, **self.model_dump(mode="json", exclude_defaults=True))
