"""What the stack owns, finds again and refuses, with real processes but no server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infra.stack import (
    Gcs,
    NotFetched,
    NotReady,
    StackHome,
    StackRefused,
    down,
    processes,
)
from infra.stack.control import with_dependencies
from infra.stack.home import MARK, StartedProcess, port_is_taken
from infra.stack.server import Role
from tests.support.waiting import until

SLEEP = (sys.executable, "-c", "import time; print('asleep', flush=True); time.sleep(60)")


HALF_DEAD = """
import ctypes, socket, sys, threading, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
threading.Thread(target=time.sleep, args=(60,)).start()
ctypes.CDLL(None).pthread_exit(None)
"""  # its first thread ends, as that of a killed process does before the others; the port stays taken


@pytest.fixture
def home(tmp_path: Path) -> StackHome:
    return StackHome(tmp_path / "stack", tmp_path / "cache")


def test_a_process_is_stopped_and_its_successor_in_the_pid_is_not(home: StackHome):
    started = processes.start(home, "kafka", "broker", SLEEP, {})
    foreign = StartedProcess(pid=started.pid, started=started.started - 100, role="broker")
    processes.stop(foreign)
    assert processes.is_alive(started)
    processes.stop(started)
    assert not processes.is_alive(started)


def test_a_process_lives_until_its_last_thread_ends_and_then_its_port_is_free(home: StackHome):
    port = home.port("kafka.client")
    started = processes.start(home, "kafka", "broker", (sys.executable, "-c", HALF_DEAD, str(port)), {})
    leader = psutil.Process(started.pid)
    until(lambda: leader.status() == psutil.STATUS_ZOMBIE, 30)
    assert port_is_taken(port)
    assert processes.is_alive(started)
    processes.send(started, signal.SIGKILL)
    processes.stop(started, 5)
    assert not processes.is_alive(started)
    assert not port_is_taken(port)


def test_down_finds_a_process_that_no_state_file_knows(home: StackHome):
    home.folder.mkdir()
    orphan = subprocess.Popen(SLEEP, env={**os.environ, MARK: str(home.folder.resolve())}, stdout=subprocess.DEVNULL)
    assert down((), home) == 1
    orphan.wait(10)
    assert not psutil.pid_exists(orphan.pid)


def test_ports_are_remembered(home: StackHome):
    first = home.port("kafka.client")
    assert StackHome(home.folder, home.cache).port("kafka.client") == first
    assert home.port("kafka.controller") != first


def test_a_broken_state_file_is_refused(home: StackHome):
    home.folder.mkdir()
    home.state_file.write_text('{"ports": {}, "surprise": 1}')
    with pytest.raises(StackRefused, match="cannot be read"):
        home.read()


def test_nothing_starts_that_was_not_fetched(home: StackHome):
    with pytest.raises(NotFetched, match="foundry stack fetch gcs"):
        Gcs(home).up()
    assert Gcs(home).running_processes() == ()


class Dying(Gcs):
    def roles(self) -> tuple[Role, ...]:
        return (Role("server", (sys.executable, "-c", "raise SystemExit('the disk is full')")),)


def test_a_server_that_dies_is_reported_with_its_last_words(home: StackHome):
    with pytest.raises(NotReady) as refused:
        Dying(home).up()
    assert "gcs is not ready: its process ended" in str(refused.value)
    assert "the disk is full" in str(refused.value)
    Dying(home).down()


def test_needs_come_first():
    assert with_dependencies(["jobserver"]) == ("flink", "workers", "jobserver")
    with pytest.raises(StackRefused, match="there are kafka"):
        with_dependencies(["rabbit"])
