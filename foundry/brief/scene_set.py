"""The photographic set of a scene, as a brief asks for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from foundry.names import Slug
from foundry.strict_model import Items, StrictModel


def _as_text(value: Any) -> Any:
    """Return a number as its text, so that a value is the same whether it is quoted or not."""
    return str(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


HexColour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(str.upper)]
SetPath = Annotated[str, StringConstraints(max_length=120, pattern=r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*$")]
"""The path of a value in a set's file, such as `light.key.turn_deg` or `parts.0.size.2`."""
SetValue = Annotated[str, BeforeValidator(_as_text), StringConstraints(min_length=1, max_length=80)]
"""A number or a word, as text."""


class SceneSet(StrictModel):
    """The photographic set of a scene, where its card renders sets."""

    name: Slug | None = Field(
        default=None,
        description="Of a shipped set or of the tenant's; without it, the words choose.",
        examples=["podium"],
    )
    wall: HexColour | None = Field(default=None, description="Before what words and palette say.", examples=[None])
    floor: HexColour | None = Field(default=None, description="Likewise.", examples=[None])
    accent: HexColour | None = Field(default=None, description="Likewise.", examples=["#C4633F"])
    light: Literal["left", "right", "top", "front"] | None = Field(
        default=None, description="Likewise.", examples=[None]
    )
    values: Annotated[dict[SetPath, SetValue], Items(200)] = Field(
        default_factory=dict,
        description="Values of the set's file in place of its own, by their path.",
        examples=[{"lens.focal_mm": "85", "light.key.gobo": "leaves"}],
    )
