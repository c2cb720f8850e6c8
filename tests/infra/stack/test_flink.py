"""The small pipeline on Flink, with two taskmanagers and with the one that is left when the other was killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.stack import Flink, JobServer
from tests.infra.stack.sums import expected, run

pytestmark = [pytest.mark.flink, pytest.mark.slow]


def test_two_taskmanagers(jobs: JobServer, tmp_path: Path):
    assert Flink(jobs.home).overview()["taskmanagers"] == 2
    assert run(jobs.options(parallelism=2), tmp_path / "sums") == expected()


def test_one_taskmanager_after_the_other_was_killed(jobs: JobServer, tmp_path: Path):
    flink = Flink(jobs.home)
    flink.kill("taskmanager-2")
    assert not flink.healthy()
    assert run(jobs.options(parallelism=1), tmp_path / "sums") == expected()
    flink.up()
    assert flink.healthy()
