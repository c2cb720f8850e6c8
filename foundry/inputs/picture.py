"""Product pictures from outside: measured, and refused before anything is spent on them. Decoded in the box only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from foundry.box import MIB, BoxLimits, boxed
from foundry.content_cache import ContentCache
from foundry.inputs.decoded import DecodedArrays
from foundry.inputs.door import FileKind, ReceivedFile, Signature
from foundry.inputs.file_facts import FileFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

MAX_PIXELS = 64_000_000
MAX_BYTES = 40_000_000
MIN_EDGE_PX = 64
FORMATS = ("PNG", "JPEG", "WEBP")
PICTURE = FileKind(
    "picture",
    MAX_BYTES,
    (Signature(b"\x89PNG\r\n\x1a\n"), Signature(b"\xff\xd8\xff"), Signature(b"RIFF", also=(b"WEBP", 8))),
    "is not a readable picture (neither PNG, JPEG nor WebP inside)",
    "give a PNG, JPEG or WebP file",
)
PICTURE_LIMITS = BoxLimits(memory_bytes=2_048 * MIB, cpu_s=45, wall_s=450, answer_bytes=256 * MIB)
"""Twice what the largest picture takes: in inks, with a profile."""
DECODING = "foundry.inputs.picture_decoding:"

VIEW, NAME_CARD, LINE_UP = "view-", "name-card-", "line-up-"
"""The prefixes of the keys of pictures made here: a rendered view, a product's name as type, and products side by side.
Every other key is the SHA-256 of a picture file."""
_FOLDERS = {VIEW: "views", NAME_CARD: "name-cards", LINE_UP: "line-ups"}


def is_made_here(key: str) -> bool:
    """Return whether a key is that of a picture which is made here, and not the hash of a file from outside."""
    return key.startswith(tuple(_FOLDERS))


def picture_name(key: str) -> str:
    """Return the object name of a product's picture: a file, a view, a name card or a line-up."""
    for prefix, folder in _FOLDERS.items():
        if key.startswith(prefix):
            name = key.removeprefix(prefix)
            return f"{folder}/{name[:2]}/{name}.png"
    return f"inputs/{key[:2]}/{key}"


def view_record_name(key: str) -> str:
    """Return the object name of the record of a rendered view, by the view's key."""
    return picture_name(key).removesuffix(".png") + ".json"


@dataclass(frozen=True)
class PictureSize:
    """A picture's stored size, and whether it has transparency.

    `blank` is a clause that says in which way it shows nothing; empty for a picture that shows something.
    """

    width_px: int
    height_px: int
    has_alpha: bool
    blank: str = ""


@dataclass(frozen=True)
class PictureFacts(FileFacts):
    """A usable picture of a product, brand or adapter; `blank` says in which way it shows nothing."""

    width_px: int
    height_px: int
    has_alpha: bool
    blank: str = ""


def inspect_picture(file: ReceivedFile) -> PictureFacts:
    """Return the facts of a picture; Unusable says what is wrong.

    Every byte is decoded, turned and converted once, as a run will do it, within limits.
    """
    answer = boxed(DECODING + "measure_picture", file, limits=PICTURE_LIMITS, name=file.short_name)
    found = answer.value_as(PictureSize)
    return PictureFacts(file, found.width_px, found.height_px, found.has_alpha, found.blank)


_facts: ContentCache[PictureFacts] = ContentCache(4_096)


def inspect_picture_once(file: ReceivedFile) -> PictureFacts:
    """Do as `inspect_picture`; the same bytes are decoded once in a process."""
    return replace(_facts.get(file.sha256, lambda: inspect_picture(file)), file=file)


_pixels = DecodedArrays()


def decode(data: bytes, name: str = "the picture") -> Image.Image:
    """Return RGBA, 8 bits, sRGB by its profile, upright by its EXIF orientation; Unusable for a broken picture.

    The pictures that were asked for last are kept, whoever asked: the same bytes give the same pixels.
    """
    from PIL import Image

    def decoded() -> NDArray[np.uint8]:
        answer = boxed(DECODING + "picture_pixels", data, limits=PICTURE_LIMITS, called=name, name=name)
        return answer.array("uint8", (None, None, 4))

    return Image.fromarray(_pixels.get(hashlib.sha256(data).hexdigest(), decoded))
