"""The command `foundry catalog`: product feeds that are bound to a campaign, and refreshed as they change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.exit_codes import Exit
from console.printing import Terminal, say, say_json
from console.settings import AsJson, Assets, Blender, Cards, EngineConfig, EngineName, Store, Tenants
from foundry.errors import BadInput

if TYPE_CHECKING:
    from foundry.catalog.catalog import Catalog
    from foundry.catalog.runs import RunRecord
    from pipelines.catalog.setting import CatalogSetting

catalog_app = typer.Typer(no_args_is_help=True, help="Refresh the files of a shop's catalog as its feed changes.")
out, err = Terminal(), Terminal(stderr=True)

CatalogFile = Annotated[Path, typer.Argument(metavar="FILE", help="Catalog file: YAML or JSON.")]
Which = Annotated[str, typer.Argument(metavar="CATALOG", help="A catalog's file, or TENANT/ID of one in the store.")]
FeedFile = Annotated[
    Path | None, typer.Option("--feed", exists=True, dir_okay=False, help="Read this feed instead, this once.")
]
Force = Annotated[bool, typer.Option("--force", help="Go on past gates, and where nothing changed.")]
Scheduled = Annotated[
    bool,
    typer.Option("--scheduled", help="Make the run that the schedule asks for now, once, however often asked."),
]
Runs = Annotated[int, typer.Option("--runs", min=1, max=1_000, help="The most runs that are listed.")]
Next = Annotated[int, typer.Option("--next", min=1, max=100, help="The number of moments that are listed.")]
RunName = Annotated[str, typer.Option("--run", help="Bring back everything that this run withdrew.")]
Products = Annotated[list[str] | None, typer.Option("--product", help="Bring back this product; may be repeated.")]
TenantId = Annotated[str | None, typer.Option("--tenant", help="Catalogs of this tenant alone.")]


@catalog_app.command()
def add(file: CatalogFile, store: Store = "store", tenants: Tenants = None, cards: Cards = None) -> None:
    """Check FILE against its tenant, cards and placements, and keep it in the store."""
    from pipelines.catalog.registering import add_catalog

    catalog = add_catalog(file, _setting(store, tenants or file.parent / "tenants", cards, file.parent))
    say(f"{catalog.tenant}/{catalog.id}: added")


@catalog_app.command("list")
def list_all(store: Store = "store", tenants: Tenants = None, tenant: TenantId = None, as_json: AsJson = False) -> None:
    """List the catalogs of the store, each with its last run and the moment of its next one."""
    from console.catalog_view import listed_as_json, print_catalogs
    from pipelines.catalog.registering import list_catalogs

    setting = _setting(store, tenants or Path("tenants"))
    found = list(list_catalogs(setting, tenant))
    if as_json:
        say_json([listed_as_json(each, setting.now()) for each in found])
    else:
        print_catalogs(found, setting.now(), out)


@catalog_app.command()
def check(
    catalog: Which,
    feed: FeedFile = None,
    store: Store = "store",
    tenants: Tenants = None,
    cards: Cards = None,
    assets: Assets = None,
    as_json: AsJson = False,
) -> None:
    """Read and judge the feed of CATALOG: what is set aside and why, and which gates would stop a run."""
    from console.catalog_view import check_as_json, print_check
    from pipelines.catalog.planning import check_feed

    found, setting = _open(catalog, feed, _setting(store, tenants, cards, assets))
    seen = check_feed(found, setting)
    if as_json:
        say_json(check_as_json(seen))
    else:
        print_check(seen, out)
    if any(gate.stops for gate in seen.gates):
        raise typer.Exit(Exit.REFUSED)


@catalog_app.command()
def plan(
    catalog: Which,
    feed: FeedFile = None,
    store: Store = "store",
    tenants: Tenants = None,
    cards: Cards = None,
    assets: Assets = None,
    as_json: AsJson = False,
) -> None:
    """Show what a refresh of CATALOG would make, withdraw and cost, without loading a model."""
    from console.catalog_view import plan_as_json, print_plan
    from pipelines.catalog.planning import plan_refresh

    found, setting = _open(catalog, feed, _setting(store, tenants, cards, assets))
    planned = plan_refresh(found, setting)
    if as_json:
        say_json(plan_as_json(planned))
    else:
        print_plan(planned, out)


@catalog_app.command()
def refresh(
    catalog: Which,
    feed: FeedFile = None,
    store: Store = "store",
    tenants: Tenants = None,
    cards: Cards = None,
    assets: Assets = None,
    blender: Blender = "",
    engine: EngineName = "embedded",
    engine_config: EngineConfig = None,
    force: Force = False,
    scheduled: Scheduled = False,
    as_json: AsJson = False,
) -> None:
    """Make what changed in the feed of CATALOG, withdraw what ended, and set aside what cannot be used.

    After a crash or Ctrl-C, the same command goes on.
    """
    from console.catalog_view import print_run, run_as_json
    from console.progress import progress_on
    from pipelines.campaign.running import RunOptions

    setting = _setting(store, tenants, cards, assets)
    options = RunOptions(blender=blender, engine=engine, engine_config=engine_config)
    found, setting = _open(catalog, feed, replace(setting, options=options, display=progress_on(err)))
    record = _scheduled(found, setting) if scheduled else _now(found, setting, force=force)
    if as_json:
        say_json(run_as_json(record))
    else:
        print_run(record, _addresses(found, setting, record), out)
    _exit_for(record)


@catalog_app.command()
def status(
    catalog: Which, store: Store = "store", tenants: Tenants = None, runs: Runs = 14, as_json: AsJson = False
) -> None:
    """List the last runs of CATALOG: what each read, made, withdrew, set aside and cost."""
    from console.catalog_view import print_runs, run_as_json
    from foundry.catalog.run_book import latest_runs

    found, setting = _open(catalog, None, _setting(store, tenants))
    records = latest_runs(setting.own(found.tenant), found.id, runs)
    if as_json:
        say_json([run_as_json(record) for record in records])
    else:
        print_runs(found, records, setting.now(), out)


@catalog_app.command()
def undo(
    catalog: Which, run: RunName = "", product: Products = None, store: Store = "store", tenants: Tenants = None
) -> None:
    """Bring back what was withdrawn: everything of one run, or single products, as long as the catalog keeps them."""
    from pipelines.catalog.undoing import undo_withdrawal

    if bool(run) == bool(product):
        raise BadInput("undo", "needs either --run or --product; name what is to be brought back")
    found, setting = _open(catalog, None, _setting(store, tenants))
    undone = undo_withdrawal(found, setting, run or list(product or ()))
    say(f"{found.tenant}/{found.id}: {len(undone.restored)} products brought back")
    for sentence in undone.refused:
        say(sentence, err=True)
    if undone.refused:
        raise typer.Exit(Exit.REFUSED)


@catalog_app.command()
def schedule(catalog: Which, moments: Next = 3, store: Store = "store", tenants: Tenants = None) -> None:
    """Say when CATALOG runs by itself: its schedule, the last run that was due, and the next ones."""
    from console.catalog_view import print_schedule
    from foundry.catalog.run_book import latest_runs

    found, setting = _open(catalog, None, _setting(store, tenants))
    if found.schedule is None:
        raise BadInput(
            f"catalog {found.tenant}/{found.id}", "has no schedule; add `schedule:` with `cron:` to its file"
        )
    own = setting.own(found.tenant)
    last = next((each for each in latest_runs(own, found.id, 100) if each.scheduled), None)
    print_schedule(found, last, setting.now(), moments, out)


def _setting(store: str, tenants: Path | None, cards: Path | None = None, files: Path | None = None) -> CatalogSetting:
    from pipelines.catalog.setting import CatalogSetting

    return CatalogSetting(store=store, tenants=tenants or Path("tenants"), cards=cards, files=files)


def _open(which: str, feed: Path | None, setting: CatalogSetting) -> tuple[Catalog, CatalogSetting]:
    """Return a catalog by its file or its name in the store, and the setting with the folders that follow from it."""
    from pipelines.catalog.registering import check_catalog, open_catalog, read_catalog

    path = Path(which)
    if path.is_file():
        catalog = read_catalog(path)
        beside = path.parent / "tenants"
        tenants = beside if setting.tenants == Path("tenants") and beside.is_dir() else setting.tenants
        setting = replace(setting, tenants=tenants, files=setting.files or path.parent)
        check_catalog(catalog, setting)
    else:
        tenant, _, name = which.partition("/")
        if not name or path.suffix:
            raise BadInput(which, "is neither a file nor TENANT/ID of a catalog in the store; correct the path")
        catalog = open_catalog(setting, tenant, name)
    if feed is not None:
        folder = (setting.files or feed.parent).resolve()
        if not feed.resolve().is_relative_to(folder):
            raise BadInput(str(feed), f"lies outside {folder}, where the catalog's files are; name that with --assets")
        source = feed.resolve().relative_to(folder).as_posix()
        catalog = catalog.model_copy(update={"feed": catalog.feed.model_copy(update={"source": source})})
        setting = replace(setting, files=folder)
    return catalog, setting


def _now(catalog: Catalog, setting: CatalogSetting, *, force: bool) -> RunRecord:
    from pipelines.catalog.refresh import refresh as refresh_catalog

    return refresh_catalog(catalog, setting, force=force)


def _scheduled(catalog: Catalog, setting: CatalogSetting) -> RunRecord:
    import time

    from pipelines.catalog.due_runs import run_due
    from pipelines.catalog.refresh import refresh as refresh_catalog

    if (record := run_due(catalog, setting, refresh_catalog, time.sleep)) is None:
        raise BadInput(
            f"catalog {catalog.tenant}/{catalog.id}", "failed at each try of this run; see `foundry catalog status`"
        )
    return record


def _addresses(catalog: Catalog, setting: CatalogSetting, record: RunRecord) -> dict[str, str]:
    """Return where people find what a run left, by its kind."""
    own = setting.own(catalog.tenant)
    return {kind: own.address(name) for kind, name in record.objects.items()}


def _exit_for(record: RunRecord) -> None:
    from foundry.catalog.runs import RunState

    if record.state == RunState.STOPPED:
        raise typer.Exit(Exit.REFUSED)
    if record.state == RunState.FAILED:
        raise typer.Exit(Exit.OUTAGE)
    if record.work.files_failed or record.unmade:
        raise typer.Exit(Exit.FAILED_FILES)
