"""Counts of all plans and of each."""

from __future__ import annotations

from transforms import progress


def test_counts_of_a_plan_are_part_of_all_counts() -> None:
    progress.reset()
    progress.advance("variants", 2, plan="a")
    progress.advance("variants", plan="b")
    progress.advance("variants", 4)
    assert progress.counts() == {"variants": 7}
    assert progress.counts("a") == {"variants": 2}
    assert progress.counts("unknown") == {}
    progress.reset()
    assert progress.counts() == progress.counts("a") == {}
