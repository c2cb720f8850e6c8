"""A reader of text USD layers: enough to find every file that a layer could make a program open."""

from __future__ import annotations

import re
from collections.abc import Iterator

PARTS = re.compile(
    rb"""
    (?P<comment>\#[^\r\n]*|//[^\r\n]*|/\*.*?\*/)
    |(?P<asset>@@@(?:\\@@@|.)*?@{3,5}|@[^@\r\n]*@)
    |(?P<string>\"\"\"(?:\\.|.)*?\"\"\"|'''(?:\\.|.)*?'''|"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*')
    |(?P<clips>\bclip(?:s|Sets|AssetPaths|ManifestAssetPath|Template\w*)\b(?=\s*=))
    |(?P<open>[@"'])
    """,
    re.VERBOSE | re.DOTALL,
)
"""What may hold a delimiter of something else; `open` is a delimiter that nothing closes."""


def files_named_in_text(layer: bytes) -> set[str]:
    """Return the names of all files that a layer may make a program open; ValueError for a broken layer."""
    return set(_names(layer)) - {""}


def _names(layer: bytes) -> Iterator[str]:
    for part in PARTS.finditer(layer):
        if part["asset"] is not None:
            yield part["asset"].strip(b"@").replace(b"\\@@@", b"@@@").decode("utf-8", "replace")
        elif part["clips"] is not None:
            yield f"value clips ({part['clips'].decode()})"
        elif part["open"] is not None:
            raise ValueError(f"a {part['open'].decode()} is never closed")
