"""A tenant's props and materials, read from the files of a job. Runs in the renderer's confined process."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from foundry.colour import linear_of_srgb
from foundry.inputs.wrong_model import WrongModel
from foundry.sets.own_files import is_prop, prop_name
from foundry.sets.own_material import OwnMaterial
from models.sets.ask import SetAsk
from models.sets.building.own import OwnThings, Prop
from models.sets.building.surface import Maker
from models.sets.graph import Floats, Material, Mesh, Value
from models.sets.product.geometry import read_solids
from models.sets.product.solid import Solid
from models.sets.renderer.refusals import RenderRefused

MAX_EDGE_PX = 2_048
"""A larger picture is reduced: it would take hundreds of megabytes as numbers."""
MAX_PIXELS = 20_000_000
FORMATS = ("PNG", "JPEG", "WEBP")
ReadFile = Callable[[str], bytes]


def read_own(ask: SetAsk, folder: Path) -> OwnThings:
    """Return the props and the makers of materials that a job brings with it."""

    def read(path: str) -> bytes:
        return (folder / ask.props[path]).read_bytes()

    props = {prop_name(path): own_prop(path, read(path)) for path in ask.props if is_prop(path)}
    materials = {name: own_maker(material, read) for name, material in ask.materials.items()}
    return OwnThings(props, materials)


def own_prop(path: str, data: bytes) -> Prop:
    """Return a prop's meshes with their materials; RenderRefused for a GLB that cannot be read."""
    try:
        solids = read_solids(data)
    except WrongModel as error:
        raise RenderRefused("wrong_model", f"prop {path} {error.wrong}; {error.remedy}") from error
    return tuple((_mesh(solid), solid.look) for solid in solids)


def _mesh(solid: Solid) -> Mesh:
    normals, uv = (None if each is None else each.astype(np.float32) for each in (solid.normals, solid.uv))
    vertices, faces = solid.points.astype(np.float32), solid.faces.astype(np.uint32)
    return Mesh(name="", vertices=vertices, faces=faces, material="", normals=normals, uv=uv)


def own_maker(own: OwnMaterial, read: ReadFile) -> Maker:
    """Return the maker of a tenant's material; each of its pictures is read once."""
    pictures = {name: _picture(read(name)) for name in {name for _, name in own.pictures()}}

    def make(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001 - pictures have nothing to choose
        width = max(float(own.width) * scale, 1e-4)
        return Material(
            colour=_colour(own, colour, pictures),
            kind="glass" if own.kind == "glass" else "principled",
            roughness=_grey(own.roughness, pictures),
            metallic=_grey(own.metallic, pictures),
            sheen=float(own.sheen),
            clearcoat=float(own.clearcoat),
            ior=float(own.ior),
            normals=pictures[own.normals] if own.normals else None,
            repeat=(1 / width, 1 / width),
        )

    return make


def _colour(own: OwnMaterial, colour: Floats, pictures: Mapping[str, Floats]) -> Floats:
    if own.colour is None:
        return colour
    light = linear_of_srgb(pictures[own.colour]).astype(np.float32)
    return light * colour if own.tinted else light


def _grey(value: object, pictures: Mapping[str, Floats]) -> Value:
    return pictures[value].mean(axis=2) if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _picture(data: bytes) -> Floats:
    """Return a picture, (height, width, 3) float32 in [0, 1], as it is encoded."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ValueError(f"a picture of {picture.width}×{picture.height} pixels is too large")
        picture.thumbnail((MAX_EDGE_PX, MAX_EDGE_PX), Image.Resampling.LANCZOS)
        return np.asarray(picture.convert("RGB"), np.float32) / np.float32(255)
