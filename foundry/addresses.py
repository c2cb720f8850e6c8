"""Addresses in copy: URLs, bare domains, e-mail addresses, hashtags and handles, and where lines may part them.

Readers type an address as they see it, so nothing at a line's end may look like a part of it. Style guides (Chicago
14.18) forbid to add a hyphen and to break at one. Of the places that they allow, lines use only the one that Unicode's
line breaking has as well: after a slash. So an address without a path is never parted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

LETTER = "0-9A-Za-z\u00c0-\u024f\u0370-\u052f\u1e00-\u1fff"
"""Letters of scripts that put spaces between words. Others begin and end an address beside them."""
LABEL = f"[{LETTER}](?:[{LETTER}_-]{{0,61}}[{LETTER}])?"
DOMAIN = rf"{LABEL}(?:\.{LABEL}){{0,8}}\.[A-Za-z\u00c0-\u024f\u0370-\u052f]{{2,24}}(?![{LETTER}_-])"
PATH = r"(?:[:/?#][^\s\u0e00-\u0e7f\u1100-\u11ff\u2e80-\uffef<>\"“”„«»]{0,500})?"
ADDRESS = re.compile(
    rf"(?<![{LETTER}_])(?:"
    rf"[A-Za-z][A-Za-z0-9+.]{{1,10}}://[^\s\u0e00-\u0e7f\u1100-\u11ff\u2e80-\uffef<>\"“”„«»]{{1,500}}"
    rf"|[{LETTER}][{LETTER}._%+-]{{0,63}}@{DOMAIN}"
    rf"|{DOMAIN}{PATH}"
    r"|[#@＃＠][^\W_][\w-]{0,28}\w(?![\w-])"
    r")"
)
SIGN = re.compile(r"\w\.[^\W\d_]|\w@\w|://|[#@＃＠]\w")
"""Signs without which a text holds no address: most texts are done with a look for them."""
PLAIN = re.compile(f"[{LETTER}./:@_]*")
"""Addresses that have no other places where Unicode's rules would part them."""
AT_THE_END = ".,:;!?…'’)]}"
"""Punctuation that ends the sentence rather than the address."""


@lru_cache(maxsize=4_096)
def addresses_in(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of each address in a text, without the punctuation that follows it."""
    return tuple(_spans(text)) if SIGN.search(text) else ()


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for found in ADDRESS.finditer(text):
        start, stop = found.start(), found.start() + len(found[0].rstrip(AT_THE_END))
        if stop - start > 1:
            yield start, stop


def may_part(text: str, at: int) -> bool:
    """Return True if a line may end within an address before the character at `at`: its writer may say so, too."""
    return text[at - 1] == "\u200b" or (text[at - 1] == "/" and text[at] != "/")


def has_breakable_address(text: str) -> bool:
    """Return True if Unicode's rules alone, or a division of words, would part an address of the text elsewhere."""
    return any(not PLAIN.fullmatch(text, start, stop) for start, stop in addresses_in(text))
