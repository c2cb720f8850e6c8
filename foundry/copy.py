"""The words on one rendition: placeholders filled, figures formatted for the locale."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Literal

CopyField = Literal["headline", "subheadline", "call_to_action", "offer", "price", "legal", "product_name"]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Texts in logical order. Each is one line unless it holds a newline; an empty text is not shown."""

    headline: str = ""
    subheadline: str = ""
    call_to_action: str = ""
    offer: str = ""
    price: str = ""
    legal: str = ""
    product_name: str = ""

    def only(self, shown: frozenset[str]) -> Copy:
        """Return the copy without the fields that a layout does not show.

        A product's name stays if a shown text contains it, because line breaking keeps the name whole.
        """
        kept = {key: text for key, text in asdict(self).items() if key in shown}
        if any(self.product_name in text for text in kept.values()):
            kept["product_name"] = self.product_name
        return Copy(**kept)

    def texts(self) -> dict[str, str]:
        """Return the texts that are not empty, by field."""
        return {key: text for key, text in asdict(self).items() if text}


COPY_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Copy))
