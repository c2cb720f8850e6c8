"""Quotes of real campaigns against what was then measured, after one warm-up campaign."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from tests.support.quoting import QuotingFolder, small_masters
from tests.support.seeded_campaigns import a_warm_up, seeded_campaigns

NEAR = 0.2
"""A machine that others use tells a processor's time no better; `benchmarks/quoting.py` is run on a quiet one, with
twenty campaigns."""


@pytest.mark.slow
@pytest.mark.campaign
def test_ten_quotes_count_the_work_that_is_then_done_and_are_near_what_is_measured(tmp_path: Path) -> None:
    folder = QuotingFolder(tmp_path)
    with small_masters():
        folder.make({"placements": ["google/leaderboard"]}, tenant="northpeak")  # loads the libraries
        folder.make(a_warm_up())
        made = [folder.make(changes) for changes in seeded_campaigns(10)]
    for each in made:
        assert each.needed == each.done
        assert each.borne == each.recorded
    assert statistics.median(abs(each.difference) for each in made) < NEAR
    quoted, measured = (sum(amounts) for amounts in zip(*((e.quoted.amount, e.measured_s) for e in made), strict=True))
    assert quoted == pytest.approx(measured, rel=NEAR)
