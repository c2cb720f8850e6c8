"""JSON is read as the standard says and as the standard library reads it, and refused with its place otherwise."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.documents import load_json
from foundry.errors import Problem

MB = 1_000_000
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(PLAIN, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_it_reads_what_the_standard_library_writes(value: Any, plain: bool, indent: int | str | None) -> None:
    assert load_json(json.dumps(value, ensure_ascii=plain, indent=indent).encode(), "x") == value


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('[]{},:"\\ntrue01.-e+ \nu'), max_size=12))
def test_it_takes_and_refuses_the_same_texts_as_the_standard_library(text: str) -> None:
    try:
        wanted = json.loads(text)
    except ValueError:
        with pytest.raises(Problem):
            load_json(text.encode(), "x")
    else:
        try:
            assert load_json(text.encode(), "x") == wanted
        except Problem as problem:
            said = str(problem)
            assert "stands twice" in said or "too large" in said or "NUL" in said


REFUSED = [
    ("", "x line 1, column 1: not JSON (the text ends too early)"),
    ('{"a": 1,\n "a": 2}', "x line 2, column 2: the key 'a' stands twice"),
    ('{"a": NaN}', "x line 1, column 7: NaN is refused: not a number in JSON"),
    ("[Infinity]", "not a number in JSON"),
    ("[-Infinity]", "not JSON"),
    ("[1e999]", "the number is too large"),
    ("[" + "9" * 5_000 + "]", "a number has 5000 characters; the limit is 100"),
    ('["\\ud800"]', "x line 1, column 2: a text holds half a character (a lone surrogate)"),
    ('["\\u0000"]', "a text holds a NUL character"),
    ("[" * 51, "x line 1, column 51: it is nested deeper than 50 levels"),
    ('{"a":' * 300, "nested deeper than 50"),
    ("[1] 2", "x line 1, column 5: not JSON (expected the end of the text, found '2')"),
    ("[1,]", "expected a value"),
    ('{"a": 1,}', "expected a key in double quotes"),
    ("{'a': 1}", "not JSON"),
    ("{a: 1}", "expected a key in double quotes"),
    ('{"a" 1}', "expected ':'"),
    ("[01]", "expected ',' or ']'"),
    ('["a\nb"]', "not JSON"),
    ('"' + "x" * 100_001 + '"', "a text has 100001 characters"),
    ("{" + ",".join(f'"{n}":1' for n in range(10_001)) + "}", "more than 10000 keys"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[said[:50] for _, said in REFUSED])
def test_what_is_no_json_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(Problem) as refused:
        load_json(text.encode(), "x")
    assert said in str(refused.value)
    assert len(str(refused.value)) < 400


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Problem, match="line 1, column 3: byte 2 is not UTF-8"):
        load_json(b'["\xe9"]', "x")


def test_a_pair_of_escapes_is_one_character() -> None:
    assert load_json(b'["\\ud83d\\ude00"]', "x") == ["\U0001f600"]


COSTLY = {
    "keys": b"{" + b",".join(b'"%d":1' % n for n in range(100_000)) + b"}",
    "brackets": b"[" * 5 * MB,
    "empty lists": b"[" + b"[]," * 1_600_000,
    "open text": b'["' + b"a" * 4 * MB,
    "backslashes": b'["' + b"\\\\" * 2 * MB,
    "blanks": b" " * 5 * MB,
    "digits": b"1" * 5 * MB,
    "quotes": b'"' * 4 * MB,
    "products": b"[" + b",".join(b'{"id": "p%06d", "name": "Xxx"}' % n for n in range(60_000)) + b"]",
}


@pytest.mark.parametrize("data", COSTLY.values(), ids=COSTLY)
def test_five_megabytes_cost_seconds_whatever_they_hold(data: bytes) -> None:
    start = time.process_time()
    try:
        load_json(data, "x")
    except Problem as problem:
        assert len(str(problem)) < 400  # noqa: PT017 - most are refused, and one is not
    assert time.process_time() - start < 20
