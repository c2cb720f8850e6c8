"""Where the pages of evaluations are written: their templates, their style and how they say a mark."""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from lab.evaluation.figure_table import percent
from templates import TEMPLATES

ROOM = TEMPLATES / "evaluation"
PAGE = "report.html"
SHARES = ("scene", "palette", "safety")


def environment() -> Environment:
    """Templates of this room, which escape what they are given."""
    room = Environment(
        loader=FileSystemLoader(ROOM),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.filters |= {"percent": percent, "as_mark": _as_mark}
    return room


def style() -> Markup:
    """The reports' style with that of this room."""
    sheets = (TEMPLATES / "report" / "report.css", ROOM / "page.css")
    return Markup("".join(sheet.read_text(encoding="utf-8") for sheet in sheets))


def _as_mark(value: float, mark: str) -> str:
    return percent(value) if mark in SHARES else f"{value:g}"
