"""The command `foundry package`: zips for upload by hand to advertising platforms."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from console.delivering import OfCatalog, Which, delivery_setting, scopes_of
from console.exit_codes import Exit
from console.printing import Terminal, say_json
from console.settings import AsJson, Store, Tenants

if TYPE_CHECKING:
    from pipelines.delivery.packages import Package, PackageRun
    from pipelines.delivery.scopes import Scope

Output = Annotated[Path, typer.Option("--output", file_okay=False, help="The folder into which the zips are written.")]
Channels = Annotated[
    list[str] | None, typer.Option("--channel", help="A channel; may be repeated. Without it: all that have files.")
]
SHOWN_FAULTS = 20
out, err = Terminal(), Terminal(stderr=True)


def package(
    campaign: Which,
    output: Output = Path("packages"),
    channel: Channels = None,
    catalog: OfCatalog = False,
    store: Store = "store",
    tenants: Tenants = None,
    as_json: AsJson = False,
) -> None:
    """Write a zip for each channel of CAMPAIGN: its files, an upload sheet with UTM parameters, and checksums.

    Files under embargo, past their expiry or withdrawn are left out.
    """
    from pipelines.delivery.packages import make_packages

    scopes, beside = scopes_of(campaign, catalog=catalog)
    setting, failed = delivery_setting(store, tenants or beside, None, None), 0
    for scope in scopes:
        run = make_packages(scope, setting, output, channel or ())
        failed += run.failed
        if as_json:
            say_json(_run_as_json(scope, run))
        else:
            _print_run(scope, run)
    if failed:
        raise typer.Exit(Exit.FAILED_FILES)


def _run_as_json(scope: Scope, run: PackageRun) -> dict[str, Any]:
    """Return what was packed for scripts."""
    told = asdict(run) | {"scope": scope.text, "tenant": scope.tenant}
    told["packages"] = [asdict(each) | {"file": str(each.file)} for each in run.packages]
    return told


def _print_run(scope: Scope, run: PackageRun) -> None:
    """Print the packages, what is not in them, and what a person has to look at."""
    for each in run.packages:
        size = f"{each.files:,} files, {each.size_bytes / 1e6:,.1f} MB; {', '.join(each.sheets)}"
        out.print(Text.assemble((str(each.file), "bold"), f": {size}"), soft_wrap=True)
        for remark in _remarks(each):
            out.print(f"  {remark}")
    if not run.packages:
        out.print(f"{scope.text} has no files that may leave")
    if run.waiting:
        out.print(f"  {run.waiting:,} files are under embargo, and not in them")
    if run.ended:
        out.print(f"  {run.ended:,} files are past their expiry or withdrawn, and not in them")
    for fault in run.faults[:SHOWN_FAULTS]:
        err.print(Text.assemble("  ", ("left out", "red"), f" {fault}"))
    if run.failed > SHOWN_FAULTS:
        err.print(f"  and {run.failed - SHOWN_FAULTS:,} more")


def _remarks(each: Package) -> list[str]:
    """Return what a person has to know before the sheet is uploaded."""
    told = [each.note] if each.note else []
    if each.lacking:
        told.append(
            f"{', '.join(each.lacking)}: wanted by the platform and empty; set `delivery.packages` of the tenant"
        )
    if each.shortened:
        told.append(f"{each.shortened:,} texts of the sheet were cut to the platform's length")
    if each.quoted:
        told.append(f"{each.quoted:,} texts begin as a formula does, and were given an apostrophe")
    if each.dropped_links:
        told.append(f"{each.dropped_links:,} links are longer than the platform takes, and were left out")
    return told
