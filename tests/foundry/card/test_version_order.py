"""Versions sort from the oldest to the newest, and a pre-release comes before its release."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.card.version_order import version_key

ORDERED = [
    ["1.9", "1.10", "2", "9", "10"],
    ["2.0-alpha", "2.0-alpha.1", "2.0-beta", "2.0-rc1", "2.0-rc2", "2.0-rc10", "2.0", "2.0.1-rc1", "2.0.1"],
    ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"],
    ["1.9", "2.0rc1", "2", "2.1"],
    ["2", "2.0", "2.0.0", "2.0.1"],
    ["2024-05-01", "2024-05-02", "2024-12-01", "2025"],
    ["1.0", "1.0+cpu", "1.0+cuda", "1.1"],
    ["experiment", "1", "v2", "v10"],
    ["RC", "RC1", "1"],
]


@pytest.mark.parametrize("versions", ORDERED, ids=lambda versions: versions[0])
def test_versions_sort_from_the_oldest_to_the_newest(versions: list[str]) -> None:
    mixed = random.Random(7).sample(versions, len(versions))
    assert sorted(mixed, key=version_key) == versions


def test_a_pre_release_is_older_than_its_release_however_it_is_written() -> None:
    for pre in ("2.0-rc1", "2.0rc1", "2.0.rc1", "2-rc1", "v2.0-RC1"):
        assert version_key("1.9.9") < version_key(pre) < version_key("2.0"), pre
        assert version_key(pre) < version_key("2"), pre


VERSIONS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,12}", fullmatch=True)


@settings(max_examples=50, deadline=None)
@given(st.lists(VERSIONS, min_size=2, max_size=6, unique=True))
def test_any_versions_that_a_card_may_have_are_in_one_strict_order(versions: list[str]) -> None:
    ordered = sorted(versions, key=version_key)
    assert all(version_key(a) < version_key(b) for a, b in itertools.pairwise(ordered))
