"""`foundry stack`: Kafka, Cloud Storage, Flink and Prism on this machine, without Docker."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from infra.stack import StackHome

stack_app = typer.Typer(no_args_is_help=True, help="Run Kafka, Cloud Storage, Flink and Prism on this machine.")

Servers = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SERVER]...", help="kafka gcs prism flink workers jobserver; default: all."),
]
Folder = Annotated[Path | None, typer.Option("--home", help="Folder of the stack; default: in your state folder.")]
Cache = Annotated[Path | None, typer.Option(help="Folder of the fetched files; default: in your cache folder.")]


@stack_app.command()
def fetch(servers: Servers = None, cache: Cache = None) -> None:
    """Download and check the missing files of servers. Only this command and `up --fetch` download."""
    from infra.stack import cache_folder
    from infra.stack import fetch as fetch_parts
    from infra.stack.control import with_dependencies

    for folder in fetch_parts(with_dependencies(servers or ()), cache or cache_folder()):
        typer.echo(folder)


@stack_app.command()
def up(
    servers: Servers = None,
    home: Folder = None,
    cache: Cache = None,
    download: Annotated[bool, typer.Option("--fetch", help="First fetch missing files.")] = False,
) -> None:
    """Start servers and those that they depend on, and wait until each works; servers that run are left alone."""
    from infra.stack import up as start

    if download:
        fetch(servers, cache)
    for one in start(servers or (), _home(home, cache)):
        typer.echo(f"{one.name}: up at {' '.join(one.address().values())}")


@stack_app.command()
def down(
    servers: Servers = None,
    home: Folder = None,
    forget: Annotated[bool, typer.Option("--forget", help="Delete their data and logs as well.")] = False,
) -> None:
    """Stop servers; without names all processes of this stack, also those of an interrupted start."""
    from infra.stack import down as stop

    typer.echo(f"{stop(servers or (), _home(home, None), forget=forget)} process(es) stopped")


@stack_app.command()
def status(home: Folder = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Ask every server whether it works."""
    from infra.stack import status as ask_all

    for server in ask_all(_home(home, None)):
        if as_json:
            typer.echo(json.dumps(asdict(server)))
        else:
            typer.echo(f"{server.name:10} {server.state:7} {server.memory_mb:5} MB  {server.address}".rstrip())


@stack_app.command()
def env(home: Folder = None) -> None:
    """Print the addresses of the running servers for a shell: eval "$(foundry stack env)"."""
    from infra.stack import SERVERS, find_server

    for name in SERVERS:
        one = find_server(name, _home(home, None))
        if one.running_processes():
            for key, value in one.address().items():
                typer.echo(f"export {key}={shlex.quote(value)}")


@stack_app.command()
def logs(
    name: Annotated[str, typer.Argument(metavar="SERVER", help="The server.")],
    home: Folder = None,
    lines: Annotated[int, typer.Option(help="Number of last lines to print.", min=1)] = 40,
) -> None:
    """Print the last lines of a server's logs."""
    from infra.stack import find_server
    from infra.stack.processes import tail

    folder = _home(home, None).folder / find_server(name, _home(home, None)).name
    for log in sorted(folder.glob("*.log")):
        typer.echo(f"== {log}\n{tail(log, lines)}")


def _home(home: Path | None, cache: Path | None) -> StackHome:
    from infra.stack import StackHome, cache_folder, default_home

    chosen_cache = cache or cache_folder()
    return StackHome(home, chosen_cache) if home else default_home(chosen_cache)
