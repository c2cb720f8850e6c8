"""Accepted alternatives are remembered by group, within bounds, and compared with later ones."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from foundry.colour import BT709
from models.screening import alternatives
from models.screening.alternatives import AcceptedDrawings, group_of, judge_duplicate
from models.screening.context import ScreenContext
from models.screening.fingerprint import fingerprint
from tests.support.drawings import order, photograph, scene

LIMIT = Decimal(10)


def luma(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(pixels.astype(np.float32) / 255 @ BT709, np.float32)


def test_only_smaller_numbers_of_the_same_group_are_compared() -> None:
    accepted = AcceptedDrawings(ScreenContext())
    for number in (0, 2, 3):
        accepted.add(order(number), str(number))
    accepted.add(order(1, scene=1), "other scene")
    assert accepted.before(order(3)) == {0: "0", 2: "2"}
    assert accepted.before(order(0)) == {}
    assert accepted.before(order(3, tenant="northpeak")) == {}


@pytest.mark.parametrize(
    "changes", [{"tenant": "b"}, {"plan": "b"}, {"subject": 1}, {"scene": 1}, {"bucket": "story"}, {"mirrored": True}]
)
def test_a_group_is_one_shot_of_one_tenant(changes: dict[str, object]) -> None:
    assert group_of(order(0)) == group_of(order(5))
    assert group_of(order(0)) != group_of(order(0, **changes))


def test_the_memory_is_bounded_and_drops_the_groups_unused_for_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alternatives, "GROUPS_KEPT", 2)
    accepted = AcceptedDrawings(ScreenContext())
    accepted.add(order(0, scene=0), "a")
    accepted.add(order(0, scene=1), "b")
    accepted.add(order(1, scene=0), "c")
    accepted.add(order(0, scene=2), "d")
    assert accepted.before(order(2, scene=0)) == {0: "a", 1: "c"}
    assert accepted.before(order(1, scene=1)) == {}


def test_a_mirrored_copy_is_a_duplicate_and_the_nearest_one_is_named() -> None:
    first, second = luma(photograph()), luma(scene())
    earlier = {0: fingerprint(second), 1: fingerprint(np.ascontiguousarray(first[:, ::-1]))}
    check = judge_duplicate(first, earlier, LIMIT)
    assert not check.passed
    assert check.measured.startswith("0 of 256 bits differ from alternative 1")
    assert judge_duplicate(luma(photograph("coffee")), earlier, LIMIT).passed


def test_without_an_earlier_one_nothing_is_a_duplicate() -> None:
    check = judge_duplicate(luma(scene()), {}, LIMIT)
    assert check.passed
    assert check.measured == "no earlier alternative was accepted"


def test_of_two_equally_near_the_smaller_number_is_named() -> None:
    mark = fingerprint(luma(scene()))
    assert "alternative 2" in judge_duplicate(luma(scene()), {4: mark, 2: mark}, LIMIT).measured
