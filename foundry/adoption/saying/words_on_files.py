"""Texts that are printed on files: without markup, and with this project's placeholders."""

from __future__ import annotations

import re

from foundry.adoption.saying.notebook import Notebook
from foundry.brief.brief import PLACEHOLDER
from foundry.brief.copywriting import PLACEHOLDERS, format_figure
from foundry.brief.markup import clean_markup, markup_in

_PLACEHOLDER = re.compile(
    r"\{\{\s*([^{}]{1,40}?)\s*\}\}|\{\s*([^{}]{1,40}?)\s*\}|\$\{\s*([^{}]{1,40}?)\s*\}|\[\s*([^\[\]]{1,40}?)\s*\]"
)
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


def own_placeholders(text: str) -> bool:
    """Return True if a text holds placeholders and this project fills each of them."""
    marks = PLACEHOLDER.findall(_PLACEHOLDER.sub(_own_placeholder, text))
    return bool(marks) and all(mark in PLACEHOLDERS or format_figure(mark, "en-US") for mark in marks)


def printed_line(text: str, field: str, notebook: Notebook) -> str:
    """Return a text of one line, such as a product's name, as it is printed; a change is a decision."""
    return " ".join(_cleaned(text, field, notebook).split())


def _cleaned(text: str, field: str, notebook: Notebook) -> str:
    if not markup_in(text):
        return text.strip()
    clean = clean_markup(text).strip()
    notebook.decide(field, clean, "entities and tags of HTML are read as a browser shows them", score=0.9)
    return clean


def _own_placeholder(found: re.Match[str]) -> str:
    name = next(part for part in found.groups() if part)
    own = _SAME.get(re.sub(r"[\s_.-]+", " ", name).strip().casefold())
    return f"{{{own}}}" if own else found[0]
