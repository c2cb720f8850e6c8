"""The same small pipeline on Prism and on Flink, with one taskmanager and with two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry.stack import Flink, JobServer, running
from tests.infra.servers import needing
from tests.infra.sums import expected, run


class TestPrism:
    pytestmark = needing("prism")

    def test_a_shuffle(self, tmp_path: Path):
        with running("prism") as prism:
            assert run(prism.options(), tmp_path / "sums") == expected()


class TestFlink:
    pytestmark = needing("jobserver", pytest.mark.slow)

    @pytest.fixture(scope="class")
    def jobs(self) -> Iterator[JobServer]:
        with running("jobserver") as server:
            yield server

    def test_two_taskmanagers(self, jobs: JobServer, tmp_path: Path):
        assert Flink(jobs.home).overview()["taskmanagers"] == 2
        assert run(jobs.options(parallelism=2), tmp_path / "sums") == expected()

    def test_one_taskmanager_after_the_other_was_killed(self, jobs: JobServer, tmp_path: Path):
        flink = Flink(jobs.home)
        flink.kill("taskmanager-2")
        assert not flink.healthy()
        assert run(jobs.options(parallelism=1), tmp_path / "sums") == expected()
        flink.up()
        assert flink.healthy()
