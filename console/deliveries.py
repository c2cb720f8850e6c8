"""The commands `foundry deliveries`: what targets have, why something is not there, and what differs at a target."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.delivering import delivery_setting, exit_with, going_on, targets_of
from console.exit_codes import Exit
from console.printing import Terminal, say, say_json
from console.settings import AsJson, PrivateHosts, Store, TargetFolders, Tenants
from foundry.delivery.receipt import State
from foundry.errors import BadInput

if TYPE_CHECKING:
    from foundry.delivery.target import Target
    from pipelines.delivery.reconciling import Difference
    from pipelines.delivery.setting import DeliverySetting

deliveries_app = typer.Typer(no_args_is_help=True, help="See and mend what was delivered to a tenant's targets.")
out, err = Terminal(), Terminal(stderr=True)


class Side(StrEnum):
    """Whose content stands after a change by others."""

    THEIRS = "theirs"
    OURS = "ours"


TenantId = Annotated[str, typer.Argument(metavar="TENANT", help="The tenant's id.")]
Targets = Annotated[list[str] | None, typer.Option("--target", help="This target alone; may be repeated.")]
States = Annotated[list[State] | None, typer.Option("--state", help="Files in this state alone; may be repeated.")]
ScopeName = Annotated[str, typer.Option("--of", help="Of this campaign or catalog: campaign:ID or catalog:ID.")]
Most = Annotated[int, typer.Option("--most", min=1, max=100_000, help="The most files that are listed of a target.")]
Slots = Annotated[list[str] | None, typer.Option("--slot", help="This slot alone, by its id; may be repeated.")]
Mend = Annotated[bool, typer.Option("--mend", help="Mend what differs, besides showing it.")]
Take = Annotated[Side | None, typer.Option("--take", help="Whose content stands where others changed a file.")]
Output = Annotated[
    Path | None, typer.Option("--output", dir_okay=False, help="Write the page into this file, not into the store.")
]
TROUBLE = (State.OPEN, State.WAITING, State.SET_ASIDE, State.CONFLICT)
"""Listed unless --state says otherwise: what is not there, or not as it was delivered."""


@deliveries_app.command("list")
def list_deliveries(
    tenant: TenantId,
    target: Targets = None,
    state: States = None,
    of: ScopeName = "",
    most: Most = 50,
    store: Store = "store",
    tenants: Tenants = None,
    as_json: AsJson = False,
) -> None:
    """Count what each target of TENANT has, with which proof, and list what is not there and why.

    With --json, a line for each file, in all states unless --state names some.
    """
    from console.delivery_view import print_target, record_as_json
    from pipelines.delivery.outbox import each_delivered
    from pipelines.delivery.tally import tally_of

    setting = _setting(store, tenants)
    own = setting.own(setting.tenant(tenant))
    for each in targets_of(tenant, target or (), setting):
        records = each_delivered(own, each.id, of)
        if as_json:
            for record in records:
                if not state or record.state in state:
                    say_json(record_as_json(record))
        else:
            print_target(each, tally_of(records, state or TROUBLE, most), out)


@deliveries_app.command()
def retry(
    tenant: TenantId,
    target: Targets = None,
    slot: Slots = None,
    store: Store = "store",
    tenants: Tenants = None,
    folders: TargetFolders = None,
    private_host: PrivateHosts = None,
) -> None:
    """Open the files of TENANT that were set aside, so that the next delivery tries them again."""
    from pipelines.delivery.asked import new_ask, put_ask
    from pipelines.delivery.reconciling import retry as retry_at

    setting = _setting(store, tenants, folders, private_host)
    own = setting.own(setting.tenant(tenant))
    codes: set[Exit] = set()
    for each in targets_of(tenant, target or (), setting):
        with going_on(f"{tenant}/{each.id}", codes):
            scopes = _scopes_of(each, State.SET_ASIDE, setting, tenant)
            opened = retry_at(tenant, each, setting, slot or ())
            for scope in scopes if opened else ():
                put_ask(own, new_ask(scope, "retry", setting.now()))
            say(f"{tenant}/{each.id}: {opened:,} {'file' if opened == 1 else 'files'} opened")
    exit_with(codes)


@deliveries_app.command()
def reconcile(
    tenant: TenantId,
    target: Targets = None,
    mend: Mend = False,
    take: Take = None,
    store: Store = "store",
    tenants: Tenants = None,
    folders: TargetFolders = None,
    private_host: PrivateHosts = None,
    as_json: AsJson = False,
) -> None:
    """Compare the targets of TENANT with the receipts, and show what differs; with --mend, mend it.

    A file that others changed is left as it is unless --take says whose content stands. Exits with 3 if something
    differs and is not mended.
    """
    from console.delivery_view import difference_as_json, print_difference

    if take and not mend:
        raise BadInput("--take", "decides what --mend does; add --mend, after a look at what differs")
    setting = _setting(store, tenants, folders, private_host)
    codes: set[Exit] = set()
    for each in targets_of(tenant, target or (), setting):
        with going_on(f"{tenant}/{each.id}", codes):
            count = 0
            for difference, done, what in _differences(tenant, each, setting, mend=mend, take=take):
                count += 1
                codes |= set() if done else {Exit.FAILED_FILES}
                if as_json:
                    say_json(difference_as_json(difference, done=done, what=what))
                else:
                    print_difference(difference, out, done=done, what=what)
            if not as_json:
                number = f"{count:,} {'difference' if count == 1 else 'differences'}"
                say(f"{tenant}/{each.id}: {number if count else 'as the receipts say'}")
    if Exit.FAILED_FILES in codes and not (mend or as_json):
        say("Nothing was changed. --mend mends; --take theirs or --take ours decides on changes by others.", err=True)
    exit_with(codes)


@deliveries_app.command()
def page(
    tenant: TenantId,
    output: Output = None,
    store: Store = "store",
    tenants: Tenants = None,
) -> None:
    """Write the page of TENANT's deliveries: per target what is there, with which proof, what waits and why."""
    from pipelines.delivery.report import page_of, write_page

    setting = _setting(store, tenants)
    found = setting.tenant(tenant)
    own = setting.own(found)
    if output is None:
        say(own.address(write_page(own, found, setting.now())))
        return
    output.write_text(page_of(own, found, setting.now(), root=""), encoding="utf-8")
    say(str(output))


def _differences(
    tenant: str, target: Target, setting: DeliverySetting, *, mend: bool, take: Side | None
) -> Iterator[tuple[Difference, bool, str]]:
    """Yield each difference, whether it is mended, and what became of it."""
    from pipelines.delivery.asked import new_ask, put_ask
    from pipelines.delivery.reconciling import compare
    from pipelines.delivery.reconciling import mend as mend_at

    differences = compare(tenant, target, setting)
    if not mend:
        yield from ((each, False, "") for each in differences)
        return
    scopes: set[str] = set()
    for mended in mend_at(tenant, target, setting, differences, take.value if take else ""):
        if mended.done and mended.difference.record:
            scopes.add(mended.difference.record.slot.scope)
        yield mended.difference, mended.done, mended.what
    own = setting.own(setting.tenant(tenant))
    for scope in sorted(scopes):
        put_ask(own, new_ask(scope, "reconcile", setting.now()))


def _scopes_of(target: Target, state: State, setting: DeliverySetting, tenant: str) -> list[str]:
    from pipelines.delivery.outbox import each_delivered

    own = setting.own(setting.tenant(tenant))
    return sorted({record.slot.scope for record in each_delivered(own, target.id) if record.state is state})


def _setting(
    store: str, tenants: Path | None, folders: Path | None = None, private_hosts: list[str] | None = None
) -> DeliverySetting:
    return delivery_setting(store, tenants or Path("tenants"), folders, private_hosts)
