"""The judge's renders show every scene in turn, at the judge's scale."""

from __future__ import annotations

import numpy as np

from lab.renders.scenes import SCENES
from lab.training.scene_judge.labelled_renders import KEPT_PX, SIZES, kinds, labelled_renders


def test_scenes_come_in_turn_at_a_short_edge_of_the_kept_size() -> None:
    made = labelled_renders(len(SIZES) * 2, 1)
    assert [one.kind for one in made] == [kind for kind in list(SCENES)[:2] for _ in SIZES]
    assert {min(one.picture.shape[:2]) for one in made} == {KEPT_PX}


def test_another_seed_gives_other_accidents() -> None:
    first, second = (labelled_renders(1, seed)[0].picture for seed in (1, 2))
    assert not np.array_equal(first, second)


def test_the_kinds_are_all_scenes_in_a_fixed_order() -> None:
    assert list(kinds()) == sorted(SCENES)
