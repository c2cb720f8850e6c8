"""Killed at random moments and started again, a run ends as if nothing had happened."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from foundry.object_store import SCRATCH, LocalStore
from tests.fakes import ROOT, product_picture

KILLS = 20


def start(folder: Path, root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.pipelines.build_once", str(folder), str(root)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "building\n"
    return process


def objects(root: Path) -> dict[str, bytes]:
    store = LocalStore(root)
    return {name: store.get(name) for name in store.list()}


def finish(folder: Path, root: Path) -> float:
    began = time.monotonic()
    process = start(folder, root)
    assert process.stdout is not None
    began = time.monotonic()
    assert process.stdout.read() == "built\n"
    assert process.wait(timeout=300) == 0
    return time.monotonic() - began


def test_twenty_kills_change_nothing(tmp_path: Path) -> None:
    product_picture(tmp_path / "serum.png")
    whole = finish(tmp_path, tmp_path / "undisturbed")
    chance = random.Random(7)
    cut = 0
    for _ in range(KILLS):
        process = start(tmp_path, tmp_path / "killed")
        time.sleep(chance.random() * whole * 0.6)
        cut += process.poll() is None
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
    finish(tmp_path, tmp_path / "killed")
    assert cut >= KILLS // 2
    assert objects(tmp_path / "killed") == objects(tmp_path / "undisturbed")
    assert list((tmp_path / "killed" / SCRATCH).iterdir()) == []


def test_two_runs_at_once_end_with_one_set_of_objects(tmp_path: Path) -> None:
    product_picture(tmp_path / "serum.png")
    finish(tmp_path, tmp_path / "alone")
    both = [start(tmp_path, tmp_path / "shared") for _ in range(2)]
    for process in both:
        assert process.communicate(timeout=300)[0] == "built\n"
        assert process.returncode == 0
    assert objects(tmp_path / "shared") == objects(tmp_path / "alone")
