"""Names: one input has one name, whatever the order of its keys and the form of its letters; others have others."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from foundry.names import (
    Slug,
    campaign_folder,
    campaign_source,
    canonical,
    canonical_json,
    digest,
    digest_of_many,
    seed_of,
    sha256_file,
    sorted_json,
)

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
PLAIN = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | WORDS
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4))


def turned(value: Any) -> Any:
    """The same value with the keys of every map in another order, and lists as tuples."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(list(value))}
    return tuple(map(turned, value)) if isinstance(value, list) else value


@settings(max_examples=50, deadline=None)
@given(value=VALUES)
def test_canonical_json_ignores_the_order_of_keys_and_the_kind_of_sequence(value: Any) -> None:
    assert canonical_json(turned(value)) == canonical_json(value)


@settings(max_examples=50, deadline=None)
@given(text=WORDS)
def test_texts_have_one_name_in_every_normal_form(text: str) -> None:
    assert digest("x", text=unicodedata.normalize("NFD", text)) == digest("x", text=text)
    assert canonical([text]) == [unicodedata.normalize("NFC", text)]


@settings(max_examples=50, deadline=None)
@given(value=VALUES)
def test_canonical_json_is_json_of_the_same_value(value: Any) -> None:
    assert json.loads(canonical_json(value)) == json.loads(json.dumps(canonical(value)))


@settings(max_examples=50, deadline=None)
@given(one=VALUES, other=VALUES)
def test_values_share_a_name_only_if_they_share_their_canonical_json(one: Any, other: Any) -> None:
    same = canonical_json(one) == canonical_json(other)
    assert (digest("x", value=one) == digest("x", value=other)) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": True}),
        ({"a": 0}, {"a": False}),
        ({"a": None}, {}),
        ({"a": ""}, {"a": None}),
        ({"a": []}, {"a": {}}),
        ({"a": ["b", "c"]}, {"a": ["c", "b"]}),
        ({"a": ["bc"]}, {"a": ["b", "c"]}),
        ({"a": "é"}, {"a": "e"}),
    ],
)
def test_inputs_that_look_alike_have_different_names(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert digest("x", **one) != digest("x", **other)


def test_a_kind_tells_equal_inputs_apart() -> None:
    assert digest("shot", a=1) != digest("variant", a=1)


def test_a_name_is_128_bits_of_sha256_over_the_canonical_text() -> None:
    text = '{"a":["é"],"b":1,"kind":"x"}'
    assert digest("x", b=1, a=["e\u0301"]) == hashlib.sha256(text.encode()).hexdigest()[:32]


@pytest.mark.parametrize("value", [0.5, [1, 2.0], {"a": {"b": float("nan")}}, b"bytes", bytearray(b"x"), {1, 2}])
def test_values_without_a_canonical_text_are_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="a name is made of text, whole numbers, booleans, null, lists and maps; got"):
        digest("x", value=value)


def test_keys_that_are_no_text_are_written_as_text() -> None:
    assert canonical_json({2: "b", 10: "a"}) == '{"10":"a","2":"b"}'


@settings(max_examples=50, deadline=None)
@given(name=WORDS, attempt=st.integers(0, 50))
def test_a_seed_has_31_bits_and_depends_on_nothing_but_name_and_attempt(name: str, attempt: int) -> None:
    assert 0 <= seed_of(name, attempt) < 2**31
    assert seed_of(name, attempt) == seed_of(name, attempt)


def test_each_attempt_has_its_own_seed() -> None:
    assert len({seed_of("a", attempt) for attempt in range(100)}) == 100


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 9_000
    (tmp_path / "file").write_bytes(data)
    assert sha256_file(tmp_path / "file") == hashlib.sha256(data).hexdigest()


def test_metadata_may_hold_floats_and_dates() -> None:
    assert sorted_json({"b": 0.5, "a": Path("x")}) == '{"a": "x", "b": 0.5}'


def test_a_campaigns_folder_and_source_hold_its_id() -> None:
    assert campaign_folder("spring") == "campaigns/spring"
    assert campaign_source("aurelle", "spring") == "/tenants/aurelle/campaigns/spring"


@pytest.mark.parametrize("slug", ["a", "0", "spring-glow", "a.b_c-d", "a" * 63])
def test_ids_for_object_names_are_accepted(slug: str) -> None:
    assert TypeAdapter(Slug).validate_python(slug) == slug


@pytest.mark.parametrize("slug", ["", "-a", ".a", "..", "A", "a/b", "a b", "é", "a" * 64, "a\n"])
def test_ids_that_could_leave_their_folder_are_refused(slug: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Slug).validate_python(slug)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=5), max_size=3), max_size=4),
    st.dictionaries(st.sampled_from(("a", "budget", "scenes", "z")), st.lists(st.integers(), max_size=2)),
)
def test_a_long_list_is_hashed_item_by_item_to_the_same_digest(items: list[Any], others: dict[str, Any]) -> None:
    assert digest_of_many("brief", "products", iter(items), **others) == digest("brief", products=items, **others)
    assert digest_of_many("brief", "b", iter(items)) == digest("brief", b=items)
