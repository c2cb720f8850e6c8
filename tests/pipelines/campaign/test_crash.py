"""Killed at random moments and started again, a run ends as if nothing had happened."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from foundry.store.object_store import SCRATCH
from tests.support.briefs import ROOT, product_picture
from tests.support.rounds import ROUNDS
from tests.support.spent_records import refuse_what_is_not_paid_once
from tests.support.stored import objects

KILLS = 10 * ROUNDS


def start(folder: Path, root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.pipelines.campaign.build_once", str(folder), str(root)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "building\n"
    return process


def finish(folder: Path, root: Path) -> float:
    """Run to the end; the seconds of the run itself."""
    with start(folder, root) as process:
        began = time.monotonic()
        assert process.stdout is not None
        assert process.stdout.read() == "built\n"
        assert process.wait(timeout=300) == 0
        return time.monotonic() - began


def test_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    product_picture(tmp_path / "serum.png")
    whole = finish(tmp_path, tmp_path / "undisturbed")
    wanted = objects(tmp_path / "undisturbed")
    chance, kills, campaigns = random.Random(7), 0, 0
    while kills < KILLS and campaigns < KILLS:
        root = tmp_path / f"killed-{campaigns}"
        for _ in range(4):
            with start(tmp_path, root) as process:
                time.sleep(chance.random() * whole * 0.8)
                kills += process.poll() is None
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
        for process in (one, other):
            assert process.communicate(timeout=300)[0] == "built\n"
            assert process.returncode == 0
    assert objects(tmp_path / "shared") == objects(tmp_path / "alone")
    refuse_what_is_not_paid_once(tmp_path / "shared")
