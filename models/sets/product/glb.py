"""Geometry and materials of a binary glTF 2.0 file (GLB). Runs in the renderer's process, which is fenced in.

Its parts are read with numpy alone. Whatever is broken, compressed or too large raises WrongModel.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from foundry.documents import load_json
from foundry.documents.limits import DocumentLimits
from foundry.errors import Problem
from foundry.inputs.gltf_check import MAX_JSON_BYTES, inside
from foundry.inputs.wrong_model import WrongModel
from models.sets.graph import Material, Numbers
from models.sets.product.glb_materials import GlbMaterials
from models.sets.product.solid import Solid, check_near, with_limits

LIMITS = DocumentLimits(size_bytes=MAX_JSON_BYTES, leaves=4_000_000, keys=200_000, text=MAX_JSON_BYTES)
TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
PARTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
MOST_NODES, DEEPEST = 20_000, 200
UNREAD = {
    "KHR_draco_mesh_compression": "is compressed by Draco",
    "EXT_meshopt_compression": "is compressed by meshopt",
    "KHR_texture_basisu": "has textures in Basis Universal",
}
WITHOUT = "export it without compression"
EXPORT_AGAIN = "export it again as binary glTF 2.0"
UPRIGHT = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)
"""From glTF, whose y is up and whose front faces z, to x right, y away, z up."""


def read_glb(data: bytes) -> list[Solid]:
    """Return the solids of a GLB in its own unit, z up, its front towards -y; WrongModel says what is wrong with it."""
    try:
        return with_limits(_Glb(data).solids())
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, OverflowError, Problem) as error:
        raise WrongModel(f"cannot be read ({type(error).__name__}: {error})"[:200], EXPORT_AGAIN) from error


class _Glb:
    """A GLB: its JSON, its bytes, and what is made of them."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 20 or data[:4] != b"glTF" or data[16:20] != b"JSON":
            raise WrongModel("is not a whole GLB file", EXPORT_AGAIN)
        length = int(struct.unpack_from("<I", data, 12)[0])
        self.scene: dict[str, Any] = dict(load_json(data[20 : 20 + length], "glTF", LIMITS))
        self.binary = data[28 + length :] if len(data) > 28 + length else b""
        for name in self.scene.get("extensionsRequired", ()):
            if name in UNREAD:
                raise WrongModel(UNREAD[name], WITHOUT)
        self.materials = GlbMaterials(self.scene, self.view)

    def view(self, number: int) -> bytes:
        """Return the bytes of a buffer view."""
        view = self.scene["bufferViews"][_whole(number)]
        described = self.scene["buffers"][_whole(view.get("buffer", 0))]
        held = inside(described["uri"]) if "uri" in described else self.binary
        start, length = _whole(view.get("byteOffset", 0)), _whole(view["byteLength"])
        if start + length > len(held):
            raise ValueError("a view ends behind its buffer")
        return held[start : start + length]

    def solids(self) -> Iterator[Solid]:
        """Yield each part of each mesh of the scene that is shown, in its place."""
        nodes = self.scene.get("nodes", [])
        scenes = self.scene.get("scenes", [])
        shown = scenes[_whole(self.scene.get("scene", 0))].get("nodes", []) if scenes else range(len(nodes))
        waiting, seen = [(_whole(root), np.eye(4), 0) for root in shown], 0
        while waiting:
            number, place, depth = waiting.pop()
            node, seen = nodes[number], seen + 1
            if seen > MOST_NODES or depth > DEEPEST:
                raise WrongModel(f"has more than {MOST_NODES} nodes, or nodes in a circle", "simplify it")
            own = place @ _placed(node)
            waiting.extend((_whole(child), own, depth + 1) for child in node.get("children", ()))
            if "mesh" in node:
                for part in self.scene["meshes"][_whole(node["mesh"])]["primitives"]:
                    if (solid := self._solid(part, own)) is not None:
                        yield solid

    def _solid(self, part: dict[str, Any], place: Numbers) -> Solid | None:
        faces = self._faces(part)
        if faces is None:
            return None
        named, material = part["attributes"], self.materials.at(part.get("material"))
        about = UPRIGHT @ place[:3, :3]
        own = self._numbers(named["POSITION"])
        check_near(own)
        points = own @ about.T + UPRIGHT @ place[:3, 3]
        normals, uv = None, None
        if "NORMAL" in named:
            normals = self._numbers(named["NORMAL"]) @ np.linalg.pinv(about)
            normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        channel = f"TEXCOORD_{material.channel}"
        if channel in named:
            uv = material.laid(self._numbers(named[channel]))
        if np.linalg.det(about) < 0:
            faces = faces[:, ::-1]
        return Solid(points, faces, self._look(material.look, named, uv), normals, uv)

    def _look(self, look: Material, named: dict[str, Any], uv: Numbers | None) -> Material:
        """Return a material under the mean of the corners' colours, and without pictures if these have no place."""
        if "COLOR_0" in named:
            tint = self._numbers(named["COLOR_0"])[:, :3].mean(axis=0)
            look = replace(look, colour=(look.colour * tint).astype(np.float32))
        return look if uv is not None else GlbMaterials.plain(look)

    def _faces(self, part: dict[str, Any]) -> Numbers | None:
        """Return (n, 3) corners; None for points and lines."""
        count = _whole(self.scene["accessors"][_whole(part["attributes"]["POSITION"])]["count"])
        corners = self._numbers(part["indices"])[:, 0].astype(np.int64) if "indices" in part else np.arange(count)
        if corners.size and corners.max() >= count:
            raise ValueError("a corner is none of the points")
        match part.get("mode", 4):
            case 4:
                return corners[: len(corners) // 3 * 3].reshape(-1, 3)
            case 5:
                strip = np.stack([corners[:-2], corners[1:-1], corners[2:]], -1)
                strip[1::2] = strip[1::2, ::-1]
                return strip
            case 6:
                first = np.full(max(0, len(corners) - 2), corners[0])
                return np.stack([first, corners[1:-1], corners[2:]], -1)
        return None

    def _numbers(self, number: int) -> Numbers:
        """Return the values of an accessor, (count, parts) float64; normalised integers are in [-1, 1]."""
        said = self.scene["accessors"][_whole(number)]
        kind, parts, count = np.dtype(TYPES[said["componentType"]]), PARTS[said["type"]], _whole(said["count"])
        if "bufferView" in said:
            stride = _whole(self.scene["bufferViews"][_whole(said["bufferView"])].get("byteStride", 0))
            start = _whole(said.get("byteOffset", 0))
            values = _table(self.view(said["bufferView"]), start, kind, (count, parts), stride)
        else:
            values = np.zeros((min(count, 50_000_000), parts), kind)
        if "sparse" in said:
            values = self._changed(values, said["sparse"], kind, parts)
        found = values.astype(np.float64)
        if said.get("normalized") and kind.kind in "iu":
            found = np.maximum(found / np.iinfo(kind).max, -1)
        return found

    def _changed(self, values: Numbers, sparse: dict[str, Any], kind: np.dtype[Any], parts: int) -> Numbers:
        count, at, new = _whole(sparse["count"]), sparse["indices"], sparse["values"]
        of_places = np.dtype(TYPES[at["componentType"]])
        where = _table(self.view(at["bufferView"]), _whole(at.get("byteOffset", 0)), of_places, (count, 1))
        changed = np.array(values)
        start = _whole(new.get("byteOffset", 0))
        changed[where[:, 0]] = _table(self.view(new["bufferView"]), start, kind, (count, parts))
        return changed


def _table(data: bytes, start: int, kind: np.dtype[Any], shape: tuple[int, int], stride: int = 0) -> Numbers:
    """Return (rows, parts) values that lie `stride` bytes apart, or one behind the other."""
    rows, parts = shape
    step = stride or parts * kind.itemsize
    if rows == 0:
        return np.zeros(shape, kind)
    if start + (rows - 1) * step + parts * kind.itemsize > len(data):
        raise ValueError("values end behind their view")
    return np.ndarray(shape, kind, data, start, (step, kind.itemsize))


def _placed(node: dict[str, Any]) -> Numbers:
    """Return the 4 x 4 matrix of a node within its parent."""
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = (float(part) for part in node.get("rotation", (0, 0, 0, 1)))
    about = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip
    found = np.eye(4)
    found[:3, :3] = about * np.array(node.get("scale", (1, 1, 1)), float)
    found[:3, 3] = node.get("translation", (0, 0, 0))
    return found


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise TypeError("a count is no whole number")
    return value
