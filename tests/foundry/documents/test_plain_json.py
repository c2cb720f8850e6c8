"""A long text is read as token by token, and whatever is not sure is read so indeed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.documents import DocumentLimits, load_json
from foundry.documents.plain_json import NOT_PLAIN, read_plain
from foundry.errors import Problem

LIMITS = DocumentLimits(leaves=12, depth=3, keys=3, text=6, digits=5, marks=2)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab\u0301é\\\"\n", max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab\u0301", max_size=7), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_what_is_read_at_once_is_read_alike_token_by_token(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    found = read_plain(text, LIMITS)
    if found is not NOT_PLAIN:
        assert found == value == load_json(text.encode(), "x", LIMITS)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('[]{},:"\\ntrue01.-e+ \nu'), max_size=12))
def test_what_token_by_token_is_refused_is_never_read_at_once(text: str) -> None:
    try:
        load_json(text.encode(), "x", LIMITS)
    except Problem:
        assert read_plain(text, LIMITS) is NOT_PLAIN


UNSURE = ('["\\u0041"]', '{"a": 1, "a": 2}', "[NaN]", "[1e999]", "[[[[1]]]]", '["abcdefg"]', "[123456]", "[" * 5_000)


@pytest.mark.parametrize("text", UNSURE)
def test_what_breaks_a_rule_or_may_is_left_to_the_reader_that_says_where(text: str) -> None:
    assert read_plain(text, LIMITS) is NOT_PLAIN


def test_a_long_text_gives_its_value_and_a_fault_in_it_its_place() -> None:
    brief = {"products": [{"id": f"p{at}", "name": "Serum é"} for at in range(1_000)]}
    text = json.dumps(brief, ensure_ascii=False, indent=1)
    assert load_json(text.encode(), "x") == brief
    twice = "\n".join(['{"products": [', *['{"id": "a"},'] * 1_000, '{"id": 1, "id": 2}]}'])
    with pytest.raises(Problem, match="x line 1002, column 11: the key 'id' stands twice"):
        load_json(twice.encode(), "x")
