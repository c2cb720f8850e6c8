"""The command `foundry deliver`: the files of a campaign or a catalog, brought to targets of their tenant."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.ending import ending_of
from console.exit_codes import Exit
from console.printing import Terminal, say, say_json
from console.settings import AsJson, ExpireRemoved, PrivateHosts, Store, TargetFolders, Tenants
from foundry.errors import BadInput, FoundryError

if TYPE_CHECKING:
    from foundry.delivery.target import Target
    from pipelines.delivery.delivering import DeliveryRun
    from pipelines.delivery.scopes import Scope
    from pipelines.delivery.setting import DeliverySetting

Which = Annotated[
    str, typer.Argument(metavar="CAMPAIGN", help="A brief's file, or TENANT/ID of a campaign or catalog in the store.")
]
OfCatalog = Annotated[bool, typer.Option("--catalog", help="CAMPAIGN is a catalog: its file, or TENANT/ID.")]
To = Annotated[list[str] | None, typer.Option("--to", help="A target's id; may be repeated. Without it: all targets.")]
TARGETS_AT_ONCE = 8
out, err = Terminal(), Terminal(stderr=True)
FAILURES_BY_HAND = 4
"""Answers in a row that a target may fail to give to a command: about a minute; the service is more patient."""


def deliver(
    campaign: Which,
    to: To = None,
    catalog: OfCatalog = False,
    store: Store = "store",
    tenants: Tenants = None,
    folders: TargetFolders = None,
    private_host: PrivateHosts = None,
    expire_removed: ExpireRemoved = False,
    as_json: AsJson = False,
) -> None:
    """Bring the files of CAMPAIGN to the tenant's targets, once; what has changed, as new versions.

    After a crash or Ctrl-C, the same command goes on. Files under embargo wait for a later call.
    """
    from console.delivery_view import print_run, run_as_json

    scopes, beside = scopes_of(campaign, catalog=catalog)
    if folders is not None:  # made here alone: elsewhere, a folder that is missing is a share that is away
        folders.mkdir(exist_ok=True)
    setting = delivery_setting(store, tenants or beside, folders, private_host, expire_removed=expire_removed)
    codes: set[Exit] = set()
    for scope in scopes:
        for target, ended in _each_run(scope, _targets(scope.tenant, to or (), setting), setting):
            with going_on(f"{scope.text} to {target.id}", codes):
                if isinstance(ended, Exception):
                    raise ended
                codes.add(code_of(ended))
                if as_json:
                    say_json(run_as_json(ended))
                else:
                    print_run(ended, out, err)
    exit_with(codes)


WORST = (Exit.BUG, Exit.NOT_ALLOWED, Exit.OUTAGE, Exit.REFUSED, Exit.FAILED_FILES)
"""Of several targets' ends, the one that the command ends with stands first."""


@contextmanager
def going_on(what: str, codes: set[Exit]) -> Iterator[None]:
    """Say why the block ended with a foreseen error, and note its exit code, so that one target stops no other."""
    try:
        yield
    except (FoundryError, OSError) as error:
        ending = ending_of(error)
        codes.add(ending.code)
        say(f"{what}: {ending.sentence}", err=True)


def exit_with(codes: Collection[Exit]) -> None:
    """End the command with the worst of several codes; return if there is none."""
    if worst := next((code for code in WORST if code in codes), None):
        raise typer.Exit(worst)


def code_of(run: DeliveryRun) -> Exit:
    """Return the exit code of a run at one target."""
    if run.away:
        return Exit.REFUSED if run.refused else Exit.OUTAGE
    return Exit.DONE if run.whole else Exit.FAILED_FILES


def delivery_setting(
    store: str,
    tenants: Path,
    folders: Path | None,
    private_hosts: Sequence[str] | None,
    *,
    expire_removed: bool = False,
) -> DeliverySetting:
    """Return the surroundings of deliveries from the options of a command."""
    from connectors.http.public_transport import Reach
    from pipelines.delivery.setting import DeliverySetting

    reach = Reach(private=frozenset(private_hosts or ()))
    return DeliverySetting(
        store=store,
        tenants=tenants,
        folders=folders,
        reach=reach,
        expire_removed=expire_removed,
        failures=FAILURES_BY_HAND,
    )


def targets_of(tenant_id: str, names: Sequence[str], setting: DeliverySetting) -> list[Target]:
    """Return targets of a tenant by their ids, all of them without ids; BadInput for an unknown one."""
    declared = setting.tenant(tenant_id).delivery.targets
    known = {target.id: target for target in declared}
    if unknown := next((name for name in names if name not in known), None):
        has = f"it has {', '.join(known)}" if known else "it has none"
        raise BadInput(f"tenant {tenant_id}", f"has no target {unknown!r}; {has}. See `delivery:` in its file")
    return [known[name] for name in names] if names else list(declared)


def _targets(tenant_id: str, names: Sequence[str], setting: DeliverySetting) -> list[Target]:
    found = targets_of(tenant_id, names, setting)
    if not found:
        raise BadInput(f"tenant {tenant_id}", "has no targets; declare them under `delivery:` in its file")
    return found


def scopes_of(which: str, *, catalog: bool) -> tuple[list[Scope], Path]:
    """Return what is to be delivered, by a file or by its name in the store, and the folder of tenants beside it."""
    from pipelines.delivery.scopes import scope_from_text

    path, kind = Path(which), "catalog" if catalog else "campaign"
    if path.is_file():
        beside = path.parent / "tenants"
        tenants = beside if beside.is_dir() else Path("tenants")
        return [scope_from_text(tenant, f"{kind}:{name}") for tenant, name in _named_in(path, catalog=catalog)], tenants
    tenant, _, name = which.partition("/")
    if not name or path.suffix in (".yaml", ".yml", ".json", ".jsonl"):
        raise BadInput(which, f"is neither a file nor TENANT/ID of a {kind} in the store; correct the path")
    found: Scope = scope_from_text(tenant, f"{kind}:{name}")
    return [found], Path("tenants")


def _named_in(path: Path, *, catalog: bool) -> Iterator[tuple[str, str]]:
    if catalog:
        from pipelines.catalog.registering import read_catalog

        found = read_catalog(path)
        yield found.tenant, found.id
        return
    from foundry.brief.intake import read_briefs

    yield from dict.fromkeys((brief.tenant, brief.campaign.id) for brief in read_briefs(path))


def _each_run(
    scope: Scope, targets: Sequence[Target], setting: DeliverySetting
) -> Iterator[tuple[Target, DeliveryRun | FoundryError | OSError]]:
    """Yield each target with its run, or with the error that ended it, in the order in which they end.

    An interrupted command asks the runs to stop; they end at their next step.
    """
    from pipelines.delivery.delivering import deliver as deliver_to

    stop = threading.Event()
    setting = replace(setting, stopping=stop.is_set)
    with ThreadPoolExecutor(min(TARGETS_AT_ONCE, len(targets)), thread_name_prefix="delivery") as pool:
        begun = {pool.submit(deliver_to, scope, target, setting): target for target in targets}
        try:
            for future in as_completed(begun):
                try:
                    run = future.result()
                except (FoundryError, OSError) as error:
                    yield begun[future], error
                else:
                    _ask_for_later(scope, run, setting)
                    yield begun[future], run
        finally:
            stop.set()


def _ask_for_later(scope: Scope, run: DeliveryRun, setting: DeliverySetting) -> None:
    """Ask the process that delivers, if there is one, for the day on which an embargo ends or a file expires."""
    from pipelines.delivery.asked import ask_for_day

    if run.next_day:
        ask_for_day(setting.own(setting.tenant(scope.tenant)), scope.text, run.next_day, setting.now())
