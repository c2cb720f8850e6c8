"""Checks of USD layers and packages: nothing in them may lead out of them. Runs in the box."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from pathlib import PurePosixPath

from foundry.inputs.texture_check import TextureBudget
from foundry.inputs.usd_crate import files_named_in_crate
from foundry.inputs.usd_text import files_named_in_text
from foundry.inputs.wrong_model import WrongModel

MAX_LAYER_BYTES = 100_000_000
MAX_ENTRIES = 10_000
LAYERS = (".usd", ".usda", ".usdc")
TEXTURES = (".png", ".jpg", ".jpeg", ".avif", ".webp")
SOUNDS = (".m4a", ".mp3", ".wav")
LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
EXPORT_PACKED = "export it as .usdz or GLB with everything inside"
EXPORT_AGAIN = "export it again as USDZ"
ENCRYPTED_OR_STREAMED = 0x1 | 0x8
"""Flags of an entry whose content is encrypted, or whose sizes stand behind it."""


def check_layer(data: bytes) -> None:
    """Raise WrongModel for a layer by itself that is broken, too large, or names any other file."""
    if named := sorted(_files_named_in(data)):
        raise WrongModel(f"refers to the outside file {named[0][:60]!r}", EXPORT_PACKED)


def _files_named_in(layer: bytes) -> set[str]:
    if len(layer) > MAX_LAYER_BYTES:
        raise WrongModel(f"is a layer of {len(layer)} bytes; the limit is {MAX_LAYER_BYTES}", "simplify it")
    try:
        return files_named_in_text(layer) if layer.startswith(b"#usda") else files_named_in_crate(layer)
    except ValueError as error:
        raise WrongModel(f"is not a whole USD layer ({error})", "export it again") from error


def check_package(data: bytes) -> None:
    """Raise WrongModel for a USDZ package that is broken, holds anything but scenes, textures and sounds, or leads out.

    USDZ stores its files uncompressed, one behind the other. Its readers go by the header before each file, others by
    the listing at the end: both must say the same.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, struct.error) as error:
        raise WrongModel(f"is not a whole USDZ package ({type(error).__name__})", EXPORT_AGAIN) from error
    if len(entries) > MAX_ENTRIES:
        raise WrongModel(f"packs {len(entries)} files; the limit is {MAX_ENTRIES}", "simplify it")
    inside = _contents(data, entries)
    if not entries or not entries[0].filename.lower().endswith(LAYERS):
        raise WrongModel("does not begin with a USD layer", EXPORT_AGAIN)
    for name, content in _of_kind(LAYERS, inside):
        _check_packed_layer(name, content, inside)
    textures = TextureBudget()
    for _, content in _of_kind(TEXTURES, inside):
        if content:
            textures.add(content)


def _of_kind(suffixes: tuple[str, ...], inside: dict[str, memoryview]) -> list[tuple[str, memoryview]]:
    return [(name, content) for name, content in inside.items() if PurePosixPath(name).suffix.lower() in suffixes]


def _contents(data: bytes, entries: list[zipfile.ZipInfo]) -> dict[str, memoryview]:
    """Return the files of a package by name; WrongModel unless they lie one behind the other as listed."""
    at, inside, view = 0, dict[str, memoryview](), memoryview(data)
    for entry in entries:
        name = entry.filename
        _check_entry(name, entry, inside)
        head = data[at : at + LOCAL_HEADER.size]
        if entry.header_offset != at or len(head) < LOCAL_HEADER.size:
            raise _two_listings(name)
        mark, _, flags, method, _, _, _, packed, size, name_bytes, extra_bytes = LOCAL_HEADER.unpack(head)
        start = at + LOCAL_HEADER.size + name_bytes + extra_bytes
        own = data[at + LOCAL_HEADER.size : at + LOCAL_HEADER.size + name_bytes]
        if mark != b"PK\x03\x04" or own != (
            entry.orig_filename.encode("utf-8" if flags & 0x800 else "cp437", "replace")
        ):
            raise _two_listings(name)
        if method or flags & ENCRYPTED_OR_STREAMED or not packed == size == entry.file_size == entry.compress_size:
            raise _two_listings(name)
        if start + size > len(data):
            raise WrongModel("is not a whole USDZ package (a file is cut off)", EXPORT_AGAIN)
        inside[name] = view[start : start + size]
        at = start + size
    if data[at : at + 4] not in (b"PK\x01\x02", b"PK\x05\x06"):
        raise WrongModel("packs bytes that its listing does not name", EXPORT_AGAIN)
    return inside


def _two_listings(name: str) -> WrongModel:
    return WrongModel(f"describes {name[:60]!r} in two ways", EXPORT_AGAIN)


def _check_entry(name: str, entry: zipfile.ZipInfo, inside: dict[str, memoryview]) -> None:
    if entry.compress_type != zipfile.ZIP_STORED:
        raise WrongModel(f"packs {name[:60]!r} compressed", "export it again; USDZ stores its files")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name.isprintable():
        raise WrongModel(f"packs the outside name {name[:60]!r}", "export it again")
    if name in inside or entry.orig_filename != name:
        raise _two_listings(name)
    if path.suffix.lower() not in (*LAYERS, *TEXTURES, *SOUNDS):
        raise WrongModel(
            f"packs {name[:60]!r}, which is no scene, texture or sound",
            "use PNG or JPEG textures, and pack nothing else",
        )


def _check_packed_layer(name: str, content: memoryview, inside: dict[str, memoryview]) -> None:
    layer = bytes(content)
    if not layer.startswith((b"#usda", b"PXR-USDC")):
        raise WrongModel(f"packs {name[:60]!r}, which is no USD layer", EXPORT_AGAIN)
    for named in sorted(_files_named_in(layer)):
        place = posixpath.normpath(posixpath.join(posixpath.dirname(name), named))
        if place not in inside and posixpath.normpath(named) not in inside:
            raise WrongModel(f"refers to the outside file {named[:60]!r}", "pack everything into the USDZ")
