"""`foundry stack`, as somebody types it, where no server runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console.cli import app
from console.exit_codes import Exit
from console.stack import stack_app
from infra.stack import SERVERS, NotFetched, StackHome, StackRefused, cache_folder, environment, find_server
from infra.stack import down as stop
from infra.stack.processes import start
from pipelines.engines.engine import engine_settings


def typed(*words: str | Path) -> str:
    done = CliRunner().invoke(stack_app, list(map(str, words)))
    if done.exception:
        raise done.exception
    return done.stdout


def test_a_new_stack_has_every_server_and_none_is_up(tmp_path: Path) -> None:
    told = [json.loads(line) for line in typed("status", "--json", "--home", tmp_path).splitlines()]
    assert [server["name"] for server in told] == list(SERVERS)
    assert {(server["state"], server["memory_mb"], server["address"]) for server in told} == {("down", 0, "")}
    assert [line.split()[:2] for line in typed("status", "--home", tmp_path).splitlines()] == [
        [name, "down"] for name in SERVERS
    ]


def test_what_is_down_has_no_address_and_nothing_is_stopped(tmp_path: Path) -> None:
    assert typed("env", "--home", tmp_path) == ""
    assert typed("down", "--home", tmp_path) == "0 process(es) stopped\n"


def test_a_server_that_was_not_fetched_is_not_started(tmp_path: Path) -> None:
    with pytest.raises(NotFetched, match="foundry stack fetch prism"):
        typed("up", "prism", "--home", tmp_path, "--cache", tmp_path / "cache")


@pytest.mark.parametrize("command", [["up"], ["down"], ["logs"], ["fetch"]])
def test_a_server_that_there_is_not_is_refused(tmp_path: Path, command: list[str]) -> None:
    where = [] if command == ["fetch"] else ["--home", str(tmp_path)]
    with pytest.raises(StackRefused, match="rabbit: is no server of the stack; there are kafka, gcs"):
        typed(*command, "rabbit", *where)


def test_the_last_lines_of_every_log_are_printed(tmp_path: Path) -> None:
    for role in ("jobmanager", "taskmanager-1"):
        log = StackHome(tmp_path, tmp_path).log("flink", role)
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(f"{role} {number}\n" for number in range(50)))
    said = typed("logs", "flink", "--home", tmp_path, "--lines", "2")
    assert [line for line in said.splitlines() if not line.startswith("==")] == [
        "jobmanager 48", "jobmanager 49", "taskmanager-1 48", "taskmanager-1 49",
    ]  # fmt: skip


@pytest.mark.kafka
def test_what_env_prints_is_what_the_commands_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = StackHome(tmp_path, cache_folder())
    try:
        typed("up", "kafka", "--home", tmp_path)
        exported = dict(
            line.removeprefix("export ").split("=") for line in typed("env", "--home", tmp_path).split("\n")[:-1]
        )
        assert list(exported) == ["FOUNDRY_BOOTSTRAP"]
        for key, value in exported.items():
            monkeypatch.setenv(key, value)
        done = CliRunner().invoke(app, ["topics", "create"])
        assert done.exit_code == 0, done.output
        assert "created  campaign.briefs" in done.output
    finally:
        stop((), home)


def test_a_server_that_was_started_and_does_not_work_ends_status_with_4(tmp_path: Path) -> None:
    home = StackHome(tmp_path, tmp_path)
    start(home, "gcs", "server", [sys.executable, "-c", "import time; time.sleep(60)"], {})
    try:
        done = CliRunner().invoke(stack_app, ["status", "--home", str(tmp_path)])
        assert "gcs        broken" in done.stdout
        assert done.exit_code == Exit.OUTAGE
    finally:
        stop((), home)


def test_env_names_a_file_with_the_endpoints_of_the_running_engines(tmp_path: Path) -> None:
    home = StackHome(tmp_path, tmp_path)
    for server, role in (("prism", "runner"), ("jobserver", "server")):
        start(home, server, role, [sys.executable, "-c", "import time; time.sleep(60)"], {})
    try:
        variables = environment(home)
        settings = engine_settings(Path(variables["FOUNDRY_ENGINE_CONFIG"]))
        assert settings.prism.job_endpoint == find_server("prism", home).address()
        assert settings.flink
        assert settings.flink.job_endpoint == find_server("jobserver", home).address()
    finally:
        stop((), home)
