"""Start and stop of several servers of a stack, in the order of their dependencies."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, overload

import yaml

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
OneServer = TypeVar("OneServer", bound=Server)


@dataclass(frozen=True, kw_only=True)
class ServerStatus:
    """The state of one server: up, broken (started, but not working) or down; `memory_mb` is resident memory."""

    name: str
    state: str
    pids: tuple[int, ...]
    memory_mb: int
    address: str


def find_server(name: str, home: StackHome, **settings: Any) -> Server:
    """Return a stack's server of this name, up or down; StackRefused if there is none."""
    _check_names([name])
    return SERVERS[name](home, **settings)


def with_dependencies(names: Iterable[str]) -> tuple[str, ...]:
    """Return these servers and all that they depend on, in the order in which they start; all servers for no names."""
    wanted = set(names) or set(SERVERS)
    _check_names(sorted(wanted))
    wanted |= {needed for name in wanted for needed in SERVERS[name].depends_on}
    return tuple(name for name in SERVERS if name in wanted)


def up(names: Iterable[str], home: StackHome, say: Callable[[str], None] = lambda _words: None) -> tuple[Server, ...]:
    """Start these servers and all that they depend on, and return them; servers that run are left alone.

    `say` is told of each server that is started, before it is waited for.
    """
    started = tuple(find_server(name, home) for name in with_dependencies(names))
    for one in started:
        if not one.healthy():
            say(f"{one.name}: starting; it may take up to {one.patience_s:.0f} s")
        one.up()
    return started


def down(names: Iterable[str], home: StackHome, *, forget: bool = False) -> int:
    """Stop these servers and return how many processes were stopped.

    Without names, stop all servers and every other process that carries the stack's mark. With `forget`, also delete
    the servers' data and logs.
    """
    wanted = tuple(names)
    _check_names(wanted)
    chosen = [find_server(name, home) for name in reversed(SERVERS) if not wanted or name in wanted]
    stopped = sum(len(one.running_processes()) for one in chosen)
    for one in chosen:
        one.down()
    if not wanted:
        stopped += processes.sweep(home)
    for one in chosen if forget else ():
        one.forget()
    return stopped


def environment(home: StackHome) -> dict[str, str]:
    """Return the environment variables that lead this project's commands to the running servers of a stack.

    FOUNDRY_ENGINE_CONFIG names a file in the stack's folder, written here, with the endpoints of the engines that run.
    """
    running = [one for one in (find_server(name, home) for name in SERVERS) if one.running_processes()]
    variables = {key: value for one in running for key, value in one.variables().items()}
    sections = {
        key: value for one in running if isinstance(one, Prism | JobServer) for key, value in one.engine().items()
    }
    if sections:
        file = home.folder.resolve() / "engines.yaml"
        file.write_text(yaml.safe_dump(sections), encoding="utf-8")
        variables["FOUNDRY_ENGINE_CONFIG"] = str(file)
    return variables


def status(home: StackHome) -> tuple[ServerStatus, ...]:
    """Ask all servers of a stack for their state."""
    return tuple(_server_status(find_server(name, home)) for name in SERVERS)


@overload
def running(kind: str, home: StackHome | None = None, **settings: Any) -> AbstractContextManager[Any]: ...
@overload
def running(
    kind: type[OneServer], home: StackHome | None = None, **settings: Any
) -> AbstractContextManager[OneServer]: ...
@contextmanager
def running(kind: str | type[Server], home: StackHome | None = None, **settings: Any) -> Iterator[Any]:
    """Run a server and all that it depends on while the block lasts.

    `kind` is a name or a class of server; settings are the fields of that class, as in `running("flink",
    taskmanagers=1)`. Without a `home`, the server has a new folder, which is deleted at the end.
    """
    folder = None if home else Path(tempfile.mkdtemp(prefix="foundry-stack-"))
    home = home or StackHome(folder or Path(), cache_folder())
    chosen = find_server(kind, home, **settings) if isinstance(kind, str) else kind(home, **settings)
    try:
        if chosen.depends_on:
            up(chosen.depends_on, home)
        chosen.up()
        yield chosen
    finally:
        down((), home)
        if folder:
            shutil.rmtree(folder)


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if name not in SERVERS:
            raise StackRefused(name, f"is no server of the stack; there are {', '.join(SERVERS)}")


def _server_status(one: Server) -> ServerStatus:
    import psutil

    pids = tuple(started.pid for started in one.running_processes())
    return ServerStatus(
        name=one.name,
        state="up" if one.healthy() else "broken" if one.started_processes() else "down",
        pids=pids,
        memory_mb=sum(psutil.Process(pid).memory_info().rss for pid in pids) >> 20,
        address=one.address() if pids else "",
    )
