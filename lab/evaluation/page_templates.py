"""The templates and the style of the evaluation pages."""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from lab.evaluation.shares import percent
from templates import TEMPLATES

FOLDER = TEMPLATES / "evaluation"
PAGE = "report.html"
SHARES = ("scene", "palette", "safety")
"""Marks whose value is a share, which pages show in percent."""


def environment() -> Environment:
    """Return the Jinja environment of the evaluation pages; it escapes values and refuses undefined names."""
    templates = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"percent": percent, "as_mark": mark_text}
    return templates


def style() -> str:
    """Return the style sheet: that of the campaign report, then that of the evaluation pages."""
    sheets = (TEMPLATES / "report" / "report.css", FOLDER / "page.css")
    return "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def mark_text(value: float, mark: str) -> str:
    """Return the value of a mark as pages show it: shares in percent, other figures with up to six digits."""
    return percent(value) if mark in SHARES else f"{value:g}"
