"""The words of a clip's prompt choose what moves in a set."""

from __future__ import annotations

import pytest

from foundry.sets.move_words import moves_of


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Morning light wanders over the plaster, the camera drifts closer", ["light-sweep", "dolly"]),
        ("The mug turns on a turntable while the camera pushes in", ["turntable", "dolly"]),
        ("the camera orbits the product", ["orbit"]),
        ("The camera moves slowly around the bottle", ["orbit"]),
        ("Petals fall, leaves sway in the breeze", ["petals", "leaves"]),
        ("Snow falling softly", ["snow"]),
        ("slow crane up", ["crane"]),
        ("the bottle comes into focus", ["focus-pull"]),
        ("waves roll, the camera glides forward", ["water", "dolly"]),
        ("sweeping light", ["light-sweep"]),
    ],
)
def test_a_prompt_names_its_moves_in_its_order(text: str, kinds: list[str]) -> None:
    assert [move.kind for move in moves_of(text).moves] == kinds


def test_backwards_is_backwards() -> None:
    assert moves_of("the camera pulls back").moves[0].value_at(1) < 0
    assert moves_of("the camera sinks").moves[0].value_at(1) < 0


def test_what_a_set_cannot_do_is_named_and_without_a_move_the_camera_comes_closer() -> None:
    words = moves_of("Two astronauts dance on the moon")
    assert [move.kind for move in words.moves] == ["dolly"]
    assert not words.named
    assert words.ignored == ("two", "astronauts", "dance", "moon")


def test_words_that_were_understood_are_not_reported() -> None:
    assert moves_of("Petals fall gently while the camera orbits the product").ignored == ()


def test_long_prompts_are_read_in_linear_time() -> None:
    assert moves_of("the camera drifts " * 5_000).ignored == ("drifts",)
