"""The inputs of names that few texts have: fonts and rules of typesetting that came later and change no other text."""

from __future__ import annotations

from foundry.addresses import has_breakable_address
from foundry.fonts import supplements_digest

ADDRESSES_VERSION = "1"
"""The rules by which addresses are parted."""


def typesetting_inputs(text: str, locale: str) -> dict[str, str]:
    """Return what decides a text's look besides the text and the look that its layout and brand give it.

    Empty for most texts, so that files that were named before these fonts and rules came keep their names.
    """
    found = {
        "more_fonts": supplements_digest(text, locale),
        "addresses": ADDRESSES_VERSION if has_breakable_address(text) else "",
    }
    return {key: value for key, value in found.items() if value}
