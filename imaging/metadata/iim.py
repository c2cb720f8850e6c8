"""IPTC's older Information Interchange Model (IIM 4.2), which some programs read besides XMP."""

from __future__ import annotations

import hashlib
import struct
from operator import itemgetter

from foundry.delivery.metadata import AssetMetadata
from imaging.metadata.facts import instructions

UTF8 = b"\x1b%G"
LONGEST = {5: 64, 25: 64, 40: 256, 80: 32, 103: 32, 105: 256, 110: 32, 115: 32, 116: 128, 120: 2_000}
"""The bytes that a dataset of record 2 takes, by its number (IIM 4.2, chapter 6)."""
IMAGE_RESOURCES = b"Photoshop 3.0\0"
_IIM, _IIM_DIGEST = 0x0404, 0x0425


def iim(told: AssetMetadata) -> bytes:
    """Return the datasets, in UTF-8, in ascending order; a text that is too long ends at a whole character."""
    datasets = [
        (5, told.title),
        *((25, word) for word in told.keywords),
        (40, instructions(told)),
        (80, told.owner),
        (103, told.campaign),
        (105, told.copy[0] if told.copy else told.title),
        (110, told.owner),
        (115, told.owner),
        (116, f"© {told.owner}" if told.owner else ""),
        (120, told.description),
    ]
    dated = [(30, told.embargo), (37, told.expiry)]
    made = [(number, _bytes(number, value)) for number, value in datasets if value]
    made += [(number, day.replace("-", "").encode()) for number, day in dated if len(day) == len("2027-03-01")]
    version = _dataset(2, 0, b"\0\4")
    return (
        _dataset(1, 90, UTF8)
        + version
        + b"".join(_dataset(2, number, data) for number, data in sorted(made, key=itemgetter(0)))
    )


def _bytes(number: int, value: str) -> bytes:
    line = "".join(letter if letter.isprintable() else " " for letter in value)
    return line.encode()[: LONGEST[number]].decode(errors="ignore").encode()


def _dataset(record: int, number: int, data: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(data)) + data


def image_resources(datasets: bytes) -> bytes:
    """Return datasets as JPEG carries them (Adobe's image resource blocks), with the digest that readers compare.

    By the Metadata Working Group's rule a reader prefers XMP as long as the digest fits.
    """
    resources = [(_IIM, datasets), (_IIM_DIGEST, hashlib.md5(datasets, usedforsecurity=False).digest())]
    return IMAGE_RESOURCES + b"".join(
        struct.pack(">4sHHI", b"8BIM", kind, 0, len(data)) + data + b"\0" * (len(data) % 2) for kind, data in resources
    )
