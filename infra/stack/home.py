"""A stack's own folder: its state file, its ports, and for each server a data folder and logs.

Every process is started with the folder's path in FOUNDRY_STACK_HOME, so that one whose start was never written
down, because `up` was killed in between, can still be found and stopped.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from infra.stack.errors import StackRefused

MARK = "FOUNDRY_STACK_HOME"


class StartedProcess(BaseModel):
    """One process: its pid, and its start time, which tells it from a later one with the same pid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    started: float
    role: str


class StackState(BaseModel):
    """What the state file says: ports by name, which are kept for the next start, and processes by server."""

    model_config = ConfigDict(extra="forbid")

    ports: dict[str, int] = {}
    processes: dict[str, tuple[StartedProcess, ...]] = {}


@dataclass(frozen=True)
class StackHome:
    """The folder of one stack, and the cache that its servers run from."""

    folder: Path
    cache: Path

    @property
    def state_file(self) -> Path:
        return self.folder / "state.json"

    def read(self) -> StackState:
        """The state; an empty one before the first start."""
        if not self.state_file.exists():
            return StackState()
        try:
            return StackState.model_validate_json(self.state_file.read_bytes())
        except ValidationError as error:
            raise StackRefused(str(self.state_file), "cannot be read; stop its servers and delete it") from error

    @contextmanager
    def changing(self) -> Iterator[StackState]:
        """The state, to be changed; nobody else changes it meanwhile, and it is replaced whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.read()
            yield state
            scratch = self.state_file.with_suffix(".new")
            scratch.write_text(state.model_dump_json(indent=1))
            os.replace(scratch, self.state_file)

    def port(self, name: str) -> int:
        """The port that goes by this name; a free one the first time."""
        known = self.read().ports.get(name)
        if known is None:
            with self.changing() as state:
                known = state.ports.setdefault(name, free_port())
        return known

    def renew_port(self, name: str) -> None:
        """Choose another port if somebody else sits on this one."""
        if port_is_taken(self.port(name)):
            with self.changing() as state:
                state.ports[name] = free_port()

    def data(self, server: str) -> Path:
        """A server's data folder."""
        return self.folder / server / "data"

    def log(self, server: str, role: str) -> Path:
        """The log of one process of a server."""
        return self.folder / server / f"{role}.log"


def default_home(cache: Path) -> StackHome:
    """The stack of this user: FOUNDRY_STACK, or a folder of the user's state."""
    told = os.environ.get("FOUNDRY_STACK")
    return StackHome(Path(told) if told else Path.home() / ".local" / "state" / "campaign-foundry" / "stack", cache)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
