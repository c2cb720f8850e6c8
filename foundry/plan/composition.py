"""The compositions of masters, per aspect bucket, from `templates/compositions.yaml`: where the product stands."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from foundry.card.card import ModelCard
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.names import Slug, digest
from foundry.plan.shot import Box, ShotOrder
from foundry.strict_model import StrictModel
from templates import TEMPLATES

STAGING_VERSION = "3"
VARY = "vary"
"""The word of a brief by which each picture gets another of the bucket's compositions."""
Thousandth = Annotated[int, Field(ge=0, le=1000)]
Calm = Literal["left", "right", "top"]
OTHER_SIDE: dict[Calm, Calm] = {"left": "right", "right": "left", "top": "top"}


class Standing(StrictModel):
    """The product's area in a picture and the height of the horizon, in thousandths.

    `calm` is the side that is left to words; by default the one that the product is farther from.
    """

    product_area: tuple[Thousandth, Thousandth, Thousandth, Thousandth]
    horizon: Thousandth = 620
    calm: Calm | None = None


class Composition(Standing):
    """A composition of one aspect bucket, with the size of its masters."""

    width_px: int = Field(ge=64, le=16_384)
    height_px: int = Field(ge=64, le=16_384)

    def box(self, mirrored: bool) -> Box:
        """Return the product's area; mirrored for copy that runs from right to left."""
        left, top, right, bottom = self.product_area
        return Box(1000 - right, top, 1000 - left, bottom) if mirrored else Box(*self.product_area)

    def room(self, mirrored: bool) -> Calm:
        """Return the side that is left to words; mirrored for copy that runs from right to left."""
        room = self.calm or self.free_side
        return OTHER_SIDE[room] if mirrored else room

    @property
    def free_side(self) -> Calm:
        """The side that the product is farther from."""
        if not self.has_sides:
            return "top"
        return "left" if self.product_area[0] + self.product_area[2] > 1000 else "right"

    @property
    def has_sides(self) -> bool:
        """True if the product stands to one side, so that a mirrored master is another picture."""
        return abs(self.product_area[0] + self.product_area[2] - 1000) > 60

    @cached_property
    def digest(self) -> str:
        """A hash of everything that moves the product or changes the master's size.

        The calm side is in it only where it is not the one that the product's place leaves.
        """
        said = self.model_dump(mode="json", exclude={"calm"})
        unusual = self.calm not in (None, self.free_side)
        return digest("composition", staging=STAGING_VERSION, **said, **({"calm": self.calm} if unusual else {}))


class Bucket(StrictModel):
    """The compositions of one aspect bucket by name; `usual` is taken where a brief names none."""

    width_px: int = Field(ge=64, le=16_384)
    height_px: int = Field(ge=64, le=16_384)
    usual: Slug
    compositions: dict[Slug, Standing] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _has_its_usual_one(self) -> Self:
        if self.usual not in self.compositions:
            raise ValueError(f"usual: {self.usual!r} is none of the compositions {', '.join(self.compositions)}")
        return self

    @cached_property
    def by_name(self) -> dict[str, Composition]:
        """The compositions by name, the usual one first."""
        names = sorted(self.compositions, key=lambda name: name != self.usual)
        return {name: self._composition(self.compositions[name]) for name in names}

    def _composition(self, standing: Standing) -> Composition:
        return Composition(width_px=self.width_px, height_px=self.height_px, **standing.model_dump())


@lru_cache(maxsize=1)
def composition_buckets() -> dict[str, Bucket]:
    """Return the aspect buckets by name, each with its compositions."""
    raw = read_yaml(TEMPLATES / "compositions.yaml", SETTINGS)
    return {name: Bucket.model_validate(entry) for name, entry in raw["buckets"].items()}


@lru_cache(maxsize=1)
def compositions() -> dict[str, Composition]:
    """Return the usual composition of each bucket."""
    return {name: bucket.by_name[bucket.usual] for name, bucket in composition_buckets().items()}


def composition_names() -> tuple[str, ...]:
    """Return the names that a brief may choose from: those that every bucket has."""
    buckets = tuple(composition_buckets().values())
    return tuple(name for name in buckets[0].compositions if all(name in bucket.compositions for bucket in buckets))


def composition_of(order: ShotOrder) -> Composition:
    """Return the composition of a shot."""
    return composition_named(order.bucket, order.composition)


def composition_named(bucket: str, name: str = "") -> Composition:
    """Return a composition of a bucket; the usual one without a name. KeyError if the bucket has none of this name."""
    found = composition_buckets()[bucket]
    return found.by_name[name or found.usual]


def composition_chosen(bucket: str, wanted: str | None, at: int) -> str:
    """Return the name of the composition that a scene's wish comes to; with "vary" the one that `at` falls on."""
    found = composition_buckets()[bucket]
    if wanted == VARY:
        names = tuple(found.by_name)
        return names[at % len(names)]
    return wanted or found.usual


def compositions_met(bucket: str, wanted: str | None) -> tuple[str, ...]:
    """Return the names of the compositions that a scene's wish may come to."""
    names = tuple(composition_buckets()[bucket].by_name)
    return names if wanted == VARY else (composition_chosen(bucket, wanted, 0),)


def has_sides(bucket: str, wanted: str | None) -> bool:
    """Return whether a scene's wish may come to a composition whose mirrored master is another picture."""
    return any(composition_named(bucket, name).has_sides for name in compositions_met(bucket, wanted))


def master_size(bucket: str, upscaler: ModelCard) -> tuple[int, int]:
    """Return the width and height of the masters of a bucket: the upscaler's own, else the composition's."""
    usual = compositions()[bucket]
    return upscaler.sizes.get(bucket, (usual.width_px, usual.height_px))
