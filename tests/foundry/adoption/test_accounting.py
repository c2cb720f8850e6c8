"""Leaves in = leaves mapped + asked about + listed, for any tree and any table; and no value is Python text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from foundry.adoption.leaf import Seen
from foundry.adoption.said import Adoption, Said
from foundry.adoption.saying import Setting, say
from foundry.adoption.seeing import see_bytes
from foundry.adoption.understanding import understand
from foundry.errors import FoundryError
from tests.foreign.accounting import leaves_of_file, unaccounted, untold
from tests.foreign.judging import PYTHON_TEXT, texts_in

KEYS = st.sampled_from([
    "brand", "Client Name", "campaign", "campaignName", "id", "name", "products", "product", "product name", "price",
    "preis", "message", "messages", "headline", "headline_de", "Titel", "cta", "legal", "region", "markets", "locale",
    "languages", "de-DE", "fr", "Japan", "EMEA", "scene", "avoid", "mood", "visuals", "image", "assets", "formats",
    "start date", "bis", "budget", "logo", "colors", "tone", "notes", "owner", "approved", "status", "価格", "x",
    "キャッチコピー", "Foo bar 3", "brief",
])  # fmt: skip
VALUES = st.sampled_from([
    "Glow", "Acme", "DE, FR", "Germany", "ja-JP", "en", "no", "1:1", "9:16, 4:5", "1080x1080", "49,90 €", "12",
    "5/6/2027", "2027-05-31", "a.png", "https://a.example/x", "yes", "draft", "Shine on every day.", "#FF5733",
    "Instagram Story", "Q1 2027", "毎日、輝く。", "-", "0", "20%", "CHF 1'299.00", "None", "a; b; c",
])  # fmt: skip
LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="{}[]()<>'\""), max_size=12
)
SCALARS = VALUES | LETTERS | st.integers(-9, 99_999) | st.booleans() | st.none() | st.floats(0, 1e4, width=16)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | LETTERS, inner, max_size=5),
    max_leaves=25,
)
SETTING = Setting(folder=Path("nowhere"), file_name="brief.json", tenant=None, tenant_ids=None)


def adopted(data: bytes, name: str) -> tuple[Seen, Adoption] | None:
    """Adopt a file after the law is checked for what was understood; None if it is refused."""
    try:
        seen = see_bytes(data, name)
        understanding = understand(seen, {})
    except FoundryError:  # any other exception fails the test
        return None
    assert unaccounted(seen, understanding) == []
    return seen, say(understanding, {}, SETTING)


def check(said: Said) -> None:
    """Assert that no value of a draft is the text of a Python object, and that the metadata keeps what is listed."""
    for text in texts_in(said.draft):
        found = PYTHON_TEXT.search(text)
        assert found is None or found[0] == "None", text
    kept = set(texts_in(said.draft.get("metadata", {})))
    assert [item.leaf.text for item in said.listed if item.leaf.text not in kept] == []


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(KEYS | LETTERS, TREES, min_size=1, max_size=8) | st.lists(TREES, max_size=4))
def test_every_leaf_of_any_tree_is_mapped_asked_about_or_listed(tree: object) -> None:
    found = adopted(json.dumps(tree).encode(), "brief.json")
    if found:
        seen, adoption = found
        assert untold(leaves_of_file(seen), adoption) == []
        for said in adoption.campaigns:
            check(said)


@settings(max_examples=30, deadline=None)
@example(
    ["message", "brand", "Client Name", "campaign", "", "approved"], [[*["Glow"] * 5, "no"], ["Glow"]]
)  # cells of a row that is not approved count for the row below it
@given(
    st.lists(KEYS | LETTERS, min_size=1, max_size=7, unique=True),
    st.lists(st.lists(VALUES | LETTERS, min_size=1, max_size=7), max_size=5),
)
def test_every_cell_of_any_table_is_mapped_asked_about_or_listed(header: list[str], rows: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows])
    found = adopted(stream.getvalue().encode(), "brief.csv")
    if found:
        seen, adoption = found
        assert untold(leaves_of_file(seen), adoption) == []
        for said in adoption.campaigns:
            check(said)
