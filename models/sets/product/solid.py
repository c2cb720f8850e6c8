"""A part of a product model in a file's own unit, and the limits of all parts together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from foundry.inputs.wrong_model import WrongModel
from models.sets.graph import Material, Numbers

MOST_TRIANGLES, MOST_SOLIDS, FARTHEST = 3_000_000, 5_000, 1e7


@dataclass(frozen=True)
class Solid:
    """Triangles with one material: points (n, 3), faces (m, 3), normals (n, 3) and uv (n, 2) or None; z is up."""

    points: Numbers
    faces: Numbers
    look: Material
    normals: Numbers | None = None
    uv: Numbers | None = None


def with_limits(solids: Iterable[Solid]) -> list[Solid]:
    """Return the solids that have a face; WrongModel for none, for too many, or for points without a place."""
    kept: list[Solid] = []
    triangles = 0
    for solid in solids:
        if not len(solid.faces):
            continue
        triangles += len(solid.faces)
        if triangles > MOST_TRIANGLES or len(kept) >= MOST_SOLIDS:
            limit = f"{MOST_TRIANGLES} triangles in {MOST_SOLIDS} parts"
            raise WrongModel(f"has more than the limit of {limit}", "decimate it, and join its parts")
        check_near(solid.points)
        kept.append(solid)
    if not kept:
        raise WrongModel("holds no surface that can be seen", "export the product's geometry")
    return kept


def check_near(points: Numbers) -> None:
    """Raise WrongModel for points without a place, or with one that is very far away."""
    if not np.isfinite(points).all() or np.abs(points).max(initial=0) > FARTHEST:
        raise WrongModel("has points that are infinitely far away", "mend its geometry")
