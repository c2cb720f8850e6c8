"""The format of a file by its first bytes; its name is only a claim."""

from __future__ import annotations

from pathlib import PurePath

PLAIN: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"%PDF-", "pdf"),
    (b"\xff\x0a", "jxl"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
    (b"BM", "bmp"),
)
SUFFIXES = {
    "jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "gif": "gif", "avif": "avif", "jxl": "jxl",
    "tif": "tiff", "tiff": "tiff", "pdf": "pdf", "mp4": "mp4", "m4v": "mp4", "mov": "mov", "webm": "webm",
    "mkv": "mkv", "bmp": "bmp", "heic": "heic",
}  # fmt: skip
STILL_BRANDS = {b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"msf1": "heic"}
HEAD_BYTES = 64


def format_of(head: bytes) -> str:
    """Return the format of a file that begins with `head` (64 bytes, or all of a shorter file); "" if unknown."""
    for magic, form in PLAIN:
        if head.startswith(magic):
            return form
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _iso(head)
    if head[:4] == b"\x1aE\xdf\xa3":
        return "webm" if b"webm" in head else "mkv"
    return "mov" if head[4:8] in (b"moov", b"mdat", b"wide") else ""


def _iso(head: bytes) -> str:
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    if b"avif" in brands or b"avis" in brands:
        return "avif"
    if brands[0] in STILL_BRANDS:
        return STILL_BRANDS[brands[0]]
    return "mov" if brands[0] == b"qt  " else "mp4"


def claimed_format(name: str) -> str:
    """Return the format that the name of a file claims; "" for an unknown or missing suffix."""
    return SUFFIXES.get(PurePath(name).suffix.lower().lstrip("."), "")
