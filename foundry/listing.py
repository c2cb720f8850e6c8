"""Tables of what there is: models, placements, layouts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from foundry.card import ModelCard
from foundry.channel import placements
from foundry.layout import layout_for, layouts, shown_fields


def _table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def print_models(cards: Mapping[str, ModelCard], out: Console, as_json: bool) -> None:
    """Every card, one a line; as JSON, the whole card with its digest and whether its weights are there."""
    if as_json:
        out.print_json(json.dumps({name: card_as_json(card) for name, card in cards.items()}))
        return
    titles = ("model", "task", "stage", "source", "weights", "licence", "price")
    out.print(_table(titles, [_model_row(card) for card in cards.values()]))


def card_as_json(card: ModelCard) -> dict[str, Any]:
    """A card for scripts."""
    return {**card.model_dump(mode="json"), "digest": card.digest, "present": card.present}


def _model_row(card: ModelCard) -> tuple[str, ...]:
    weights = "none" if not card.has_weights else "here" if card.present else "not here"
    price = f"${card.unit_cost.money}"
    return (card.name, card.task, card.stage, card.source.kind, weights, card.licence, price)


def print_layouts(out: Console, as_json: bool) -> None:
    """Every layout with the placements it serves."""
    if as_json:
        out.print_json(json.dumps({f: x.model_dump(mode="json") for f, x in layouts().items()}))
        return
    rows = []
    for family, layout in layouts().items():
        served = [p for p in placements().values() if p.family == family]
        fields = sorted(frozenset().union(*(shown_fields(layout_for(p), p) for p in served)))
        rows.append((layout.id, family, ", ".join(fields), ", ".join(p.name for p in served)))
    out.print(_table(("layout", "family", "shows", "placements"), rows))
