"""A material file of a tenant: how a surface looks, by numbers and by pictures that are laid over it side by side."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from foundry.inputs.file_name import FileName
from foundry.names import Slug
from foundry.sets.set_file import Share, as_number
from foundry.strict_model import StrictModel

Level = Annotated[Share | FileName, BeforeValidator(as_number)]
"""A number from 0 to 1, or a grey picture. A text that is a number is one: so is it written as JSON."""


class OwnMaterial(StrictModel):
    """A material that a tenant brings. Its pictures are named from the tenant's folder and repeat without a seam."""

    id: Slug
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    kind: Literal["solid", "glass"] = "solid"
    colour: FileName | None = Field(
        default=None, description="A picture of its colour. Without one it has the colour that the set file names."
    )
    tinted: bool = Field(default=False, description="The picture is multiplied by the colour that the set file names.")
    roughness: Level = Field(
        default=Decimal("0.5"), description="0 is a mirror, 1 is chalk; a number, or a grey picture."
    )
    metallic: Level = Field(default=Decimal(0), description="1 is metal; a number, or a grey picture.")
    normals: FileName | None = Field(
        default=None, description="A picture of its relief: a tangent-space normal map whose green points up (OpenGL)."
    )
    clearcoat: Share = Field(default=Decimal(0), description="Strength of a layer of varnish.")
    sheen: Share = Field(default=Decimal(0), description="Soft shine at grazing angles, as of velvet.")
    ior: Annotated[Decimal, Field(ge=1, le=3, decimal_places=3)] = Field(
        default=Decimal("1.45"), description="Index of refraction of glass."
    )
    width: Annotated[Decimal, Field(ge=Decimal("0.001"), le=200, decimal_places=4)] = Field(
        default=Decimal(1), description="What one picture covers, in heights of the product, at a scale of 1."
    )

    def pictures(self) -> Iterator[tuple[str, FileName]]:
        """Yield the field and the file of every picture that it names."""
        for field in ("colour", "roughness", "metallic", "normals"):
            if isinstance(name := getattr(self, field), str):
                yield field, name
