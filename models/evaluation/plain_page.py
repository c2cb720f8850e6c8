"""The page of an evaluation that is all tables and few pictures: marks, figures, cut-outs. It opens from disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from foundry.card import ModelCard
from foundry.channel import TEMPLATES
from models.evaluation.evidence import Evaluation

ROOM = TEMPLATES / "evaluation"


@dataclass(frozen=True)
class Table:
    """A table of texts; the first column heads its rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A picture beside the page; three to a row."""

    href: str
    caption: str


def write_plain_page(
    folder: Path, card: ModelCard, found: Evaluation, tables: Sequence[Table], pictures: Sequence[Picture]
) -> None:
    """report.html in the evidence folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rooms = Environment(
        loader=FileSystemLoader(ROOM), autoescape=select_autoescape(default=True), undefined=StrictUndefined
    )
    sheets = (TEMPLATES / "report" / "report.css", ROOM / "page.css")
    style = Markup("".join(sheet.read_text(encoding="utf-8") for sheet in sheets))
    text = rooms.get_template("plain.html.j2").render(
        card=card, found=found, tables=tables, pictures=pictures, style=style
    )
    (folder / "report.html").write_text(text, encoding="utf-8")
