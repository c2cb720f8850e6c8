"""The page of an evaluation that is all tables and few pictures: marks, figures, cut-outs. It opens from disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foundry.card.card import ModelCard
from lab.evaluation.evidence import Evaluation
from lab.evaluation.page_templates import PAGE, environment, style


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
    folder: Path,
    card: ModelCard,
    found: Evaluation,
    tables: Sequence[Table],
    pictures: Sequence[Picture],
    about: str = "",
) -> None:
    """report.html in the evidence folder; `about` heads the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (
        environment()
        .get_template("plain.html.j2")
        .render(card=card, found=found, before=None, tables=tables, pictures=pictures, about=about, style=style())
    )
    (folder / PAGE).write_text(text, encoding="utf-8")
