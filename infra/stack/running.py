"""Start and stop several servers of one stack together, in the order of their needs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.stack import processes
from infra.stack.errors import StackRefused
from infra.stack.fetching import cache_folder
from infra.stack.flink import Flink, JobServer, Workers
from infra.stack.gcs import Gcs
from infra.stack.home import StackHome
from infra.stack.kafka import Kafka
from infra.stack.prism import Prism
from infra.stack.server import Server

SERVERS: dict[str, type[Server]] = {
    kind.name: kind for kind in (Kafka, Gcs, Prism, Flink, Workers, JobServer)
}  # in the order in which they start


@dataclass(frozen=True)
class ServerStatus:
    """What `status` tells of one server: up, broken (started and not well) or down."""

    name: str
    state: str
    pids: tuple[int, ...]
    memory_mb: int
    address: str


def find_server(name: str, home: StackHome, **settings: Any) -> Server:
    """The server of this name in a stack; it may be up or down."""
    if name not in SERVERS:
        raise StackRefused(name, f"is no server of the stack; there are {', '.join(SERVERS)}")
    return SERVERS[name](home, **settings)


def with_dependencies(names: Iterable[str]) -> tuple[str, ...]:
    """These servers and all that they need, in the order in which they start; all servers if none is named."""
    wanted = set(names) or set(SERVERS)
    for name in tuple(wanted):
        if name not in SERVERS:
            raise StackRefused(name, f"is no server of the stack; there are {', '.join(SERVERS)}")
        wanted |= set(SERVERS[name].depends_on)
    return tuple(name for name in SERVERS if name in wanted)


def up(names: Iterable[str], home: StackHome) -> tuple[Server, ...]:
    """Start these servers and what they need; what runs already is left alone."""
    started = tuple(find_server(name, home) for name in with_dependencies(names))
    for one in started:
        one.up()
    return started


def down(names: Iterable[str], home: StackHome, *, forget: bool = False) -> int:
    """Stop these servers; without names all, and whatever else carries the stack's mark. How many were stopped."""
    wanted = tuple(names)
    chosen = [find_server(name, home) for name in reversed(SERVERS) if not wanted or name in with_known(wanted)]
    stopped = sum(len(one.running_processes()) for one in chosen)
    for one in chosen:
        one.down()
    if not wanted:
        stopped += processes.sweep(home)
    for one in chosen if forget else ():
        one.forget()
    return stopped


def with_known(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names themselves, if all are servers of the stack."""
    with_dependencies(names)
    return names


def status(home: StackHome) -> tuple[ServerStatus, ...]:
    """All servers of a stack, asked now."""
    return tuple(_server_status(find_server(name, home)) for name in SERVERS)


@contextmanager
def running(name: str, home: StackHome | None = None, **settings: Any) -> Iterator[Any]:
    """A server, with what it needs, for as long as the block lasts; its folder is deleted unless `home` was given.

    Settings are those of the server's class, as in `running("flink", taskmanagers=1)`.
    """
    folder = None if home else Path(tempfile.mkdtemp(prefix="foundry-stack-"))
    home = home or StackHome(folder or Path(), cache_folder())
    chosen = find_server(name, home, **settings)
    try:
        up(chosen.depends_on, home) if chosen.depends_on else None
        chosen.up()
        yield chosen
    finally:
        down((), home)
        if folder:
            shutil.rmtree(folder)


def _server_status(one: Server) -> ServerStatus:
    import psutil

    pids = tuple(started.pid for started in one.running_processes())
    state = "up" if one.healthy() else "broken" if one.started_processes() else "down"
    memory = sum(psutil.Process(pid).memory_info().rss for pid in pids) >> 20
    return ServerStatus(one.name, state, pids, memory, " ".join(one.address().values()) if pids else "")
