"""The base class of the stack's servers: start, readiness, faults for tests, and stop."""

from __future__ import annotations

import shutil
import signal
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from infra.stack import processes
from infra.stack.errors import NotReady, StackRefused
from infra.stack.fetching import fetched_folder, missing_tools
from infra.stack.home import StackHome, StartedProcess


class NotYet(Exception):
    """The server is not ready; the message says what is missing."""


@dataclass(frozen=True)
class Role:
    """One process of a server: its name, its command, and additions to the environment."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass
class Server(ABC):
    """One server of a stack. A subclass gives its commands, ports, dependencies and readiness check.

    depends_on: the servers that must be up first. ports: the names of its ports. patience_s: how long a start may take.
    """

    home: StackHome
    name: ClassVar[str]
    depends_on: ClassVar[tuple[str, ...]] = ()
    ports: ClassVar[tuple[str, ...]] = ()
    patience_s: ClassVar[float] = 60

    @abstractmethod
    def roles(self) -> tuple[Role, ...]:
        """Return the server's processes in the order in which they start."""

    @abstractmethod
    def probe(self) -> None:
        """Use the server as a client would; NotYet or OSError if it does not work."""

    def prepare(self) -> None:
        """Write the files that the processes read; by default, make the data folder."""
        self.data.mkdir(parents=True, exist_ok=True)

    def address(self) -> str:
        """Return the address that clients connect to; "" for a server without one."""
        return ""

    def variables(self) -> dict[str, str]:
        """Return the environment variables that lead this project's commands to the server."""
        return {}

    def port(self, name: str) -> int:
        """Return the server's port of this name."""
        return self.home.port(f"{self.name}.{name}")

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.home.data(self.name)

    def part(self, name: str) -> Path:
        """Return the folder of a fetched part; NotFetched if it is not in the cache."""
        return fetched_folder(name, self.home.cache)

    def started_processes(self) -> tuple[StartedProcess, ...]:
        """Return the processes that the state file names, whether they still run or not."""
        return self.home.read().processes.get(self.name, ())

    def running_processes(self) -> tuple[StartedProcess, ...]:
        """Return the server's processes that run now."""
        return tuple(started for started in self.started_processes() if processes.is_alive(started))

    def up(self) -> None:
        """Start the processes that do not run, and wait until the server works; a second call changes nothing."""
        lacking = missing_tools((self.name,))
        if lacking:
            raise lacking[0]
        running = {started.role for started in self.running_processes()}
        if not running:
            for port in self.ports:
                self.home.renew_port(f"{self.name}.{port}")
            self.prepare()
        for role in self.roles():
            if role.name not in running:
                processes.start(self.home, self.name, role.name, role.command, role.environment)
        self.wait()

    def wait(self, patience_s: float | None = None) -> None:
        """Wait until the server works; NotReady, with the end of its log, if it takes too long or a process ends."""
        patience = self.patience_s if patience_s is None else patience_s
        until = time.monotonic() + patience
        while True:
            running = {started.role for started in self.running_processes()}
            dead = {started.role for started in self.started_processes()} - running
            if dead or not self.started_processes():
                raise self._not_ready(min(dead, default="?"), "its process ended")
            try:
                self.probe()
            except (NotYet, OSError) as error:
                if time.monotonic() > until:
                    role = self.started_processes()[-1].role
                    raise self._not_ready(role, f"no good answer in {patience:.0f} s ({error})") from error
            else:
                return
            time.sleep(0.2)

    def healthy(self) -> bool:
        """Return whether all its processes run and it answers now."""
        if not self.running_processes() or len(self.running_processes()) < len(self.started_processes()):
            return False
        try:
            self.probe()
        except (NotYet, OSError):
            return False
        return True

    def down(self) -> None:
        """Stop the server's processes; its data stays for the next start."""
        for started in reversed(self.started_processes()):
            processes.stop(started)
        with self.home.changing() as state:
            state.processes.pop(self.name, None)

    def forget(self) -> None:
        """Delete the server's data and logs; StackRefused if it runs."""
        if self.running_processes():
            raise StackRefused(self.name, "runs; stop it before its data is deleted")
        shutil.rmtree(self.home.folder / self.name, ignore_errors=True)

    def kill(self, role: str | None = None) -> None:
        """Kill a process, or all, by SIGKILL; `up` starts the server again with the same data and ports."""
        for started in self._processes_of(role):
            processes.send(started, signal.SIGKILL)
            processes.stop(started, 5)

    def pause(self, role: str | None = None) -> None:
        """Stop a process, or all, by SIGSTOP: it keeps its connections and answers nothing."""
        for started in self._processes_of(role):
            processes.send(started, signal.SIGSTOP)

    def resume(self, role: str | None = None) -> None:
        """Continue a paused process, or all of them."""
        for started in self._processes_of(role):
            processes.send(started, signal.SIGCONT)

    def _processes_of(self, role: str | None) -> tuple[StartedProcess, ...]:
        found = tuple(started for started in self.started_processes() if role in (None, started.role))
        if not found:
            raise StackRefused(self.name, f"has no process {role or ''}".rstrip())
        return found

    def _not_ready(self, role: str, what: str) -> NotReady:
        log = self.home.log(self.name, role)
        return NotReady(self.name, what, str(log), processes.tail(log))


def java(libraries: Path, main: str, *arguments: str, flags: tuple[str, ...] = ("-Xmx512m",)) -> tuple[str, ...]:
    """Return the command that runs a main class with the jars of a folder as its class path."""
    return ("java", *flags, "-cp", f"{libraries}/*", main, *arguments)


def get_json(url: str, patience_s: float = 5) -> dict[str, object]:
    """Return the JSON object at an address of this machine; OSError if none answers, NotYet if it is not JSON."""
    import json
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=patience_s) as answer:  # noqa: S310 - an http address of 127.0.0.1
            return dict(json.load(answer))
    except ValueError as error:
        raise NotYet(f"{url} answers something other than JSON") from error
