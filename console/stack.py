"""`foundry stack`: Kafka, Cloud Storage, Flink and Prism on this machine, without Docker."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.exit_codes import Exit
from console.printing import say
from console.settings import AsJson, StackCache, StackHomeFolder

if TYPE_CHECKING:
    from infra.stack import StackHome

stack_app = typer.Typer(no_args_is_help=True, help="Run Kafka, Cloud Storage, Flink and Prism on this machine.")

Servers = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SERVER]...", help="kafka gcs prism flink workers jobserver; default: all."),
]


@stack_app.command()
def fetch(servers: Servers = None, cache: StackCache = None) -> None:
    """Download and check the missing files of servers. Only this command and `up --fetch` download."""
    from infra.stack import cache_folder
    from infra.stack import fetch as fetch_parts
    from infra.stack.control import with_dependencies

    for folder in fetch_parts(with_dependencies(servers or ()), cache or cache_folder(), _say_meanwhile):
        say(str(folder))


@stack_app.command()
def up(
    servers: Servers = None,
    home: StackHomeFolder = None,
    cache: StackCache = None,
    download: Annotated[bool, typer.Option("--fetch", help="First fetch missing files.")] = False,
) -> None:
    """Start servers and those that they depend on, and wait until each works; servers that run are left alone."""
    from infra.stack import up as start

    if download:
        fetch(servers, cache)
    for one in start(servers or (), _home(home, cache), _say_meanwhile):
        say(f"{one.name}: up at {one.address()}")


@stack_app.command()
def down(
    servers: Servers = None,
    home: StackHomeFolder = None,
    forget: Annotated[bool, typer.Option("--forget", help="Delete their data and logs as well.")] = False,
) -> None:
    """Stop servers; without names all processes of this stack, also those of an interrupted start."""
    from infra.stack import down as stop

    say(f"{stop(servers or (), _home(home, None), forget=forget)} process(es) stopped")


@stack_app.command()
def status(home: StackHomeFolder = None, as_json: AsJson = False) -> None:
    """Ask every server whether it works; the exit code is 4 if one that was started does not."""
    from infra.stack import status as ask_all

    found = ask_all(_home(home, None))
    for server in found:
        if as_json:
            say(json.dumps(asdict(server)))
        else:
            say(f"{server.name:10} {server.state:7} {server.memory_mb:5} MB  {server.address}".rstrip())
    if any(server.state == "broken" for server in found):
        raise typer.Exit(Exit.OUTAGE)


@stack_app.command()
def env(home: StackHomeFolder = None) -> None:
    """Print the addresses of the running servers for a shell: eval "$(foundry stack env)"."""
    from infra.stack import environment

    for key, value in environment(_home(home, None)).items():
        say(f"export {key}={shlex.quote(value)}")


@stack_app.command()
def logs(
    name: Annotated[str, typer.Argument(metavar="SERVER", help="The server.")],
    home: StackHomeFolder = None,
    lines: Annotated[int, typer.Option(help="Number of last lines to print.", min=1)] = 40,
) -> None:
    """Print the last lines of a server's logs."""
    from infra.stack import find_server
    from infra.stack.processes import tail

    folder = _home(home, None).folder / find_server(name, _home(home, None)).name
    for log in sorted(folder.glob("*.log")):
        say(f"== {log}\n{tail(log, lines)}")


def _say_meanwhile(words: str) -> None:
    say(words, err=True)


def _home(home: Path | None, cache: Path | None) -> StackHome:
    from infra.stack import StackHome, cache_folder, default_home

    chosen_cache = cache or cache_folder()
    return StackHome(home, chosen_cache) if home else default_home(chosen_cache)
