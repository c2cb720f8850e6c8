"""The spellings in which a text may tell a secret: encoded, escaped, split, turned round, or in part."""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote_plus

MOST_CHARACTERS = 8_000
DEPTH = 3
"""Encodings within each other that are undone."""
MOST_VIEWS = 300
SHORTEST_PART = 10
"""Characters of a secret that tell too much of it, if it has more; half of it, if that is longer."""
_ESCAPE = re.compile(r"\\(?:u\{?([0-9a-fA-F]{2,6})\}?|x([0-9a-fA-F]{2})|([0-7]{3})|(.))", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]{2}(?:[\s:,.\\x%_-]{0,3}[0-9a-fA-F]{2}){3,}")
_NUMBERS = re.compile(r"\b\d{2,3}(?:\D{1,3}\d{2,3}){5,}\b")
_LETTERS = re.compile(r"[^A-Za-z0-9]+")


def tells(text: str, secret: str) -> bool:
    """Return whether a text holds a secret, or a large part of it, in any spelling that is known here.

    Only the first 8,000 characters are looked at, so a caller cuts the text first.
    """
    wanted = _squeeze(secret)
    if not wanted:
        return False
    part = max(SHORTEST_PART, len(wanted) // 2)
    pieces = {wanted[at : at + part] for at in range(max(len(wanted) - part, 0) + 1)}
    return any(_holds(_squeeze(view), pieces) for view in _views(text[:MOST_CHARACTERS]))


def _holds(squeezed: str, pieces: set[str]) -> bool:
    turned = squeezed[::-1]
    return any(piece in squeezed or piece in turned for piece in pieces)


def _squeeze(text: str) -> str:
    """Return the letters and digits alone, folded, so that what was split or re-cased is found."""
    return _LETTERS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _views(text: str) -> Iterator[str]:
    """Yield the text and what it decodes to, step by step."""
    seen, waiting = {text}, [(text, 0)]
    while waiting and len(seen) < MOST_VIEWS:
        view, depth = waiting.pop(0)
        yield view
        if depth == DEPTH:
            continue
        for decoded in _decoded(view):
            if decoded and decoded not in seen and len(seen) < MOST_VIEWS:
                seen.add(decoded)
                waiting.append((decoded, depth + 1))


def _decoded(text: str) -> Iterator[str]:
    for undo in (_unescape, html.unescape, unquote_plus, _drop_marks):
        yield undo(text)
    for found in _BASE64.finditer(_drop_marks(text)):
        yield from _from_base64(found.group())
    for found in _HEX.finditer(text):
        yield _latin(binascii.unhexlify, re.sub(r"0x|[^0-9a-fA-F]", "", found.group()))
    for found in _NUMBERS.finditer(text):
        codes = [int(code) for code in re.findall(r"\d+", found.group())]
        yield "".join(chr(code) for code in codes if code < 256)


def _unescape(text: str) -> str:
    """Return the text with the escapes of JSON, JavaScript and C undone."""

    def letter(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        if code:
            return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else ""
        return chr(int(found[3], 8)) if found[3] else found[4]

    return _ESCAPE.sub(letter, text)


def _drop_marks(text: str) -> str:
    """Return the text without white space, quotes, commas and plus signs between quotes, which split a word."""
    return re.sub(r"[\s\"',]+(?:\+[\s\"',]+)?", "", text)


def _from_base64(word: str) -> Iterator[str]:
    """Yield what a word is in base64, from each place where a group may begin."""
    plain = word.replace("-", "+").replace("_", "/")
    for start in range(4):
        piece = plain[start:]
        yield _latin(base64.b64decode, piece[: len(piece) // 4 * 4])


def _latin(decode: Callable[[str], bytes], text: str) -> str:
    try:
        return decode(text).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""
