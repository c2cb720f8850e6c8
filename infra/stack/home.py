"""The folder of a stack: its state file, its ports, and a data folder and logs for each server.

Every process is started with the folder's path in FOUNDRY_STACK_HOME. So a process that is missing from the state file,
because `up` was killed before it wrote the file, can still be found and stopped.
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
    """A process that the stack started.

    `started` is its start time in seconds since the epoch, which tells it from a later process with the same pid.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    started: float
    role: str


class StackState(BaseModel):
    """The content of the state file: ports by name, reused at the next start, and processes by server."""

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
        """The file that holds ports and processes."""
        return self.folder / "state.json"

    def read(self) -> StackState:
        """Return the state, an empty one before the first start; StackRefused if the file cannot be read."""
        if not self.state_file.exists():
            return StackState()
        try:
            return StackState.model_validate_json(self.state_file.read_bytes())
        except ValidationError as error:
            raise StackRefused(str(self.state_file), "cannot be read; stop its servers and delete it") from error

    @contextmanager
    def changing(self) -> Iterator[StackState]:
        """Yield the state for a change, under a lock, and replace the state file when the block ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.read()
            yield state
            scratch = self.state_file.with_suffix(".new")
            scratch.write_text(state.model_dump_json(indent=1))
            scratch.replace(self.state_file)

    def port(self, name: str) -> int:
        """Return the port of this name; the first time, a free one, which is then written down."""
        known = self.read().ports.get(name)
        if known is None:
            with self.changing() as state:
                known = state.ports.setdefault(name, free_port())
        return known

    def renew_port(self, name: str) -> None:
        """Choose another port for this name if another program listens on the present one."""
        if port_is_taken(self.port(name)):
            with self.changing() as state:
                state.ports[name] = free_port()

    def data(self, server: str) -> Path:
        """Return the data folder of a server."""
        return self.folder / server / "data"

    def log(self, server: str, role: str) -> Path:
        """Return the log file of one process of a server."""
        return self.folder / server / f"{role}.log"


def default_home(cache: Path) -> StackHome:
    """Return the stack of this user: in FOUNDRY_STACK, or in a folder of the user's state."""
    chosen = os.environ.get("FOUNDRY_STACK")
    return StackHome(Path(chosen) if chosen else Path.home() / ".local" / "state" / "campaign-foundry" / "stack", cache)


def free_port() -> int:
    """Return a port of 127.0.0.1 that no program listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """Return whether a program listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
