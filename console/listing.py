"""Tables of what there is: models, placements, layouts, sets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rich.console import Console
from rich.table import Table

from foundry.card.card import ModelCard, card_as_json
from foundry.channel.placement import placements
from foundry.layout.files import layout_for, layout_named, layouts_of
from foundry.sets.set_file import SetFile
from foundry.tenant import Tenant


def _table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def print_models(
    cards: Mapping[str, ModelCard], out: Console, as_json: bool, broken: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Print every card on a line; as JSON, the whole card with its digest and whether its weights are there.

    `broken` are the problems of files that are no usable card, by the files' names.
    """
    if as_json:
        told = {name: {"stage": "broken", "problem": problem} for name, problem in broken.items()}
        out.print_json(json.dumps({name: card_as_json(card) for name, card in cards.items()} | told))
        return
    titles = ("model", "task", "stage", "source", "weights", "licence", "price")
    out.print(_table(titles, [_model_row(card) for card in cards.values()]))
    for name, problem in broken.items():
        out.print(f"broken: {name}: {problem}", markup=False)


def _model_row(card: ModelCard) -> tuple[str, ...]:
    weights = "none" if not card.has_weights else "here" if card.present else "not here"
    price = f"${card.unit_cost.money}"
    return (card.name, card.task, card.stage, card.source.kind, weights, card.licence, price)


def print_layouts(out: Console, as_json: bool, tenant: Tenant | None = None) -> None:
    """Print every layout that the tenant sees, and what it shows where; a star marks the one that its family gets."""
    rows, dump = [], {}
    for family, names in layouts_of(tenant).families().items():
        served = [p for p in placements().values() if p.family == family]
        for name in names:
            found = [layout_named(name, p, tenant) for p in served]
            dump[name] = {p.name: x.model_dump(mode="json") for p, x in zip(served, found, strict=True)}
            used = any(layout_for(p, tenant).id == name for p in served)
            shows = ", ".join(sorted(frozenset().union(*(x.fields for x in found))))
            rows.append((name, family, "*" if used else "", shows, ", ".join(p.name for p in served)))
    if as_json:
        out.print_json(json.dumps(dump))
    else:
        out.print(_table(("layout", "family", "used", "shows", "placements"), rows))


def print_sets(sets: Mapping[str, SetFile], own: frozenset[str], out: Console, as_json: bool) -> None:
    """Print every set, whose it is, the scene that it is for, and the words that choose it."""
    if as_json:
        fields = {"version", "title", "scene", "words"}
        told = {
            name: {**each.model_dump(mode="json", include=fields), "own": name in own} for name, each in sets.items()
        }
        out.print_json(json.dumps(told))
        return
    titles = ("set", "from", "scene", "words", "title")
    rows = [
        (name, "tenant" if name in own else "shipped", each.scene or "", " ".join(each.words), each.title)
        for name, each in sets.items()
    ]
    out.print(_table(titles, rows))


def print_library(kinds: Mapping[str, Mapping[str, str]], out: Console, as_json: bool) -> None:
    """Print what there is of each kind, with a sentence about each."""
    if as_json:
        out.print_json(json.dumps(kinds))
        return
    rows = [(name, kind, text) for kind, texts in kinds.items() for name, text in texts.items()]
    out.print(_table(("name", "kind", "is"), rows))
