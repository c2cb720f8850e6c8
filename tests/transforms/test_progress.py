"""Counts of all plans and of each."""

from __future__ import annotations

import threading

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


def test_counts_of_threads_are_all_there() -> None:
    own = progress.ProgressCounts()
    threads = [threading.Thread(target=lambda: [own.advance("shots", plan="a") for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert own.counts() == own.counts("a") == {"shots": 2000}


def test_a_count_that_was_read_does_not_change() -> None:
    own = progress.ProgressCounts()
    own.advance("shots")
    before = own.counts()
    own.advance("shots")
    assert (before, own.counts()) == ({"shots": 1}, {"shots": 2})
