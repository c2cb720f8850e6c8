"""The product's place in a master, per aspect bucket, from `templates/compositions.yaml`."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Annotated

from pydantic import Field

from foundry.card.card import ModelCard
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.names import digest
from foundry.plan.shot import Box
from foundry.strict_model import StrictModel
from templates import TEMPLATES

STAGING_VERSION = "3"
Thousandth = Annotated[int, Field(ge=0, le=1000)]


class Composition(StrictModel):
    """The size of a master in one aspect bucket, and the product's area in it, in thousandths."""

    width_px: int = Field(ge=64, le=16_384)
    height_px: int = Field(ge=64, le=16_384)
    product_area: tuple[Thousandth, Thousandth, Thousandth, Thousandth]
    horizon: Thousandth = 620

    def box(self, mirrored: bool) -> Box:
        """Return the product's area; mirrored for copy that runs from right to left."""
        left, top, right, bottom = self.product_area
        return Box(1000 - right, top, 1000 - left, bottom) if mirrored else Box(*self.product_area)

    @property
    def has_sides(self) -> bool:
        """True if the product stands to one side, so that a mirrored master is another picture."""
        return abs(self.product_area[0] + self.product_area[2] - 1000) > 60

    @cached_property
    def digest(self) -> str:
        """A hash of everything that moves the product or changes the master's size."""
        return digest("composition", staging=STAGING_VERSION, **self.model_dump(mode="json"))


@lru_cache(maxsize=1)
def compositions() -> dict[str, Composition]:
    """Return the composition of each bucket."""
    path = TEMPLATES / "compositions.yaml"
    raw = read_yaml(path, SETTINGS)
    return {name: Composition.model_validate(entry) for name, entry in raw["buckets"].items()}


def master_size(bucket: str, upscaler: ModelCard) -> tuple[int, int]:
    """Return the width and height of the masters of a bucket: the upscaler's own, else the composition's."""
    usual = compositions()[bucket]
    return upscaler.sizes.get(bucket, (usual.width_px, usual.height_px))
