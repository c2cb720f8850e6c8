"""Texts that are printed on files: without markup, and with this project's placeholders."""

from __future__ import annotations

import re
from html import unescape

from foundry.adoption.saying.notebook import Notebook

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]{1,40}?)\s*\}\}|\{\s*([^{}]{1,40}?)\s*\}|\$\{\s*([^{}]{1,40}?)\s*\}")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,6});")
_TAG = re.compile(r"</?(?:a|b|br|div|em|h[1-6]|i|li|p|span|strong|sub|sup|u|ul)(?:\s[^<>]{0,500})?/?>", re.IGNORECASE)
_SAME = {
    "product": "product.name", "product name": "product.name", "productname": "product.name", "name": "product.name",
    "product title": "product.name", "product description": "product.description",
    "description": "product.description", "product category": "product.category", "category": "product.category",
    "price": "price", "product price": "price", "start date": "from", "end date": "until", "expiry": "until",
}  # fmt: skip


def printed(text: str, field: str, notebook: Notebook) -> str:
    """Return a text of a message as it is printed; a change is a decision."""
    clean = _cleaned(text, field, notebook)
    filled = _PLACEHOLDER.sub(_own_placeholder, clean)
    if filled != clean:
        notebook.decide(field, filled, "placeholders are written as this project fills them", score=0.8)
    return filled


def printed_line(text: str, field: str, notebook: Notebook) -> str:
    """Return a text of one line, such as a product's name, as it is printed; a change is a decision."""
    return " ".join(_cleaned(text, field, notebook).split())


def clean_line(text: str) -> str:
    """Return a text of one line without entities and tags of HTML."""
    return " ".join(_without_markup(text).split())


def _cleaned(text: str, field: str, notebook: Notebook) -> str:
    clean = _without_markup(text)
    if clean != text.strip():
        notebook.decide(field, clean, "entities and tags of HTML are read as a browser shows them", score=0.9)
    return clean


def _without_markup(text: str) -> str:
    return _TAG.sub("", unescape(text)).strip() if _ENTITY.search(text) or _TAG.search(text) else text.strip()


def _own_placeholder(found: re.Match[str]) -> str:
    name = next(part for part in found.groups() if part)
    own = _SAME.get(re.sub(r"[\s_.-]+", " ", name).strip().casefold())
    return f"{{{own}}}" if own else found[0]
