"""The library: every shape and every material by the name that set files call it."""

from __future__ import annotations

from models.sets.building import earth, gobos, land, minerals, plants, props, skies, solids
from models.sets.building.form import Shape
from models.sets.building.surface import Maker

SHAPES: dict[str, Shape] = {**solids.SHAPES, **land.SHAPES, **plants.SHAPES, **props.SHAPES}
MATERIALS: dict[str, Maker] = {**minerals.MATERIALS, **earth.MATERIALS}
SKIES: dict[str, skies.Sky] = {**skies.SKIES}
GOBOS: dict[str, gobos.Gobo] = {**gobos.GOBOS}
