"""The page of an evaluation that is mostly tables: marks, figures and some pictures. It opens from disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foundry.card.card import ModelCard
from lab.evaluation.evaluation_file import Evaluation
from lab.evaluation.page_templates import PAGE, environment, style


@dataclass(frozen=True)
class Table:
    """A table of texts; the first cell of each row is its heading. A table without rows is left out."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Illustration:
    """A picture file beside the page and its caption; the page shows three in a row."""

    href: str
    caption: str


def write_plain_page(
    folder: Path,
    card: ModelCard,
    evaluation: Evaluation,
    tables: Sequence[Table],
    pictures: Sequence[Illustration],
    about: str = "",
) -> None:
    """Write report.html into the evidence folder, which is made if it is missing; `about` heads the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    template = environment().get_template("plain.html.j2")
    text = template.render(
        card=card, found=evaluation, before=None, tables=tables, pictures=pictures, about=about, style=style()
    )
    (folder / PAGE).write_text(text, encoding="utf-8")
