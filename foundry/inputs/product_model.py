"""Product models (CAD) from outside: measured and refused in the plan, without opening them in Blender."""

from __future__ import annotations

import io
import json
import posixpath
import re
import struct
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from foundry.inputs.picture import VIEW
from foundry.inputs.product_view import View, view_name
from foundry.inputs.usd_crate import tokens_of
from foundry.names import sha256_file

MAX_BYTES = 200_000_000
MAX_VERTICES = 5_000_000
MAX_TEXTURE_PIXELS = 70_000_000
MAX_LAYER_BYTES = 100_000_000
LAYERS = (".usd", ".usda", ".usdc")
KINDS = (".glb", ".usd", ".usda", ".usdc", ".usdz")
Wrong = tuple[str, str]
"""What is wrong, and what to do."""


@dataclass(frozen=True)
class ModelFacts:
    """A usable product model and the view that is wanted of it."""

    path: Path
    sha256: str
    view: View

    @property
    def key(self) -> str:
        """What a plan and its shots carry for this product."""
        return f"{VIEW}{view_name(self.sha256, self.view)}"


def inspect_model(path: Path, view: View) -> ModelFacts | Wrong:
    """The facts of a model, or (what is wrong, what to do). Its structure is read within limits; no geometry is."""
    wrong = _unreadable(path) or _wrong_inside(path)
    return wrong or ModelFacts(path, sha256_file(path), view)


def _unreadable(path: Path) -> Wrong | None:
    if not path.exists():
        return ("does not exist", "add the file, or give a picture")
    if not path.is_file() or path.suffix.lower() not in KINDS:
        return ("is not a product model", f"name a file that ends in {', '.join(KINDS)}")
    size = path.stat().st_size
    if size > MAX_BYTES:
        return (f"has {size} bytes; the limit is {MAX_BYTES}", "simplify it")
    if size == 0:
        return ("is empty", "export it again")
    return None


def kind_of(head: bytes) -> str | None:
    """The suffix that belongs to a file with these first bytes; None for anything else."""
    magic = {b"glTF": ".glb", b"PXR-USDC": ".usdc", b"#usda": ".usda", b"PK\x03\x04": ".usdz"}
    return next((suffix for start, suffix in magic.items() if head.startswith(start)), None)


def _wrong_inside(path: Path) -> Wrong | None:
    with path.open("rb") as stream:
        kind = kind_of(stream.read(16))
    wanted = path.suffix.lower()
    if kind != wanted and not (wanted == ".usd" and kind in (".usda", ".usdc")):
        found = f"is {kind} inside" if kind else "is neither glTF nor USD inside"
        return (f"{found}, not {wanted}", "export it again, as GLB if you can")
    if kind == ".glb":
        return _wrong_glb(path)
    return _wrong_package(path) if kind == ".usdz" else _wrong_layer(path)


def _wrong_glb(path: Path) -> Wrong | None:
    """glTF 2.0, section 4.4: a header of 12 bytes, a JSON chunk, at most one binary chunk."""
    data = path.read_bytes()
    broken = ("is not a whole GLB file", "export it again as binary glTF 2.0")
    if len(data) < 20:
        return broken
    version, length, json_length = struct.unpack("<III", data[4:16])
    if length != len(data) or 20 + json_length > len(data) or data[16:20] != b"JSON":
        return broken
    if version != 2:
        return (f"is glTF version {version}; version 2 is read", "export it again as glTF 2.0")
    try:
        scene = json.loads(data[20 : 20 + json_length])
        return next(_wrong_gltf(scene, data[28 + json_length :]), None)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        return (f"has a broken JSON chunk ({type(error).__name__})", broken[1])


def _wrong_gltf(scene: dict[str, Any], binary: bytes) -> Iterator[Wrong]:
    outside = [e["uri"] for e in (*scene.get("buffers", ()), *scene.get("images", ())) if "uri" in e]
    for uri in outside:
        if not str(uri).startswith("data:"):
            yield (f"refers to the outside file {str(uri)[:60]!r}", "export it as one GLB with everything inside")
    accessors = scene.get("accessors", [])
    meshes = [part for mesh in scene.get("meshes", ()) for part in mesh["primitives"]]
    positions = [accessors[part["attributes"]["POSITION"]]["count"] for part in meshes]
    if sum(positions) < 3:
        yield ("is an empty scene: it holds no mesh", "export the product's geometry")
    if sum(positions) > MAX_VERTICES:
        yield (f"has {sum(positions)} vertices; the limit is {MAX_VERTICES}", "decimate it")
    for image in scene.get("images", ()):
        if "bufferView" in image:
            yield from _wrong_texture(scene["bufferViews"][image["bufferView"]], binary)


def _wrong_texture(where: dict[str, Any], binary: bytes) -> Iterator[Wrong]:
    start = where.get("byteOffset", 0)
    stream = io.BytesIO(binary[start : start + where["byteLength"]])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(stream, formats=("PNG", "JPEG", "WEBP")) as texture:
                width, height = texture.size
    except Image.DecompressionBombError:
        yield (f"holds a texture of far more pixels than the limit of {MAX_TEXTURE_PIXELS}", "scale it down")
        return
    except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError and bomb warnings
        yield (f"holds a texture that is no picture ({type(error).__name__})", "embed PNG, JPEG or WebP")
        return
    if width * height > MAX_TEXTURE_PIXELS:
        yield (f"holds a texture of {width}x{height} pixels; the limit is {MAX_TEXTURE_PIXELS}", "scale it down")


ASSET = re.compile(rb"@([^@\n]{1,400})@")
FILE_NAME = re.compile(
    r"^[^\n]{1,400}\.(usd[acz]?|abc|obj|gltf|glb|png|jpe?g|exr|hdr|tga|tiff?|webp|bmp|mtlx|mdl|osl|vdb)(\[[^\]]*\])?$",
    re.I,
)


def files_named_in(layer: bytes) -> tuple[str, ...]:
    """Other files that a USD layer names: between @ signs in text, by their endings in binary. ValueError if broken."""
    if layer.startswith(b"#usda"):
        return tuple(name.decode("utf-8", "replace") for name in ASSET.findall(layer))
    return tuple(text for text in tokens_of(layer) if FILE_NAME.match(text))


def _wrong_layer(path: Path) -> Wrong | None:
    if path.stat().st_size > MAX_LAYER_BYTES:
        return (f"is a layer of {path.stat().st_size} bytes; the limit is {MAX_LAYER_BYTES}", "simplify it")
    try:
        named = files_named_in(path.read_bytes())
    except ValueError as error:
        return (f"is not a whole USD layer ({error})", "export it again")
    if named:
        return (f"refers to the outside file {named[0][:60]!r}", "export it as .usdz or GLB with everything inside")
    return None


def _wrong_package(path: Path) -> Wrong | None:
    """USDZ: stored, never compressed, so that what is listed is all there is; names stay inside the package."""
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            for entry in entries:
                if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > MAX_BYTES:
                    return (f"packs {entry.filename[:60]!r} compressed", "export it again; USDZ stores its files")
                if entry.filename.startswith("/") or ".." in Path(entry.filename).parts:
                    return (f"packs the outside name {entry.filename[:60]!r}", "export it again")
            if not entries or not entries[0].filename.lower().endswith(LAYERS):
                return ("does not begin with a USD layer", "export it again as USDZ")
            return _leaving(package, entries)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        return (f"is not a whole USDZ package ({type(error).__name__})", "export it again")


def _leaving(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Wrong | None:
    inside = {entry.filename for entry in entries}
    for entry in entries:
        if entry.filename.lower().endswith(LAYERS):
            for named in files_named_in(package.read(entry)):
                place = posixpath.normpath(posixpath.join(posixpath.dirname(entry.filename), named))
                if place not in inside:
                    return (f"refers to the outside file {named[:60]!r}", "pack everything into the USDZ")
    return None
