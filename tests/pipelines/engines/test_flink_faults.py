"""Whatever is killed in the middle of a run on Flink, it ends with the embedded engine's objects, none drawn twice."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from infra.stack import Flink, JobServer
from infra.stack.server import get_json
from pipelines.engines.engine import choose_engine
from pipelines.engines.job_server import EngineLost, JobLost, JobServerLost
from tests.pipelines.engines.campaigns import Campaign, on_flink
from tests.support.waiting import until

asked = pytest.mark.skipif(not os.environ.get("FOUNDRY_FLINK_FAULTS"), reason="takes minutes; FOUNDRY_FLINK_FAULTS=1")
pytestmark = [pytest.mark.flink, pytest.mark.slow]

ALTERNATIVES, SECONDS = 3, 1.0


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("reference")
    return Campaign.of(folder, alternatives=ALTERNATIVES, seconds=0).build(choose_engine("embedded"))


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return Campaign.of(tmp_path, alternatives=ALTERNATIVES, seconds=SECONDS)


@pytest.fixture
def flink(jobs: JobServer) -> Iterator[Flink]:
    """The cluster; whole again when the test ends."""
    cluster = Flink(jobs.home)
    yield cluster
    cluster.up()
    jobs.up()


def kill_in_mid_run(campaign: Campaign, chance: random.Random, kill: Callable[[], None]) -> set[str]:
    """Kill at a random moment while shots are being drawn; the shots that were finished by then."""
    enough = chance.randint(1, len(campaign.shots()) // 2)
    until(lambda: len(campaign.finished()) >= enough, 240)
    time.sleep(chance.random() * SECONDS)
    finished = campaign.finished()
    kill()
    return finished


def last_job(flink: Flink) -> str:
    """The address of the job that was started last."""
    listed: Any = get_json(f"{flink.rest}/jobs/overview")["jobs"]
    return f"{flink.rest}/jobs/{max(listed, key=lambda each: each['start-time'])['jid']}"


def drawing_step(job: str) -> list[tuple[str, int]]:
    """(taskmanager, attempt) of the parts of a job's drawing step, as Flink tells it."""
    steps: Any = get_json(job)["vertices"]
    (step,) = (each["id"] for each in steps if re.search(r"[{ ]Masters[,}]", each["name"]))
    parts: Any = get_json(f"{job}/vertices/{step}")["subtasks"]
    return [(part["taskmanager-id"], part["attempt"]) for part in parts]


def cancel(job: str) -> None:
    """End a job that nobody waits for."""
    assert get_json(job)["state"] == "RUNNING"
    urlopen(Request(f"{job}?mode=cancel", method="PATCH"), timeout=30).close()
    until(lambda: get_json(job)["state"] == "CANCELED")


@pytest.mark.parametrize("lost", ["taskmanager", "python worker"])
def test_what_a_lost_worker_had_not_finished_is_made_and_nothing_else_is_drawn_again(
    lost: str, campaign: Campaign, reference: dict[str, bytes], jobs: JobServer, flink: Flink
):
    kill = {
        "taskmanager": lambda: flink.kill("taskmanager-2"),
        "python worker": lambda: kill_worker(campaign),
    }[lost]
    with ThreadPoolExecutor(1) as beside:
        killing = beside.submit(kill_in_mid_run, campaign, random.Random(f"lost {lost}"), kill)
        made = campaign.build(on_flink(jobs, parallelism=2))
    finished = killing.result()
    assert made == reference
    times = Counter(name for name, _ in campaign.drawn())
    assert 0 < len(finished) < len(campaign.shots())
    assert {name: times[name] for name in finished} == dict.fromkeys(finished, 1)
    assert max(times.values()) <= 2
    step = drawing_step(last_job(flink))
    assert all(attempt > 0 for _, attempt in step)
    left = {"taskmanager-1"} if lost == "taskmanager" else {"taskmanager-1", "taskmanager-2"}
    assert {taskmanager for taskmanager, _ in step} == left


@asked
def test_who_waits_for_a_lost_job_server_is_told_what_to_do_and_that_makes_what_is_missing(
    campaign: Campaign, reference: dict[str, bytes], jobs: JobServer, flink: Flink
):
    with lost_in_mid_run(campaign, jobs, "lost job server", jobs.kill, JobServerLost) as told:
        assert told.startswith(f"the job server {jobs.endpoint} does not answer (UNAVAILABLE)")
        assert "Start the job server and repeat the same command" in told
        cancel(last_job(flink))  # Flink went on with it; without this, two jobs would make the same objects at once
        jobs.up()
    assert campaign.objects() == reference


@asked
def test_a_job_that_its_jobmanager_took_with_it_is_told_from_one_that_failed(
    campaign: Campaign, reference: dict[str, bytes], jobs: JobServer, flink: Flink
):
    with lost_in_mid_run(campaign, jobs, "lost jobmanager", lambda: flink.kill("jobmanager"), JobLost) as told:
        assert told.startswith(f"the engine behind the job server {jobs.endpoint} lost the job (java.net.Connect")
        assert "Once the engine is up, repeat the same command" in told
        flink.up()
    assert campaign.objects() == reference


@contextmanager
def lost_in_mid_run(
    campaign: Campaign, jobs: JobServer, word: str, kill: Callable[[], None], error: type[EngineLost]
) -> Iterator[str]:
    """A run that loses something and is told so; the block mends it; then a second run draws what is missing."""
    where = on_flink(jobs, parallelism=2)
    with ThreadPoolExecutor(1) as beside:
        killing = beside.submit(kill_in_mid_run, campaign, random.Random(word), kill)
        with pytest.raises(error) as lost:
            campaign.build(where)
    yield str(lost.value)
    finished = campaign.finished()
    assert killing.result() <= finished <= campaign.shots()
    campaign.build(where)
    times = Counter(name for name, _ in campaign.drawn())
    assert {name: times[name] for name in finished} == dict.fromkeys(finished, 1)


@asked
def test_without_the_restart_strategy_a_lost_worker_ends_the_job(campaign: Campaign, jobs: JobServer, flink: Flink):
    flink.down()
    Flink(jobs.home, restart={}).up()
    with ThreadPoolExecutor(1) as beside:
        kill = partial(kill_in_mid_run, campaign, random.Random("no restart"), lambda: kill_worker(campaign))
        killing = beside.submit(kill)
        with pytest.raises(RuntimeError, match="FAILED"):
            campaign.build(on_flink(jobs, parallelism=2))
    assert killing.result() <= campaign.finished()
    flink.down()  # the next one is started with its own settings


def kill_worker(campaign: Campaign) -> None:
    """The Python worker that drew last."""
    os.kill(campaign.drawn()[-1][1], signal.SIGKILL)
