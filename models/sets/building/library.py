"""The library: every shape, material, sky and mask of light by the name that set files call it."""

from __future__ import annotations

from models.sets.building import (
    earth,
    evenings,
    glimmer,
    gobos,
    growth,
    land,
    masks,
    minerals,
    plants,
    props,
    skies,
    smooth,
    soft,
    solids,
    textiles,
    walls,
    woods,
)
from models.sets.building.form import Shape
from models.sets.building.surface import Maker

SHAPES: dict[str, Shape] = {
    **solids.SHAPES, **walls.SHAPES, **soft.SHAPES, **land.SHAPES, **plants.SHAPES, **props.SHAPES,
    **evenings.SHAPES,
}  # fmt: skip
MATERIALS: dict[str, Maker] = {
    **minerals.MATERIALS, **woods.MATERIALS, **textiles.MATERIALS, **smooth.MATERIALS, **earth.MATERIALS,
    **growth.MATERIALS, **glimmer.MATERIALS,
}  # fmt: skip
SKIES: dict[str, skies.Sky] = {**skies.SKIES}
GOBOS: dict[str, gobos.Gobo] = {**gobos.GOBOS, **masks.GOBOS}
