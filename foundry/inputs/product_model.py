"""Product models (CAD) from outside: measured and refused in the plan, without opening them in Blender."""

from __future__ import annotations

import io
import json
import posixpath
import re
import struct
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from foundry.errors import Unusable
from foundry.inputs.door import FileKind, ReceivedFile, Signature
from foundry.inputs.picture import VIEW
from foundry.inputs.product_view import View, view_name
from foundry.inputs.usd_crate import tokens_of

MAX_BYTES = 200_000_000
MAX_VERTICES = 5_000_000
MAX_TEXTURE_PIXELS = 70_000_000
MAX_LAYER_BYTES = 100_000_000
LAYERS = (".usd", ".usda", ".usdc")
KINDS = (".glb", ".usd", ".usda", ".usdc", ".usdz")
MODEL = FileKind(
    "product model",
    MAX_BYTES,
    (Signature(b"glTF"), Signature(b"PXR-USDC"), Signature(b"#usda"), Signature(b"PK\x03\x04")),
    "is neither glTF nor USD inside",
    "export it again, as GLB if you can",
)


@dataclass(frozen=True)
class ModelFacts:
    """A usable product model and the view that is wanted of it."""

    file: ReceivedFile
    view: View

    @property
    def sha256(self) -> str:
        """The hash of the model file."""
        return self.file.sha256

    @property
    def key(self) -> str:
        """The key by which a plan and its shots refer to this view."""
        return f"{VIEW}{view_name(self.sha256, self.view)}"


def inspect_model(file: ReceivedFile, view: View) -> ModelFacts:
    """Return the facts of a model; Unusable says what is wrong. Reads its structure within limits, and no geometry."""
    suffix = Path(file.name).suffix.lower()
    if suffix not in KINDS:
        remedy = f"name a file that ends in {', '.join(KINDS)}"
        raise Unusable(file.short_name, "is not a product model", remedy)
    try:
        _refuse_content(file.read(), suffix)
    except _Wrong as wrong:
        raise Unusable(file.short_name, *wrong.args) from wrong
    return ModelFacts(file, view)


class _Wrong(Exception):
    """A fault of a file, and its remedy. The caller adds the name of the file."""


def kind_of(head: bytes) -> str | None:
    """Return the suffix that belongs to a file with these first bytes; None for an unknown kind of file."""
    magic = {b"glTF": ".glb", b"PXR-USDC": ".usdc", b"#usda": ".usda", b"PK\x03\x04": ".usdz"}
    return next((suffix for start, suffix in magic.items() if head.startswith(start)), None)


def _refuse_content(data: bytes, wanted: str) -> None:
    kind = kind_of(data[:16])
    if kind != wanted and not (wanted == ".usd" and kind in (".usda", ".usdc")):
        found = f"is {kind} inside" if kind else "is neither glTF nor USD inside"
        raise _Wrong(f"{found}, not {wanted}", "export it again, as GLB if you can")
    if kind == ".glb":
        _refuse_glb(data)
    elif kind == ".usdz":
        _refuse_package(data)
    else:
        _refuse_layer(data)


def _refuse_glb(data: bytes) -> None:
    """Check binary glTF 2.0 (section 4.4): a header of 12 bytes, a JSON chunk, at most one binary chunk."""
    broken = _Wrong("is not a whole GLB file", "export it again as binary glTF 2.0")
    if len(data) < 20:
        raise broken
    version, length, json_length = struct.unpack("<III", data[4:16])
    if length != len(data) or 20 + json_length > len(data) or data[16:20] != b"JSON":
        raise broken
    if version != 2:
        raise _Wrong(f"is glTF version {version}; version 2 is read", "export it again as glTF 2.0")
    try:
        scene = json.loads(data[20 : 20 + json_length])
        _refuse_gltf(scene, data[28 + json_length :])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise _Wrong(f"has a broken JSON chunk ({type(error).__name__})", broken.args[1]) from error


def _refuse_gltf(scene: dict[str, Any], binary: bytes) -> None:
    outside = [e["uri"] for e in (*scene.get("buffers", ()), *scene.get("images", ())) if "uri" in e]
    for uri in outside:
        if not str(uri).startswith("data:"):
            wrong = f"refers to the outside file {str(uri)[:60]!r}"
            raise _Wrong(wrong, "export it as one GLB with everything inside")
    accessors = scene.get("accessors", [])
    meshes = [part for mesh in scene.get("meshes", ()) for part in mesh["primitives"]]
    vertices = sum(accessors[part["attributes"]["POSITION"]]["count"] for part in meshes)
    if vertices < 3:
        raise _Wrong("is an empty scene: it holds no mesh", "export the product's geometry")
    if vertices > MAX_VERTICES:
        raise _Wrong(f"has {vertices} vertices; the limit is {MAX_VERTICES}", "decimate it")
    for image in scene.get("images", ()):
        if "bufferView" in image:
            _refuse_texture(scene["bufferViews"][image["bufferView"]], binary)


def _refuse_texture(where: dict[str, Any], binary: bytes) -> None:
    start = where.get("byteOffset", 0)
    stream = io.BytesIO(binary[start : start + where["byteLength"]])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(stream, formats=("PNG", "JPEG", "WEBP")) as texture:
                width, height = texture.size
    except Image.DecompressionBombError as error:
        wrong = f"holds a texture of far more pixels than the limit of {MAX_TEXTURE_PIXELS}"
        raise _Wrong(wrong, "scale it down") from error
    except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError and bomb warnings
        wrong = f"holds a texture that is no picture ({type(error).__name__})"
        raise _Wrong(wrong, "embed PNG, JPEG or WebP") from error
    if width * height > MAX_TEXTURE_PIXELS:
        wrong = f"holds a texture of {width}x{height} pixels; the limit is {MAX_TEXTURE_PIXELS}"
        raise _Wrong(wrong, "scale it down")


ASSET = re.compile(rb"@([^@\n]{1,400})@")
FILE_NAME = re.compile(
    r"^[^\n]{1,400}\.(usd[acz]?|abc|obj|gltf|glb|png|jpe?g|exr|hdr|tga|tiff?|webp|bmp|mtlx|mdl|osl|vdb)(\[[^\]]*\])?$",
    re.IGNORECASE,
)


def files_named_in(layer: bytes) -> tuple[str, ...]:
    """Return the other files that a USD layer names; ValueError for a broken layer.

    In text they stand between @ signs; in binary they are told by their endings.
    """
    if layer.startswith(b"#usda"):
        return tuple(name.decode("utf-8", "replace") for name in ASSET.findall(layer))
    return tuple(text for text in tokens_of(layer) if FILE_NAME.match(text))


def _refuse_layer(data: bytes) -> None:
    if len(data) > MAX_LAYER_BYTES:
        wrong = f"is a layer of {len(data)} bytes; the limit is {MAX_LAYER_BYTES}"
        raise _Wrong(wrong, "simplify it")
    try:
        named = files_named_in(data)
    except ValueError as error:
        raise _Wrong(f"is not a whole USD layer ({error})", "export it again") from error
    if named:
        wrong = f"refers to the outside file {named[0][:60]!r}"
        raise _Wrong(wrong, "export it as .usdz or GLB with everything inside")


def _refuse_package(data: bytes) -> None:
    """Check USDZ: its files are stored uncompressed, so the listing is complete; names stay inside the package."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            for entry in entries:
                if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > MAX_BYTES:
                    raise _Wrong(f"packs {entry.filename[:60]!r} compressed", "export it again; USDZ stores its files")
                if entry.filename.startswith("/") or ".." in Path(entry.filename).parts:
                    raise _Wrong(f"packs the outside name {entry.filename[:60]!r}", "export it again")
            if not entries or not entries[0].filename.lower().endswith(LAYERS):
                raise _Wrong("does not begin with a USD layer", "export it again as USDZ")
            _refuse_outside_names(package, entries)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise _Wrong(f"is not a whole USDZ package ({type(error).__name__})", "export it again") from error


def _refuse_outside_names(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    inside = {entry.filename for entry in entries}
    for entry in entries:
        if entry.filename.lower().endswith(LAYERS):
            for named in files_named_in(package.read(entry)):
                place = posixpath.normpath(posixpath.join(posixpath.dirname(entry.filename), named))
                if place not in inside:
                    raise _Wrong(f"refers to the outside file {named[:60]!r}", "pack everything into the USDZ")
