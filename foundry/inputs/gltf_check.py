"""A check of binary glTF 2.0 (GLB): everything is inside, and counted as Blender would load it. Runs in the box."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from typing import Any

from foundry.inputs.texture_check import TextureBudget
from foundry.inputs.wrong_model import WrongModel

MAX_VERTICES = 5_000_000
MAX_IMAGES = 1_000
MAX_ELEMENTS = 50_000_000
"""Of all accessors together, each as often as it is used."""
MAX_JSON_BYTES = 40_000_000
EXPORT_AGAIN = "export it again as binary glTF 2.0"
EVERYTHING_INSIDE = "export it as one GLB with everything inside"


def check_glb(data: bytes) -> None:
    """Raise WrongModel for a GLB (section 4.4) that is broken, empty, too large, or that names an outside file."""
    if len(data) < 20:
        raise WrongModel("is not a whole GLB file", EXPORT_AGAIN)
    version, length, json_length = struct.unpack("<III", data[4:16])
    if length != len(data) or 20 + json_length > len(data) or data[16:20] != b"JSON":
        raise WrongModel("is not a whole GLB file", EXPORT_AGAIN)
    if version != 2:
        raise WrongModel(f"is glTF version {version}; version 2 is read", "export it again as glTF 2.0")
    if json_length > MAX_JSON_BYTES:
        raise WrongModel(f"has a JSON chunk of {json_length} bytes; the limit is {MAX_JSON_BYTES}", "simplify it")
    try:
        scene = json.loads(data[20 : 20 + json_length], parse_constant=_refuse_constant, object_pairs_hook=_unique)
        _check_scene(_Scene(scene, _binary_chunk(data, 20 + json_length)))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise WrongModel(f"has a broken JSON chunk ({type(error).__name__})", EXPORT_AGAIN) from error


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object names one key twice")
    return found


def _binary_chunk(data: bytes, at: int) -> bytes:
    """Return the content of the chunk behind the JSON; empty if there is none. Another kind of chunk is an error."""
    if at == len(data):
        return b""
    length, kind = struct.unpack_from("<I4s", data, at)
    if kind != b"BIN\0" or at + 8 + length > len(data):
        raise WrongModel("is not a whole GLB file", EXPORT_AGAIN)
    return data[at + 8 : at + 8 + length]


class _Scene:
    """The JSON of a GLB, read with types: a list is a list, and the number of a thing that of one that exists."""

    def __init__(self, scene: Any, binary: bytes) -> None:
        if not isinstance(scene, dict):
            raise TypeError("the scene is no object")
        self.scene, self.binary = scene, binary
        self._every: dict[str, list[dict[str, Any]]] = {}
        self._buffers: dict[int, bytes] = {}

    def every(self, kind: str) -> list[dict[str, Any]]:
        """Return all things of a kind."""
        if kind not in self._every:
            found = self.scene.get(kind, [])
            if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
                raise TypeError(f"{kind} is no list of objects")
            self._every[kind] = found
        return self._every[kind]

    def one(self, kind: str, number: object) -> dict[str, Any]:
        """Return a thing by its number."""
        return self.every(kind)[_count(number)]

    def view(self, number: object) -> bytes:
        """Return the bytes of a buffer view, from whichever buffer it looks at."""
        view = self.one("bufferViews", number)
        start, length = _count(view.get("byteOffset", 0)), _count(view["byteLength"])
        buffer = self.buffer(_count(view.get("buffer", 0)))
        if start + length > len(buffer):
            raise ValueError("a view ends behind its buffer")
        return buffer[start : start + length]

    def buffer(self, number: int) -> bytes:
        """Return the bytes of a buffer: the binary chunk, which is the first one, or those in its address."""
        if number not in self._buffers:
            declared = self.every("buffers")
            described = declared[number] if declared else {}
            self._buffers[number] = inside(described["uri"]) if "uri" in described else self._chunk(number)
        return self._buffers[number]

    def _chunk(self, number: int) -> bytes:
        if number:
            raise ValueError("only the first buffer is the binary chunk")
        return self.binary


def _count(value: object) -> int:
    """Return a number that counts; ValueError for a negative one, TypeError for what is no whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a count is no whole number")
    if value < 0:
        raise ValueError("a count is negative")
    return value


def inside(uri: object) -> bytes:
    """Return the bytes in a `data:` address; WrongModel for one that leads outside."""
    head, _, body = str(uri).partition(",")
    if not head.startswith("data:"):
        raise WrongModel(f"refers to the outside file {str(uri)[:60]!r}", EVERYTHING_INSIDE)
    try:
        return base64.b64decode(body, validate=True) if head.endswith(";base64") else body.encode()
    except (binascii.Error, ValueError) as error:
        raise WrongModel("holds an address whose content is broken", EVERYTHING_INSIDE) from error


def _check_scene(scene: _Scene) -> None:
    for number, buffer in enumerate(scene.every("buffers")):
        held = scene.buffer(number) if "uri" in buffer or number == 0 else b""
        if _count(buffer.get("byteLength", 0)) > len(held) + 3:
            raise ValueError("a buffer is shorter than it says")
    vertices = [_vertices(scene, mesh) for mesh in scene.every("meshes")]
    shown = [vertices[_count(node["mesh"])] for node in scene.every("nodes") if "mesh" in node]
    most = max(sum(vertices), sum(shown))
    if most < 3:
        raise WrongModel("is an empty scene: it holds no mesh", "export the product's geometry")
    if most > MAX_VERTICES:
        raise WrongModel(f"has {most} vertices; the limit is {MAX_VERTICES}", "decimate it")
    if len(scene.every("images")) > MAX_IMAGES:
        raise WrongModel(f"holds {len(scene.every('images'))} textures; the limit is {MAX_IMAGES}", "simplify it")
    textures = TextureBudget()
    for image in scene.every("images"):
        textures.add(inside(image["uri"]) if "uri" in image else scene.view(image["bufferView"]))


def _vertices(scene: _Scene, mesh: dict[str, Any]) -> int:
    """Return the vertices of a mesh; WrongModel if what its parts refer to is far more than that."""
    vertices = elements = 0
    for part in mesh["primitives"]:
        places = [*part["attributes"].values(), *([part["indices"]] if "indices" in part else [])]
        places += [place for target in part.get("targets", ()) for place in target.values()]
        elements += sum(_count(scene.one("accessors", place)["count"]) for place in places)
        vertices += _count(scene.one("accessors", part["attributes"]["POSITION"])["count"])
    if elements > MAX_ELEMENTS:
        raise WrongModel(f"refers to {elements} values; the limit is {MAX_ELEMENTS}", "decimate it")
    return vertices
