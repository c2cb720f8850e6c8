"""Twins differ in their scene alone."""

from __future__ import annotations

import dataclasses
from collections import Counter

from lab.renders.recipes import held_back
from lab.renders.scenes import SCENES
from lab.training.backdrop.schedule import SIZES
from lab.training.backdrop.twins import TWINS, twin_recipes


def test_twins_share_all_but_their_scene_and_show_no_held_back_wall() -> None:
    pairs = twin_recipes(len(TWINS) * len(SIZES), 5)
    for first, second in pairs:
        assert dataclasses.replace(first, kind=second.kind) == second
        assert first.kind != second.kind
        assert not held_back(first.kind, first.wall)
        assert not held_back(second.kind, second.wall)


def test_every_kind_of_twins_appears_at_every_size() -> None:
    pairs = twin_recipes(len(TWINS) * len(SIZES), 5)
    found = Counter((first.kind, second.kind, (first.width_px, first.height_px)) for first, second in pairs)
    assert set(found) == {(*kinds, size) for kinds in TWINS for size in SIZES}
    assert {kind for kinds in TWINS for kind in kinds} <= set(SCENES)


def test_a_seed_fixes_the_twins() -> None:
    assert twin_recipes(9, 5) == twin_recipes(9, 5) != twin_recipes(9, 6)
