"""YAML is read strictly: what is not plain is refused with its place, and nothing costs more than its size."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foundry.documents import DocumentLimits, load_yaml
from foundry.documents.writing import yaml_text
from foundry.errors import Problem


def test_plain_values_are_read_as_yaml_reads_them() -> None:
    text = "a: 1\nb: -2.5\nc: [yes, No, ~, null, on]\nd: 'yes'\ne: |\n  two\n  lines\nf: {g: {}}\n5: x\ntrue: y\n"
    assert load_yaml(text.encode(), "x") == [yaml.safe_load(text)]


@pytest.mark.parametrize(
    "text", ["2027-03-01", "12:30:45", "0x1F", "017", "1_000", ".5", "1e3", "=", ".nan", ".inf", "1."]
)
def test_guesses_of_yaml_stay_texts(text: str) -> None:
    assert load_yaml(f"a: {text}".encode(), "x") == [{"a": text}]


def test_documents_come_in_order_without_the_empty_ones() -> None:
    assert load_yaml(b"---\na: 1\n---\n---\n- b\n...\n", "x") == [{"a": 1}, ["b"]]
    assert load_yaml(b"", "x") == load_yaml(b"# nothing", "x") == []
    assert load_yaml(b"\xef\xbb\xbfa: 1", "x") == [{"a": 1}]


REFUSED = [
    ("a: 1\nb: 2\na: 3", "x line 3, column 1: the key 'a' stands twice"),
    ("{1: a, true: b}", "the key True stands twice"),
    ("a: &b [1]", "x line 1, column 4: anchors and aliases are not allowed"),
    ("a: *b", "x line 1, column 4: anchors and aliases are not allowed"),
    ("<<: {a: 1}", "x line 1, column 1: merge keys are not allowed"),
    ("a: !!bool zz", "x line 1, column 4: tags are not allowed"),
    ("a: !!timestamp zz", "tags are not allowed"),
    ("a: !!binary zz", "tags are not allowed"),
    ("a: !!python/object/apply:os.system ['true']", "tags are not allowed"),
    ("! a", "tags are not allowed"),
    ("%TAG ! tag:x,2000:\n---\na: 1", "tags are not allowed"),
    ("[a]: 1", "x line 1, column 1: a key must be text"),
    ("{{a: 1}: 1}", "a key must be text"),
    ("[" * 51 + "]" * 51, "x line 1, column 51: it is nested deeper than 50 levels"),
    ("- " * 60 + "a", "nested deeper than 50"),
    ("? " * 60, "a key must be text"),
    ("a: " + "9" * 101, "x line 1, column 4: '999"),
    ("9" * 19 + ": a", "a number is no key"),
    ("a: 1.0e999", "the number is too large"),
    ("a: " + "x" * 100_001, "a text has 100001 characters; the limit is 100000"),
    ("x" * 100_001, "a text has 100001 characters"),
    ('a: "\\ud800"', "not YAML"),
    ('a: "\\0"', "a text holds a NUL character"),
    ("a: e" + "\u0301" * 65, "a letter has more than 64 combining marks"),
    ("a: \x01", "x line 1, column 4: not YAML"),
    ("a: b: c", "x line 1, column 5: not YAML"),
    ("a:\n\t- b", "x line 2"),
    ("a: [1", "not YAML"),
    ("\n".join(f"k{n}: 1" for n in range(10_001)), "a map has more than 10000 keys"),
    ("---\na\n" * 10_001, "it holds more than 10000 documents"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[said[:50] for _, said in REFUSED])
def test_what_is_not_plain_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(Problem) as refused:
        load_yaml(text.encode(), "x", code="bad_brief")
    assert said in str(refused.value)
    assert refused.value.code == "bad_brief"
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("a: b\nc: é".encode("latin-1"), "x line 2, column 4: byte 8 is not UTF-8; save the file as UTF-8"),
        ("a: b".encode("utf-16"), "is not UTF-8"),
        (b"a: b\nc\0d", "x line 2, column 2: it holds a NUL character"),
        (b"#" * 5_000_001, "x: 5000001 bytes; the limit is 5000000"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_place(data: bytes, said: str) -> None:
    with pytest.raises(Problem) as refused:
        load_yaml(data, "x")
    assert said in str(refused.value)


MB = 1_000_000
COSTLY = {
    "products": b"".join(b"- {id: p%06d, name: Xxx}\n" % n for n in range(60_000)),
    "open brackets": b"[" * 5 * MB,
    "open maps": b"{a: " * MB,
    "dashes": b"- " * 2 * MB,
    "question marks": b"? " * 2 * MB,
    "tag lines": b"".join(b"%%TAG !%d! x\n" % n for n in range(250_000)) + b"--- a",
    "empty documents": b"---\n" * MB,
    "one long text": b"a: " + b"x " * 2 * MB,
    "folded lines": b"a: " + b"x\n " * MB,
    "escapes": b'a: "' + rb"\x41" * MB + b'"',
    "blanks": b"a:" + b" " * 4 * MB,
    "line breaks": b"a: |\n" + b" \n" * 2 * MB,
    "colons": b"a" + b":" * 4 * MB,
    "keys": b"".join(b"k%d: 1\n" % n for n in range(400_000)),
    "marks": ("a: e" + "\u0301\u0323" * 1_200_000).encode(),
    "quotes": b'"' * 4 * MB,
    "hashes": b"#" * 4 * MB,
}


@pytest.mark.parametrize("data", COSTLY.values(), ids=COSTLY)
def test_five_megabytes_cost_seconds_whatever_they_hold(data: bytes) -> None:
    start = time.process_time()
    try:
        load_yaml(data, "x")
    except Problem as problem:
        assert len(str(problem)) < 400  # noqa: PT017 - most are refused, and one is not
    assert time.process_time() - start < 20


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=9), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(PLAIN)
@example("a\x85b")
def test_what_is_written_as_yaml_reads_back_the_same(value: Any) -> None:
    if "\0" not in repr(value).replace("\\x00", "\0"):
        assert load_yaml(yaml_text([value]).encode(), "x") == [[value]]


def test_shared_values_are_written_out_where_they_stand() -> None:
    shared = {"a": [1]}
    assert load_yaml(yaml_text({"x": shared, "y": shared}).encode(), "x") == [{"x": shared, "y": shared}]


def test_limits_are_the_callers() -> None:
    with pytest.raises(Problem, match="more than 3 values"):
        load_yaml(b"[1, 2, 3]", "x", DocumentLimits(leaves=3))
