"""Documents can be read as they are written, by the rules and within the limits of the strict reader."""

from __future__ import annotations

import pytest

from foundry.documents.written import Written, written_json, written_yaml
from foundry.errors import Problem


def test_yaml_keeps_the_text_of_values_and_keys() -> None:
    (found,) = written_yaml("no: 1.50\n1: [on, ~, 'x']\n", "b.yaml")
    assert found == {
        "no": Written("1.50", "number", 1),
        "1": [Written("on", "text", 2), Written("~", "nothing", 2), Written("x", "text", 2)],
    }


def test_json_keeps_the_digits_of_numbers_and_the_lines() -> None:
    assert written_json('{"a": 1.50,\n"b": [true, null]}', "b.json") == {
        "a": Written("1.50", "number", 1),
        "b": [Written("true", "boolean", 2), Written("null", "nothing", 2)],
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\n", "anchors"),
        ("a: 1\na: 2\n", "stands twice"),
        ("a: !!int 1\n", "tags"),
        ("<<: {a: 1}\n", "merge keys"),
        ("[" * 60, "nested deeper"),
    ],
)
def test_the_strict_readers_rules_hold(text: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        written_yaml(text, "b.yaml")


def test_a_number_of_too_many_digits_is_refused() -> None:
    with pytest.raises(Problem, match="a number has 200 characters"):
        written_json("1" * 200, "b.json")
