"""Tables of cards and layouts, and the same as JSON."""

from __future__ import annotations

import io
import json

from rich.console import Console

from console.listing import print_layouts, print_models
from models.registry import all_cards, open_registry
from tests.support.briefs import a_tenant


def terminal() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, width=400), written


def test_every_card_has_a_line_with_its_task_and_whether_its_weights_are_here() -> None:
    out, written = terminal()
    cards = {card.name: card for card in all_cards(open_registry())}
    print_models(cards, out, as_json=False)
    lines = written.getvalue().splitlines()
    assert lines[0].split() == ["model", "task", "stage", "source", "weights", "licence", "price"]
    assert len(lines) == 1 + len(cards)
    (line,) = (line for line in lines if line.startswith("backdrop@"))
    assert "text-to-image" in line
    assert "here" in line


def test_the_json_of_cards_holds_their_digests() -> None:
    out, written = terminal()
    cards = {card.name: card for card in all_cards(open_registry())}
    print_models(cards, out, as_json=True)
    told = json.loads(written.getvalue())
    assert {name: card["digest"] for name, card in told.items()} == {name: card.digest for name, card in cards.items()}


def test_one_layout_of_each_family_is_marked_as_the_one_in_use() -> None:
    out, written = terminal()
    print_layouts(out, as_json=False, tenant=a_tenant("northpeak"))
    families = ("square", "portrait", "story", "landscape", "leaderboard", "billboard", "rectangle", "skyscraper")
    rows = [line.split() for line in written.getvalue().splitlines()[1:]]
    for family in families:
        used = [row[0] for row in rows if len(row) > 2 and row[1] == family and row[2] == "*"]
        assert len(used) == 1, family


def test_the_json_of_layouts_is_by_layout_and_placement() -> None:
    out, written = terminal()
    print_layouts(out, as_json=True)
    told = json.loads(written.getvalue())
    assert told["square-panel"]["meta/feed-square"]["id"] == "square-panel"
