"""A set in a plan: what enters its digest, and where its light comes from."""

from __future__ import annotations

from typing import Any

import pytest

from foundry.sets.placed import PlacedSet
from foundry.sets.set_file import SetFile

FILE = SetFile.model_validate({"id": "plain", "version": 1, "title": "Plain"})
PLACED = PlacedSet(scene="one", set=FILE, wall="#112233", floor="#445566", accent="#778899")


@pytest.mark.parametrize(
    "changed",
    [
        {"wall": "#000000"},
        {"light": "right"},
        {"light_named": True},
        {"word": "podium"},
        {"set": FILE.model_copy(update={"version": 2})},
        {"files": {"props/vase.glb": "0" * 64}},
    ],
)
def test_all_that_changes_the_picture_is_in_the_digest(changed: dict[str, Any]) -> None:
    assert PLACED.model_copy(update=changed).digest != PLACED.digest


@pytest.mark.parametrize("changed", [{"scene": "two"}, {"ignored": ("glow",)}])
def test_the_scenes_id_and_the_unread_words_are_not(changed: dict[str, Any]) -> None:
    assert PLACED.model_copy(update=changed).digest == PLACED.digest


def test_light_that_nobody_placed_is_mirrored_with_the_composition_and_named_light_is_not() -> None:
    assert [PLACED.light_in(mirrored) for mirrored in (False, True)] == ["left", "right"]
    named = PLACED.model_copy(update={"light_named": True})
    assert [named.light_in(mirrored) for mirrored in (False, True)] == ["left", "left"]
    above = PLACED.model_copy(update={"light": "top"})
    assert [above.light_in(mirrored) for mirrored in (False, True)] == ["top", "top"]
