"""The fast set is a part of every room's tests, and what it names exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTED = [line for line in (ROOT / "tests" / "fast.txt").read_text().splitlines() if not line.startswith("#")]


def test_what_the_fast_set_names_exists_once() -> None:
    assert [name for name in LISTED if not (ROOT / name).exists()] == []
    assert sorted(set(LISTED)) == LISTED


def test_every_room_is_in_the_fast_set() -> None:
    rooms = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["packages"]
    assert {name.split("/")[1] for name in LISTED} >= set(rooms)


def test_the_fast_set_leaves_out_what_starts_a_server_a_browser_or_a_campaign() -> None:
    makefile = (ROOT / "Makefile").read_text()
    (chosen,) = re.findall(r'-m "not \((.+)\)"', makefile)
    assert {"browser", "campaign", "flink", "gcs", "kafka", "prism", "slow"} <= set(chosen.split(" or "))
