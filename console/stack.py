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
Folder = Annotated[Path | None, typer.Option("--home", help="Folder of the stack; default: your state folder.")]
Cache = Annotated[Path | None, typer.Option(help="Where fetched files live; default: your cache folder.")]


@stack_app.command()
def fetch(servers: Servers = None, cache: Cache = None) -> None:
    """Download what the servers run from, whatever is missing of it, and check it; no other command downloads."""
    from infra.stack import cache_folder
    from infra.stack import fetch as bring
    from infra.stack.running import with_dependencies

    for folder in bring(with_dependencies(servers or ()), cache or cache_folder()):
        typer.echo(folder)


@stack_app.command()
def up(
    servers: Servers = None,
    home: Folder = None,
    cache: Cache = None,
    download: Annotated[bool, typer.Option("--fetch", help="Fetch first what is missing.")] = False,
) -> None:
    """Start servers, with what they need, and wait until each works; what runs already is left alone."""
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
    """Stop servers; without names, everything of this stack, even what an interrupted start left behind."""
    from infra.stack import down as stop

    typer.echo(f"{stop(servers or (), _home(home, None), forget=forget)} process(es) stopped")


@stack_app.command()
def status(home: Folder = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Ask every server whether it works."""
    from infra.stack import status as look

    for seen in look(_home(home, None)):
        if as_json:
            typer.echo(json.dumps(asdict(seen)))
        else:
            typer.echo(f"{seen.name:10} {seen.state:7} {seen.memory_mb:5} MB  {seen.address}".rstrip())


@stack_app.command()
def env(home: Folder = None) -> None:
    """Print the addresses of what is up, for a shell: eval "$(foundry stack env)"."""
    from infra.stack import SERVERS, find_server

    for name in SERVERS:
        one = find_server(name, _home(home, None))
        if one.running_processes():
            for key, value in one.address().items():
                typer.echo(f"export {key}={shlex.quote(value)}")


@stack_app.command()
def logs(
    name: Annotated[str, typer.Argument(metavar="SERVER", help="Whose logs.")],
    home: Folder = None,
    lines: Annotated[int, typer.Option(help="How many of the last lines.", min=1)] = 40,
) -> None:
    """Print the end of a server's logs."""
    from infra.stack import find_server
    from infra.stack.processes import tail

    folder = _home(home, None).folder / find_server(name, _home(home, None)).name
    for log in sorted(folder.glob("*.log")):
        typer.echo(f"== {log}\n{tail(log, lines)}")


def _home(home: Path | None, cache: Path | None) -> StackHome:
    from infra.stack import StackHome, cache_folder, default_home

    chosen = cache or cache_folder()
    return StackHome(home, chosen) if home else default_home(chosen)
