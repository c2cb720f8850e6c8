"""Private data in the metadata of a file: places, serial numbers, hidden pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from PIL import Image

GPS, EXIF, THUMBNAIL = 0x8825, 0x8769, 1
EXIF_TAGS = {
    0xA430: "camera owner's name",
    0xA431: "camera's serial number",
    0xA435: "lens's serial number",
    0xA420: "unique id of the picture",
    0x927C: "maker's note",
    0x9286: "user's comment",
}
MAIN_TAGS = {0xC62F: "camera's serial number", 0x013C: "name of the computer", 0x8649: "Photoshop's own data"}
XMP_SIGNS = {
    "GPS position": re.compile(rb"exif:GPS(Latitude|Longitude)"),
    "serial number": re.compile(rb"aux:(Serial|LensSerial)Number"),
    "names of files it was made from": re.compile(rb"photoshop:DocumentAncestors|stRef:filePath"),
}
PLAIN_TEXTS = {"XML:com.adobe.xmp", "xmp", "Software", "Copyright", "Title", "Description", "Raw profile type xmp"}
FILM_TAGS = {
    "location": "GPS position",
    "location-eng": "GPS position",
    "com.apple.quicktime.location.ISO6709": "GPS position",
    "com.apple.quicktime.make": "maker of the camera",
    "com.apple.quicktime.model": "model of the camera",
    "make": "maker of the camera",
    "model": "model of the camera",
}


def picture_leaks(file: Image.Image) -> tuple[str, ...]:
    """Return the private data in an open picture, as words, each once, sorted."""
    return tuple(sorted({*_exif(file), *_texts(file), *_xmp(xmp_of(file))}))


def film_leaks(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return the private data in a container's tags, as words, each once, sorted."""
    return tuple(sorted({FILM_TAGS[key] for key in tags if key in FILM_TAGS}))


def xmp_of(file: Image.Image) -> bytes:
    """Return the XMP packet of an open picture; empty if there is none."""
    raw = file.info.get("xmp") or file.info.get("XML:com.adobe.xmp") or b""
    if not raw and hasattr(file, "tag_v2"):
        raw = file.tag_v2.get(700) or b""
    return raw.encode() if isinstance(raw, str) else bytes(raw)


def _exif(file: Image.Image) -> Iterator[str]:
    exif = file.getexif()
    if exif.get_ifd(GPS):
        yield "GPS position"
    own = exif.get_ifd(EXIF)
    yield from (what for tag, what in EXIF_TAGS.items() if own.get(tag))
    yield from (what for tag, what in MAIN_TAGS.items() if exif.get(tag))
    # A second directory of a TIFF file is a page, not a thumbnail; Pillow counts those as frames.
    if file.format != "TIFF" and exif.get_ifd(THUMBNAIL):
        yield "thumbnail of an earlier state"


def _texts(file: Image.Image) -> Iterator[str]:
    if file.info.get("comment"):
        yield "comment"
    texts: Mapping[str, str] = getattr(file, "text", {})
    yield from (f"text {key!r}" for key in texts if key not in PLAIN_TEXTS)


def _xmp(packet: bytes) -> Iterator[str]:
    return (what for what, sign in XMP_SIGNS.items() if sign.search(packet))
