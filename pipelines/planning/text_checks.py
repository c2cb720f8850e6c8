"""Checks of single texts; characters and words that passed once are not looked at again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from foundry.errors import FoundryError, Problem, shorten
from foundry.fonts import HARMLESS, hostile_characters, missing_characters
from foundry.look_alikes import within_one_word, words_said
from foundry.tenant import Tenant

MOST_WORDS = 50_000
"""Words that are remembered as harmless. When there are more, they are forgotten."""

FIGURE = re.compile("[0-9.,$£₹+-]*")
"""Words without letters: nobody reads a word that has letters in them."""


class TextChecks:
    """The checks of one tenant's texts: fonts must have their characters, and banned words must not be said."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._families = tuple(tenant.families)
        fonts = tenant.brand.fonts
        self._named = ", ".join(dict.fromkeys((fonts.display, fonts.body, *(one.name for one in fonts.families))))
        banned = tenant.brand.banned_words
        self._single = tuple(word for word in banned if within_one_word(word))
        self._several = tuple(word for word in banned if word not in self._single)
        self._lettered = all(any(map(str.isalpha, word)) for word in self._single)
        self._drawn: set[str] = set()
        self._harmless: set[str] = set()

    def can_be_set(self, text: str) -> bool:
        """Return True if a text holds no hostile character and fonts have all of its characters."""
        if hostile_characters(text):
            return False
        plain = text if text.isascii() else unicodedata.normalize("NFC", text)
        if self._drawn.issuperset(plain) and HARMLESS.fullmatch(plain):
            return True
        if missing_characters(text, self._families):
            return False
        self._drawn.update(plain)
        return True

    def may_be_said(self, text: str) -> bool:
        """Return True if a reader of the text sees none of the words that the tenant never says."""
        if self._several and any(True for _ in words_said(text, self._several)):
            return False
        new = set(text.split()) - self._harmless
        if self._lettered:
            new = {word for word in new if not FIGURE.fullmatch(word)}
        if any(True for word in new for _ in words_said(word, self._single)):
            return False
        if len(self._harmless) > MOST_WORDS:
            self._harmless.clear()
        self._harmless |= new
        return True

    def problems_of_setting(self, path: str, text: str) -> Iterator[FoundryError]:
        """Yield what keeps fonts from setting the text of the field at `path`."""
        if self.can_be_set(text):
            return
        if controls := hostile_characters(text):
            codes = ", ".join(f"U+{ord(c):04X}" for c in controls)
            yield Problem(path, shorten(text), f"holds control characters ({codes})", "remove them")
        elif missing := missing_characters(text, self._families):
            shown = ", ".join(f"{c} U+{ord(c[0]):04X}" for c in missing[:5])
            yield Problem(path, shorten(text),
                f"has {len(missing)} character(s) that no font covers: {shown}",
                f"reword it, or give the tenant a font for it under brand.fonts.families (asked: {self._named})",
            )  # fmt: skip

    def problems_of_words(self, path: str, text: str) -> Iterator[FoundryError]:
        """Yield each word of the text of the field at `path` that the tenant never says."""
        if self.may_be_said(text):
            return
        tenant = self._tenant
        for word in words_said(text, tenant.brand.banned_words):
            wrong = f"says {shorten(word)}, which {tenant.id} never says"
            yield Problem(path, shorten(text), wrong, "choose another word")
