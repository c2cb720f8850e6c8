"""Quotes of real campaigns against what was then measured, after one warm-up campaign."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from tests.support.quoting import QuotingFolder, small_masters
from tests.support.seeded_campaigns import a_warm_up, seeded_campaigns

NEAR = 0.1


@pytest.mark.slow
@pytest.mark.campaign
def test_twenty_quotes_are_near_what_was_then_measured_and_manifests_bear_all_of_it(tmp_path: Path) -> None:
    """The processor's clock is no exact one on a machine that others use, so single small campaigns may be off."""
    folder = QuotingFolder(tmp_path)
    with small_masters():
        folder.make({"placements": ["google/leaderboard"]}, tenant="northpeak")  # loads the libraries
        folder.make(a_warm_up())
        made = [folder.make(changes) for changes in seeded_campaigns(20)]
    for each in made:
        print(
            f"{each.campaign:>4} {each.shots:3} shots {each.files:4} files: quoted {each.quoted.amount:6.2f} s "
            f"± {each.quoted.error:4.2f}, measured {each.measured_s:6.2f} s, {each.difference:+.1%}"
        )
    assert all(each.borne == each.recorded for each in made)
    assert statistics.median(abs(each.difference) for each in made) < NEAR
    quoted, measured = (sum(amounts) for amounts in zip(*((e.quoted.amount, e.measured_s) for e in made), strict=True))
    assert quoted == pytest.approx(measured, rel=NEAR)
