"""The confusion of a judge counts what was taken for what."""

from __future__ import annotations

import pytest

from lab.training.scene_judge.scene_judge_training import SceneJudgeSchedule, confusion, train_judge


def test_confusion_counts_by_truth_and_leaves_out_zeros() -> None:
    table = confusion(["wood", "wood", "room"], ["wood", "marble", "room"], ["marble", "room", "wood"])
    assert table == {"marble": {}, "room": {"room": 1}, "wood": {"wood": 1, "marble": 1}}


def test_truth_and_found_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="shorter"):
        confusion(["wood", "wood"], ["wood"], ["wood"])


def test_a_tiny_training_repeats_bit_for_bit() -> None:
    schedule = SceneJudgeSchedule(pictures=4, steps=2, batch=2)
    first, again = (train_judge(schedule).state_dict() for _ in range(2))
    assert all((first[name] == again[name]).all() for name in first)
