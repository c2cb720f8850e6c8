"""A product model as solids, and as meshes of a graph that fill their area of the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from foundry.inputs.product_model import kind_of
from foundry.inputs.wrong_model import WrongModel
from models.sets.ask import Area
from models.sets.graph import Graph, Mesh, Numbers
from models.sets.product.glb import read_glb
from models.sets.product.sight_lines import SightLines
from models.sets.product.solid import Solid

ROUNDS = 8
"""Of fitting a model into its area; each is a small correction of the one before."""
FLAT = 1e-6


def read_solids(data: bytes) -> list[Solid]:
    """Return the solids of a GLB or USD file in its own unit, z up, its front towards -y, or raise WrongModel."""
    if kind_of(data[:16]) == ".glb":
        return read_glb(data)
    from models.sets.product.usd import read_usd

    return read_usd(data)


def stood(solids: Sequence[Solid], turn_deg: float) -> list[Solid]:
    """Return solids turned about their upright axis, of height 1, standing on z = 0 around the origin."""
    turn = math.radians(turn_deg)
    about = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    turned = [solid.points @ about.T for solid in solids]
    used = np.concatenate([points[np.unique(solid.faces)] for points, solid in zip(turned, solids, strict=True)])
    low, high = used.min(axis=0), used.max(axis=0)
    size = float((high - low).max())
    if size <= FLAT:
        raise WrongModel("has no size", "export the product's geometry")
    height = max(float(high[2] - low[2]), size * 1e-3)
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return [
        replace(
            solid, points=(points - middle) / height,
            normals=None if solid.normals is None else solid.normals @ about.T,
        )
        for points, solid in zip(turned, solids, strict=True)
    ]  # fmt: skip


def fit(solids: Sequence[Solid], area: Area, lines: SightLines, base: float) -> tuple[float, Numbers]:
    """Return the size and the place (3,) at which stood solids fill an area of the picture, standing at `base`.

    They fill its height or its width, whichever is reached first, and stand on the middle of its lower edge.
    """
    points = np.concatenate([solid.points for solid in solids])
    size, place = 1.0, lines.at_height((area.left + area.right) / 2, area.bottom, base)
    for _ in range(ROUNDS):
        left, top, right, bottom = lines.seen(points * size + place)
        ratio = min((area.bottom - area.top) / (bottom - top), (area.right - area.left) / (right - left))
        size *= ratio
        left, top, right, bottom = lines.seen(points * size + place)
        here = lines.at_height((left + right) / 2, bottom, base)
        place = place + lines.at_height((area.left + area.right) / 2, area.bottom, base) - here
    return size, place


def add_geometry(graph: Graph, solids: Sequence[Solid], name: str, size: float, place: Numbers) -> None:
    """Add solids at a size and a place to a graph, as meshes that are named by a product."""
    for at, solid in enumerate(solids):
        own = f"{name}/{at}"
        graph.materials[own] = solid.look
        graph.meshes.append(
            Mesh(
                name=own, vertices=(solid.points * size + place).astype(np.float32),
                faces=solid.faces.astype(np.uint32), material=own,
                normals=None if solid.normals is None else solid.normals.astype(np.float32),
                uv=None if solid.uv is None else solid.uv.astype(np.float32),
            )
        )  # fmt: skip
