"""Moves have values for moments, and refuse what cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest
from pydantic import ValidationError

from foundry.sets.move import MOVES, SetMove, SetMoveKind, moves_from


def test_every_kind_has_a_range_that_holds_its_own_values() -> None:
    assert set(MOVES) == set(get_args(SetMoveKind))
    for kind in get_args(SetMoveKind):
        move = SetMove(kind=kind)
        assert MOVES[kind].least <= Decimal(str(move.value_at(0))) <= MOVES[kind].most
        assert move.value_at(1) == float(MOVES[kind].end)


def test_a_turntable_turns_evenly_and_a_camera_sets_off_gently() -> None:
    turned = [SetMove(kind="turntable").value_at(at) for at in (0, 0.25, 0.5, 1)]
    assert turned == pytest.approx([0, 90, 180, 360])
    risen = [SetMove(kind="crane").value_at(at) for at in (0, 0.1, 0.5, 1)]
    assert risen[1] < 8 * 0.1 / 4
    assert risen[2:] == pytest.approx([4, 8])


def test_keys_hold_their_values_at_their_times_and_rest_before_and_after() -> None:
    keys = [{"at": "0.2", "value": "0"}, {"at": "0.6", "value": "0.3"}, {"at": "0.8", "value": "0.1"}]
    dolly = SetMove.model_validate({"kind": "dolly", "keys": keys})
    assert [dolly.value_at(at) for at in (0, 0.2, 0.4, 0.6, 0.8, 1)] == pytest.approx([0, 0, 0.15, 0.3, 0.1, 0.1])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"kind": "dolly", "end": "2"}, "2 is outside -1 to 0.6, share of its distance"),
        ({"kind": "orbit", "end": "9", "keys": [{"at": "0", "value": "1"}]}, "take the place of start, end and easing"),
        ({"kind": "orbit", "keys": [{"at": "0.5", "value": "1"}, {"at": "0.5", "value": "2"}]}, "times must rise"),
        ({"kind": "orbit", "easing": "bouncy"}, "'bouncy' is no easing curve"),
        ({"kind": "explode"}, "Input should be 'orbit'"),
    ],
)
def test_an_impossible_move_is_refused_with_a_sentence(said: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        SetMove.model_validate(said)


def test_names_of_moves_stand_for_moves_as_they_are_without_a_wish() -> None:
    assert moves_from(["snow", SetMove(kind="orbit")]) == (SetMove(kind="snow"), SetMove(kind="orbit"))
    assert [move.shown for move in moves_from(["snow", "turntable"])] == ["snow 1.0", "turntable 0.0 to 360.0"]
