"""The reference of the model card has a row for every field, with its kind, default and description."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.card_reference import card_reference
from foundry.card.card import ModelCard, card_schema

ROOT = Path(__file__).parents[2]
ROWS = {row.split("|")[1].strip(" `"): row for row in card_reference().split("\n\n")[0].splitlines()[2:]}


def test_every_field_of_the_card_has_a_row() -> None:
    hidden = {"path", "home"}
    assert set(ROWS) == set(ModelCard.model_fields) - hidden


def test_no_description_is_empty() -> None:
    rows = [row for row in card_reference().splitlines() if row.startswith("| `")]
    assert len(rows) > 50
    assert not [row for row in rows if not row.split("|")[4].strip()]


@pytest.mark.parametrize(
    ("field", "cells"),
    [
        ("id", "| `id` | text | required |"),
        ("steps", "| `steps` | whole number |"),
        ("sizes", "| `sizes` | map to pair |"),
        ("source", "| `source` | Source | required |"),
        ("tenants", "| `tenants` | list of text |"),
        ("stage", "| `stage` | `draft`, `candidate`, `production`, `retired` |"),
    ],
)
def test_kind_and_default_are_said_in_words(field: str, cells: str) -> None:
    assert ROWS[field].startswith(cells)


def test_every_section_of_the_card_has_a_table_under_its_name() -> None:
    headings = [line.split("**")[1] for line in card_reference().splitlines() if line.startswith("**")]
    assert headings == [f"{name}." for name in card_schema()["$defs"] if "properties" in card_schema()["$defs"][name]]
    assert {"Source.", "UnitCost.", "ParityMark."} <= set(headings)


def test_the_page_on_the_registry_shows_the_reference() -> None:
    page = (ROOT / "docs" / "models" / "registry.md").read_text(encoding="utf-8")
    assert card_reference() in page
