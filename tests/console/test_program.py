"""The program as a script uses it: exit codes, one sentence, no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from console.exit_codes import Exit
from tests.support.briefs import EXAMPLES, ROOT


def foundry(
    *words: str | Path, cwd: Path = ROOT, stdout: int = subprocess.PIPE, **variables: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "console.program", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=100, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
    )  # fmt: skip


def test_the_version_is_told_with_those_of_the_libraries() -> None:
    done = foundry("--version")
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert (done.returncode, done.stderr) == (0, "")
    assert told["foundry"] == "0.1.0"
    assert told["python"].count(".") == 2
    assert {"apache-beam", "torch"} < set(told)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["plan", "/no/such/brief.yaml"], Exit.REFUSED, "no such file"),
        (["plan"], Exit.REFUSED, "Missing argument"),
        (["nothing"], Exit.REFUSED, "No such command"),
        (["channels", "check", __file__], Exit.REFUSED, ""),
        (["channels", "check", str(EXAMPLES / "aurelle-spring-glow.yaml"), "--json"], Exit.REFUSED, ""),
        (["channels", "list", "--family", "nothing"], Exit.REFUSED, "no placement is of the family 'nothing'"),
        (["models", "show", "nothing"], Exit.REFUSED, "nothing"),
        (["dead", "list", "--bootstrap", "127.0.0.1:9", "--kafka-config", "kafka.yaml"], Exit.OUTAGE, "127.0.0.1:9"),
    ],
)
def test_each_kind_of_end_has_its_code(words: list[str], code: Exit, said: str, tmp_path: Path) -> None:
    (tmp_path / "kafka.yaml").write_text("timeout_s: 1")
    done = foundry(*words, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_output_that_cannot_be_written_is_an_outage() -> None:
    with Path("/dev/full").open("w") as full:
        done = foundry("channels", "list", stdout=full.fileno())
    assert done.returncode == Exit.OUTAGE
    assert done.stderr.startswith("no space left on device")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_leaves_early_is_one_line() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = foundry("channels", "list", stdout=writing)
    os.close(writing)
    assert done.returncode == Exit.OUTAGE
    assert done.stderr.splitlines() == ["broken pipe; the program that read this output has ended"]


@pytest.mark.parametrize("kind", ["full", "read-only"])
def test_a_disk_that_takes_nothing_is_one_sentence(kind: str, tmp_path: Path) -> None:
    target = "/dev/full" if kind == "full" else "/proc/sys/kernel/x"
    done = foundry("brief", "adopt", EXAMPLES / "aurelle-spring-glow.yaml", "--output", target)
    assert done.returncode in (Exit.OUTAGE, Exit.REFUSED, Exit.NOT_ALLOWED)
    assert "Traceback" not in done.stderr


def test_a_bug_shows_its_traceback_only_on_demand(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import console.listing as l; l.print_models = lambda *a: {}['x']")
    for variables, traceback in ({}, False), ({"FOUNDRY_TRACEBACK": "1"}, True):
        done = foundry("models", "list", **variables, PYTHONPATH=f"{tmp_path}:{ROOT}")
        assert done.returncode == Exit.BUG
        assert ("Traceback" in done.stderr) is traceback
        assert "internal error in console/models.py" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        ["topics", "list"], ["channels"], ["channels", "list"], ["models"], ["models", "list"], ["config", "show"],
        ["layouts", "list"], ["stack", "status"],
    ],
)  # fmt: skip
def test_what_a_script_reads_is_json(words: list[str]) -> None:
    done = foundry(*words, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(
        json.loads(line) for line in (done.stdout.splitlines() if words == ["stack", "status"] else [done.stdout])
    )


def test_the_help_lists_the_codes() -> None:
    said = " ".join(foundry("--help", COLUMNS="200").stdout.split())
    for code in Exit:
        assert f" {code.value} " in said


@pytest.fixture
def nowhere(tmp_path: Path) -> list[str]:
    """Options of a `serve` whose broker does not answer."""
    for folder in ("tenants", "files"):
        (tmp_path / folder).mkdir()
    (tmp_path / "kafka.yaml").write_text("{bootstrap: '127.0.0.1:9', timeout_s: 1}")
    options = {"store": "store", "tenants": "tenants", "files": "files", "kafka-config": "kafka.yaml"}
    return ["serve", *(word for name, path in options.items() for word in (f"--{name}", str(tmp_path / path)))]


def test_a_service_says_in_json_alone_why_it_does_not_start(nowhere: list[str]) -> None:
    done = foundry(*nowhere, "--patience", "2")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert (done.returncode, done.stdout) == (Exit.OUTAGE, "")
    assert {"time", "level", "logger", "message"} <= set.intersection(*(set(line) for line in lines))
    assert (lines[-1]["logger"], lines[-1]["exit_code"]) == ("foundry.console", Exit.OUTAGE)
    assert any(line["logger"].startswith("kafka") for line in lines)
    assert "127.0.0.1:9" in lines[-1]["message"]


@pytest.mark.parametrize(("words", "said"), [([], "Missing option"), (["--patience", "x"], "--patience")])
def test_a_wrong_usage_of_serve_is_a_line_of_json(words: list[str], said: str, nowhere: list[str]) -> None:
    done = foundry(*(nowhere[:1] if not words else nowhere), *words)
    (line,) = [json.loads(each) for each in done.stderr.splitlines()]
    assert (done.returncode, line["exit_code"]) == (Exit.REFUSED, Exit.REFUSED)
    assert said in line["message"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_service_that_waits_for_its_broker_is_drained_at_once(number: signal.Signals, nowhere: list[str]) -> None:
    command = [sys.executable, "-m", "console.program", *nowhere, "--patience", "300"]
    heard = partial(signal.signal, signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=heard  # noqa: PLW1509
    ) as running:  # fmt: skip
        assert running.stderr
        first = running.stderr.readline()
        running.send_signal(number)
        lines = [json.loads(line) for line in [first, *running.stderr.read().splitlines()]]
        assert running.wait(30) == Exit.DONE
    assert {"time", "level", "logger", "message"} <= set.intersection(*(set(line) for line in lines))
