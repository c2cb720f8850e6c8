"""`foundry tenants`: the tenants of a folder, and everything that is wrong with the files of each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from console.exit_codes import Exit
from console.printing import Terminal, say_json
from console.settings import AsJson
from foundry.errors import BadInput, FoundryError, Refusals

out = Terminal()
Folder = Annotated[Path, typer.Option("--tenants", envvar="FOUNDRY_TENANTS", help="Folder of tenants.")]


def list_tenants(folder: Folder = Path("tenants"), as_json: AsJson = False) -> None:
    """List the tenants of a folder, each with its name, or with everything that is wrong with its file and pictures.

    Exits with 2 if one of them cannot be used.
    """
    if not folder.is_dir():
        raise BadInput(str(folder), "is no folder of tenants; name one with --tenants")
    found = [_described(folder, each.name) for each in sorted(folder.iterdir()) if each.is_dir()]
    if as_json:
        say_json(found)
    else:
        _print(found)
    if any(each["problems"] for each in found):
        raise typer.Exit(Exit.REFUSED)


def _described(folder: Path, tenant: str) -> dict[str, Any]:
    from foundry.tenant import load_tenant

    try:
        loaded = load_tenant(folder, tenant)
        loaded.receive()
    except FoundryError as refused:
        problems = refused.problems if isinstance(refused, Refusals) else (refused,)
        return {"tenant": tenant, "name": "", "problems": [str(problem) for problem in problems]}
    return {"tenant": tenant, "name": loaded.name, "problems": []}


def _print(found: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("tenant", "name", "file"):
        table.add_column(title, overflow="fold")
    for each in found:
        table.add_row(each["tenant"], each["name"], "\n".join(each["problems"]) or "good")
    out.print(table)
