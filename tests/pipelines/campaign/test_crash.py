"""Killed at random moments and started again, a run ends as if nothing had happened."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from foundry.store.object_store import SCRATCH
from tests.pipelines.campaign.build_once import build_once
from tests.support.briefs import product_picture
from tests.support.forking import forked
from tests.support.rounds import ROUNDS
from tests.support.spent_records import refuse_what_is_not_paid_once
from tests.support.stored import objects

pytestmark = pytest.mark.campaign

KILLS = 10 * ROUNDS
LONGEST_S = 300


@contextmanager
def start(folder: Path, root: Path) -> Iterator[tuple[BaseProcess, Connection]]:
    with forked(build_once, folder, root) as (process, told):
        assert told.poll(LONGEST_S)
        assert told.recv() == "building"
        yield process, told


def finish(folder: Path, root: Path) -> float:
    """Run to the end; the seconds of the run itself."""
    with start(folder, root) as (process, told):
        began = time.monotonic()
        is_built(process, told)
        return time.monotonic() - began


def is_built(process: BaseProcess, told: Connection) -> None:
    assert told.poll(LONGEST_S)
    assert told.recv() == "built"
    process.join(LONGEST_S)
    assert process.exitcode == 0


def test_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    product_picture(tmp_path / "serum.png")
    whole = finish(tmp_path, tmp_path / "undisturbed")
    wanted = objects(tmp_path / "undisturbed")
    chance, kills, campaigns = random.Random(7), 0, 0
    while kills < KILLS and campaigns < KILLS:
        root = tmp_path / f"killed-{campaigns}"
        for _ in range(4):
            with start(tmp_path, root) as (process, _):
                time.sleep(chance.random() * whole * 0.8)
                kills += process.is_alive()
                process.kill()
        finish(tmp_path, root)
        assert objects(root) == wanted
        refuse_what_is_not_paid_once(root)
        assert list((root / SCRATCH).iterdir()) == []
        campaigns += 1
    assert kills >= KILLS


def test_two_runs_at_once_end_with_one_set_of_objects(tmp_path: Path) -> None:
    product_picture(tmp_path / "serum.png")
    finish(tmp_path, tmp_path / "alone")
    with start(tmp_path, tmp_path / "shared") as one, start(tmp_path, tmp_path / "shared") as other:
        for each in (one, other):
            is_built(*each)
    assert objects(tmp_path / "shared") == objects(tmp_path / "alone")
    refuse_what_is_not_paid_once(tmp_path / "shared")
