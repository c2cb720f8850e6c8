"""The copy of a plan's variants, written for each product and locale in the fields that a layout shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from foundry.brief.brief import Message, Product
from foundry.brief.copywriting import Days, write_copy
from foundry.content_cache import ContentCache
from foundry.copy import Copy
from foundry.names import digest
from foundry.plan.typesetting_inputs import typesetting_inputs

ShownCopy = tuple[Copy, str]
"""Copy, and its digest."""
KEPT = 8_192


class CopyWriter:
    """Writes copy and keeps the last few thousand texts: variants of one locale repeat them."""

    def __init__(self, products: Sequence[Product], messages: Mapping[str, Message], days: Days) -> None:
        self._products, self._messages, self._days = products, messages, days
        self._kept: ContentCache[ShownCopy] = ContentCache(KEPT)

    def write(self, product: int, locale: str, shown: frozenset[str]) -> ShownCopy:
        """Return the copy of one product and locale in the fields `shown`, and its digest."""
        return self._kept.get((product, locale, shown), lambda: self._write(product, locale, shown))

    def _write(self, product: int, locale: str, shown: frozenset[str]) -> ShownCopy:
        words = write_copy(self._messages[locale], self._products[product], locale, self._days).only(shown)
        texts = words.texts()
        return words, digest("copy", **texts, **typesetting_inputs("\n".join(texts.values()), locale))
