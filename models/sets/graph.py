"""A scene as plain arrays: meshes, materials, lamps and a camera. Building makes it, the renderer draws it.

x runs to the right, y away from the camera, z up. Colours are linear light with the primaries of sRGB.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[Any]
"""Numbers on their way to `Floats`, of any precision."""
Value = float | Floats
"""One value everywhere, or a texture (height, width) or (height, width, 3) over u and v in [0, 1], repeated."""
PRODUCT = "product"
"""Names of meshes of products begin with this."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """A surface. `colour` is (3,) or a texture (height, width, 3), linear.

    kind: principled (all below), glass (rough dielectric of `ior`), emissive (radiates `colour`, unlit).
    opacity: a texture that masks the mesh; None is opaque. normals: a tangent-space map (height, width, 3) in [0, 1].
    repeat: how often a texture is laid over u and v in [0, 1].
    """

    colour: Floats
    kind: str = "principled"
    roughness: Value = 0.5
    metallic: Value = 0.0
    specular: float = 0.5
    transmission: float = 0.0
    sheen: float = 0.0
    clearcoat: float = 0.0
    ior: float = 1.45
    opacity: Floats | None = None
    normals: Floats | None = None
    repeat: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """Triangles: vertices (n, 3) float32, faces (m, 3) uint32; normals (n, 3) if it is smooth, uv (n, 2) or None.

    `role` is wall, floor or accent where it shows that colour of the palette, which the light must not falsify. `fade`
    are the roles of the first and the last row of its texture, between which the rows fade by `fade_shares`.
    """

    name: str
    vertices: Floats
    faces: NDArray[np.uint32]
    material: str
    normals: Floats | None = None
    uv: Floats | None = None
    role: str = ""
    fade: tuple[str, str] | None = None


def fade_shares(rows: int) -> Numbers:
    """Return the share (rows, 1, 1) of the other end in each row of a texture that fades from one colour to another."""
    share = np.linspace(0, 1, rows)[:, None, None]
    return share * share * (3 - 2 * share)


@dataclass(frozen=True, kw_only=True)
class Lamp:
    """A rectangle of light. `at` is its middle, `towards` the point that it faces, `size` its width and height.

    radiance: (3,) linear. gobo: a texture (height, width) in [0, 1] of what a mask lets through, `gobo_distance` from
    the lamp, or None.
    """

    at: tuple[float, float, float]
    towards: tuple[float, float, float]
    size: tuple[float, float]
    radiance: Floats
    gobo: Floats | None = None
    gobo_distance: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Light from everywhere: `colour` (3,) even radiance, or `picture`, or `sky`, a physical sky and sun.

    picture: (height, width, 3) radiance over directions: the first row is straight up, the last straight down; the
    middle column lies away from the camera (+y), right of it is +x. sky: sun_height_deg, sun_turn_deg (from behind the
    camera towards the right), turbidity 1 to 10, sun_scale, sky_scale, albedo of the ground.
    """

    colour: Floats
    picture: Floats | None = None
    sky: dict[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A camera with a lens that shifts, so that upright edges stay upright.

    frame: the height of the frame, in units of length, at the distance of `focus`. shift: where the axis meets the
    picture, in shares of its width and height from the middle, right and down. sharp: how far behind `focus`, along the
    axis, the lens is focused.
    """

    eye: tuple[float, float, float]
    focus: tuple[float, float, float]
    frame: float
    shift: tuple[float, float]
    lens_radius: float
    sharp: float = 0.0


@dataclass(kw_only=True)
class Graph:
    """A scene that can be rendered. `exposure` multiplies the light before it is encoded."""

    camera: Camera
    environment: Environment
    meshes: list[Mesh] = field(default_factory=list)
    materials: dict[str, Material] = field(default_factory=dict)
    lamps: list[Lamp] = field(default_factory=list)
    exposure: float = 1.0
