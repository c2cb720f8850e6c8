"""What all servers of the stack have in common: start, readiness, faults for tests, and a clean end."""

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
    """A health check's answer while a server is not ready; says what is missing."""


@dataclass(frozen=True)
class Role:
    """One process of a server: its name and its command."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass
class Server(ABC):
    """One server of a stack. Subclasses say what it needs, its commands, and how to ask whether it works."""

    home: StackHome
    name: ClassVar[str]
    depends_on: ClassVar[tuple[str, ...]] = ()
    ports: ClassVar[tuple[str, ...]] = ()
    patience_s: ClassVar[float] = 60

    @abstractmethod
    def roles(self) -> tuple[Role, ...]:
        """Its processes, in the order in which they start."""

    @abstractmethod
    def probe(self) -> None:
        """Use the server as a client would; NotYet or OSError while it does not work."""

    def prepare(self) -> None:
        """Write what the processes read; by default the data folder is all they need."""
        self.data.mkdir(parents=True, exist_ok=True)

    def address(self) -> dict[str, str]:
        """Environment variables that lead clients here."""
        return {}

    def port(self, name: str) -> int:
        """The port that this server calls by that name."""
        return self.home.port(f"{self.name}.{name}")

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.home.data(self.name)

    def part(self, name: str) -> Path:
        """The folder of a fetched part."""
        return fetched_folder(name, self.home.cache)

    def started_processes(self) -> tuple[StartedProcess, ...]:
        """Its processes in the state file, living or not."""
        return self.home.read().processes.get(self.name, ())

    def running_processes(self) -> tuple[StartedProcess, ...]:
        """Its processes that run."""
        return tuple(started for started in self.started_processes() if processes.is_alive(started))

    def up(self) -> None:
        """Start what does not run, and wait until it works; calling it twice does nothing more."""
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
        """Wait until it works; NotReady with the end of its log otherwise."""
        patience = self.patience_s if patience_s is None else patience_s
        until = time.monotonic() + patience
        while True:
            dead = {started.role for started in self.started_processes()} - {
                started.role for started in self.running_processes()
            }
            if dead or not self.started_processes():
                raise self._not_ready(min(dead, default="?"), "its process ended")
            try:
                self.probe()
                return
            except (NotYet, OSError) as error:
                if time.monotonic() > until:
                    role = self.started_processes()[-1].role
                    raise self._not_ready(role, f"no good answer in {patience:.0f} s ({error})") from error
            time.sleep(0.2)

    def healthy(self) -> bool:
        """Whether it runs whole and answers now."""
        if not self.running_processes() or len(self.running_processes()) < len(self.started_processes()):
            return False
        try:
            self.probe()
        except (NotYet, OSError):
            return False
        return True

    def down(self) -> None:
        """Stop its processes; the data folder stays for the next start."""
        for started in reversed(self.started_processes()):
            processes.stop(started)
        with self.home.changing() as state:
            state.processes.pop(self.name, None)

    def forget(self) -> None:
        """Delete its data and logs; only when it is down."""
        if self.running_processes():
            raise StackRefused(self.name, "runs; stop it before its data is deleted")
        shutil.rmtree(self.home.folder / self.name, ignore_errors=True)

    def kill(self, role: str | None = None) -> None:
        """kill -9, as a fault would; `up` starts it again on the same data and port."""
        for started in self._of(role):
            processes.send(started, signal.SIGKILL)
            processes.stop(started, 5)

    def pause(self, role: str | None = None) -> None:
        """Stop the clock of a process: it keeps its connections and answers nothing."""
        for started in self._of(role):
            processes.send(started, signal.SIGSTOP)

    def resume(self, role: str | None = None) -> None:
        """Let a paused process go on."""
        for started in self._of(role):
            processes.send(started, signal.SIGCONT)

    def _of(self, role: str | None) -> tuple[StartedProcess, ...]:
        found = tuple(started for started in self.started_processes() if role in (None, started.role))
        if not found:
            raise StackRefused(self.name, f"has no process {role or ''}".rstrip())
        return found

    def _not_ready(self, role: str, what: str) -> NotReady:
        log = self.home.log(self.name, role)
        return NotReady(self.name, what, str(log), processes.tail(log))


def java(libraries: Path, main: str, *arguments: str, flags: tuple[str, ...] = ("-Xmx512m",)) -> tuple[str, ...]:
    """The command that runs a main class of a folder of jars."""
    return ("java", *flags, "-cp", f"{libraries}/*", main, *arguments)


def get_json(url: str, patience_s: float = 5) -> dict[str, object]:
    """The JSON object at an address of this machine; OSError or NotYet if there is none."""
    import json
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=patience_s) as answer:
            return dict(json.load(answer))
    except ValueError as error:
        raise NotYet(f"{url} answers something other than JSON") from error
