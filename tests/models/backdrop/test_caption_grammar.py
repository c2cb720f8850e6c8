"""Captions have one form, and mirror by exchanging left and right."""

from __future__ import annotations

import pytest

from models.backdrop.caption_grammar import caption, mirror_side
from models.backdrop.colours import colour_words

PALETTE = ("#EFDFC2", "#D8B98A", "#C4633F")


@pytest.mark.parametrize("kind", ["snow", "wood"])
def test_a_caption_is_always_seventeen_words(kind: str) -> None:
    assert len(caption(kind, "top", "top", PALETTE).split()) == 17


def test_every_part_stands_behind_its_name() -> None:
    words = caption("snow", "left", "right", PALETTE).split()
    assert words[:5] == ["snow", "light", "left", "room", "right"]
    for at, (role, colour) in enumerate(zip(("wall", "floor", "accent"), PALETTE, strict=True)):
        assert words[5 + 4 * at : 9 + 4 * at] == [role, *colour_words(colour).split()]


@pytest.mark.parametrize(("side", "mirrored"), [("left", "right"), ("right", "left"), ("top", "top")])
def test_left_and_right_change_places_and_the_top_stays(side: str, mirrored: str) -> None:
    assert mirror_side(side) == mirrored
    assert mirror_side(mirrored) == side
