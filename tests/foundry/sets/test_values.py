"""A brief's values take the place of a set's own, by their path in its file."""

from __future__ import annotations

from decimal import Decimal

import pytest

from foundry.errors import Unusable
from foundry.sets.set_file import SetFile
from foundry.sets.values import with_values

SET = SetFile.model_validate(
    {
        "id": "steps", "version": 1, "title": "Steps",
        "ground": {"shape": "sweep", "options": {"back": [2, 3], "edge": "round"}},
        "wall": None,
        "parts": [{"shape": "cylinder", "size": [1, 1, [0.2, 0.4]], "carries": True}],
        "light": {"key": {"turn_deg": [45, 65]}},
    }
)  # fmt: skip


def test_a_value_takes_the_place_of_a_number_a_range_or_a_word() -> None:
    made = with_values(
        SET,
        {"lens.focal_mm": "85", "parts.0.size.2": "0.3", "light.key.gobo": "leaves", "ground.options.back": "2.5"},
    )
    assert made.lens.focal_mm == 85
    assert made.parts[0].size[2] == Decimal("0.3")
    assert made.light.key is not None
    assert made.light.key.gobo == "leaves"
    assert made.ground.options == {"back": Decimal("2.5"), "edge": "round"}
    assert made.digest != SET.digest


def test_a_shapes_option_may_be_given_that_the_file_leaves_out() -> None:
    assert with_values(SET, {"parts.0.options.bevel": "0.02"}).parts[0].options == {"bevel": Decimal("0.02")}


def test_without_values_a_set_is_itself() -> None:
    assert with_values(SET, {}) is SET
    assert with_values(SET, {"light.key.strength": "1"}).digest == SET.digest


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("lens.focal", "85", "is no value of set steps; did you mean lens.focal_mm"),
        ("wall.distance", "3", "is no value of set steps"),
        ("parts.1.turn_deg", "3", "is no value of set steps; did you mean parts.0.turn_deg"),
        ("parts.0", "3", "is no value of set steps"),
        ("parts", "3", "is no value of set steps"),
        ("light.key", "3", "is no value of set steps"),
        ("id", "other", "is no value of set steps"),
        ("words.0", "other", "is no value of set steps"),
        ("parts.0.size.-1", "1", "is no value of set steps"),
        ("light.fill.more", "1", "is no value of set steps"),
        ("lens.focal_mm", "wide", "cannot be 'wide' in set steps"),
        ("lens.focal_mm", "9000", "cannot be '9000' in set steps"),
        ("parts.0.chance", "2", "cannot be '2' in set steps"),
    ],
)
def test_a_path_or_value_that_does_not_fit_gets_a_sentence(path: str, value: str, said: str) -> None:
    with pytest.raises(Unusable) as refused:
        with_values(SET, {path: value})
    assert str(refused.value).startswith(f"{path} {said}")


def test_a_set_is_read_back_from_json_as_it_was() -> None:
    read = SetFile.model_validate_json(SET.model_dump_json(exclude_defaults=True))
    assert read == SET
    assert read.digest == SET.digest
    assert SetFile.model_validate_json(SET.model_dump_json()) == SET
