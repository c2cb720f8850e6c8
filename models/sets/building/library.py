"""The library: every shape and every material by the name that set files call it."""

from __future__ import annotations

from models.sets.building import minerals, solids
from models.sets.building.form import Shape
from models.sets.building.surface import Maker

SHAPES: dict[str, Shape] = {**solids.SHAPES}
MATERIALS: dict[str, Maker] = {**minerals.MATERIALS}
