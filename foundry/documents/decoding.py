"""Text from bytes, and places in it."""

from __future__ import annotations

from foundry.documents.limits import DocumentLimits
from foundry.errors import Problem


def decode(data: bytes, where: str, limits: DocumentLimits, code: str) -> str:
    """Return the text of UTF-8 bytes without its byte order mark."""
    if len(data) > limits.size_bytes:
        wrong = f"{len(data)} bytes; the limit is {limits.size_bytes}"
        raise Problem(where or "file", "", wrong, "split it into several files", code)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = place_at(where, data[: error.start].decode(errors="replace"))
        raise Problem(place, "", f"byte {error.start} is not UTF-8", "save the file as UTF-8", code) from error
    at = text.find("\0")
    if at >= 0:
        place = place_at(where, text[:at])
        raise Problem(place, "", "it holds a NUL character", "save the file as plain text", code)
    return text


def place_at(where: str, before: str) -> str:
    """Return the line and the column of the character that follows `before` in the text that is called `where`."""
    return f"{where} line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}".strip()
