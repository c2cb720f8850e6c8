"""Views of catalogs in a terminal: feeds, plans, runs, schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from console.quote_view import quote_as_json
from foundry.catalog.products import Change
from foundry.catalog.rows import FeedFacts, Tally
from foundry.catalog.runs import GateFinding, RunRecord, RunState

if TYPE_CHECKING:
    from foundry.catalog.catalog import Catalog
    from pipelines.catalog.planning import FeedCheck, RefreshPlan
    from pipelines.catalog.registering import Listed

SHOWN_EXAMPLES, SHOWN_CHANGES = 10, 20
_COLOURS = {
    RunState.FINISHED: "green", RunState.UNCHANGED: "green", RunState.STOPPED: "red", RunState.FAILED: "red",
    RunState.RUNNING: "yellow", RunState.SKIPPED: "yellow",
}  # fmt: skip
_ORDER = ("new", "changed", "back", "unchanged", "held", "gone", "out_of_stock")


def run_as_json(record: RunRecord) -> dict[str, Any]:
    """Return a run's record for scripts."""
    return asdict(record)


def listed_as_json(listed: Listed, now: datetime) -> dict[str, Any]:
    """Return a catalog of the store for scripts, with its last run and the moment of its next one."""
    catalog = listed.catalog
    return {
        "tenant": catalog.tenant,
        "catalog": catalog.id,
        "name": catalog.name,
        "last": run_as_json(listed.last) if listed.last else None,
        "next": _next(catalog, now),
    }


def check_as_json(found: FeedCheck) -> dict[str, Any]:
    """Return what was seen of a feed for scripts."""
    return asdict(found)


def plan_as_json(planned: RefreshPlan) -> dict[str, Any]:
    """Return what a refresh would do for scripts; money as text."""
    estimate, quote = planned.estimate, planned.quote
    return {
        "feed": asdict(planned.facts) if planned.facts else None,
        "tally": asdict(planned.tally),
        "gates": [asdict(gate) for gate in planned.gates],
        "products": planned.products,
        "changes": dict(planned.counts),
        "waiting": planned.waiting,
        "shots": estimate.shots,
        "files": estimate.variants,
        "files_kept": planned.files_kept,
        "estimate_usd": str(estimate.money),
        "quote": quote_as_json(quote),
        "changed": [{"id": each.id, "change": each.change, "why": list(each.why)} for each in planned.changes],
    }


def print_check(found: FeedCheck, out: Console) -> None:
    """Print what was seen of a feed, what is set aside, and what each gate says."""
    _print_facts(found.facts, out)
    _print_tally(found.tally, out)
    _print_all_gates(found.gates, out)


def print_plan(planned: RefreshPlan, out: Console) -> None:
    """Print what a refresh would make, withdraw and cost."""
    _print_facts(planned.facts, out)
    _print_tally(planned.tally, out)
    _print_all_gates(planned.gates, out)
    out.print(f"Products: {_changes(planned.counts)}.")
    estimate = planned.estimate
    out.print(
        f"To make: {estimate.variants:,} files from {estimate.shots:,} shots; {planned.files_kept:,} are there. "
        f"${estimate.money:.4f} at the cards' prices."
    )
    if planned.waiting:
        out.print(f"{planned.waiting:,} products would wait for the next run: the budget ends before them.")
    table = _table("product", "change", "why")
    for each in planned.changes[:SHOWN_CHANGES]:
        table.add_row(each.id, each.change.replace("_", " "), ", ".join(each.why))
    if planned.changes:
        out.print(table)
    if (more := len(planned.changes) - SHOWN_CHANGES) > 0:
        out.print(f"and {more:,} more in --json")


def print_catalogs(found: Sequence[Listed], now: datetime, out: Console) -> None:
    """Print a line for each catalog."""
    table = _table("catalog", "name", "last run", "state", "next run")
    for each in found:
        last = each.last
        state = Text(last.state, _COLOURS[last.state]) if last else Text("never", "dim")
        name = f"{each.catalog.tenant}/{each.catalog.id}"
        table.add_row(name, each.catalog.name, last.run if last else "", state, _next(each.catalog, now) or "by hand")
    out.print(table)


def print_run(record: RunRecord, addresses: Mapping[str, str], out: Console) -> None:
    """Print what a run did, why it stopped if it did, and where its results are."""
    head = Text.assemble((f"{record.tenant}/{record.catalog}", "bold"), f" {record.run}: ")
    out.print(head.append(record.state, _COLOURS[record.state]).append(f". {record.reason}" if record.reason else "."))
    _print_tally(record.tally, out)
    _print_gates(record.gates, out)
    if record.changes:
        out.print(f"Products: {_changes(record.changes)}.")
    work = record.work
    out.print(
        f"Made {work.files_made:,} files from {work.shots:,} shots, kept {work.files_kept:,}; "
        f"${work.cost_usd} in {work.seconds:.1f} s. Withdrawn {record.withdrawn:,}, brought back {record.restored:,}."
    )
    if work.waiting:
        out.print(f"{work.waiting:,} products wait for the next run: the budget is used up.", style="yellow")
    for reason, count in sorted(record.unmade.items()):
        out.print(f"{count:,} products were not made: {reason}", style="yellow")
    for kind, address in addresses.items():
        out.print(f"{kind.replace('_', ' ')}: {address}")


def print_runs(catalog: Catalog, records: Sequence[RunRecord], now: datetime, out: Console) -> None:
    """Print a line for each run, the newest first, and when the next one is due.

    bad: rows that were set aside. changed, ended: products that were new, changed or back, and that were withdrawn.
    later: products that wait for the next run.
    """
    table = Table(box=None, pad_edge=False)
    for title in ("run", "state", "rows", "bad", "changed", "ended", "files", "later", "cost"):
        table.add_column(title, no_wrap=True, justify="left" if title in {"run", "state"} else "right")
    for each in records:
        made = sum(each.changes.get(change, 0) for change in (Change.NEW, Change.CHANGED, Change.BACK))
        figures = (each.tally.rows, each.tally.set_aside, made, each.withdrawn, each.work.files_made, each.work.waiting)
        state = Text(each.state, _COLOURS[each.state])
        table.add_row(each.run, state, *(f"{figure:,}" for figure in figures), f"${float(each.work.cost_usd):,.2f}")
    out.print(table)
    for each in records[:1]:
        if each.reason:
            out.print(f"Last run: {each.reason}")
    if moment := _next(catalog, now):
        out.print(f"Next run: {moment}")


def print_schedule(catalog: Catalog, last: RunRecord | None, now: datetime, moments: int, out: Console) -> None:
    """Print the schedule, the last run that was due, and the next ones, in the catalog's own time zone."""
    from itertools import islice

    from pipelines.catalog.schedule import occurrences, start_of

    schedule = catalog.schedule
    if schedule is None:
        return
    out.print(f"{schedule.cron} in {schedule.timezone}; missed: {schedule.missed}, overlap: {schedule.overlap}")
    out.print(f"Last: {last.run}, {last.state}" if last else "Last: none yet")
    for each in islice(occurrences(schedule, now), moments):
        out.print(f"Next: {start_of(catalog, schedule, each).astimezone(schedule.zone):%Y-%m-%d %H:%M:%S %Z}")


def _print_facts(facts: FeedFacts | None, out: Console) -> None:
    if facts is None:
        out.print("Feed: not changed since the last run.")
        return
    out.print(f"Feed: {facts.kind}, {facts.encoding}{f', {facts.compression}' if facts.compression else ''}.")
    if facts.unknown:
        out.print(f"Columns that are not used: {', '.join(facts.unknown[:SHOWN_EXAMPLES])}", style="dim")


def _print_all_gates(gates: Sequence[GateFinding], out: Console) -> None:
    table = _table("gate", "measured", "limit", "")
    for gate in gates:
        table.add_row(gate.gate, gate.measured, gate.limit, Text("stops", "red") if gate.stops else "passes")
    if gates:
        out.print(table)
    _print_gates(gates, out)


def _print_tally(tally: Tally, out: Console) -> None:
    if not tally.rows:
        return
    out.print(f"Feed: {tally.rows:,} rows, {tally.usable:,} usable, {tally.set_aside:,} set aside.")
    table = _table("code", "rows", "")
    for codes, kind in ((tally.codes, "set aside"), (tally.warned, "noted")):
        for code, count in sorted(codes.items(), key=lambda pair: (-pair[1], pair[0])):
            table.add_row(code, f"{count:,}", kind)
    if tally.codes or tally.warned:
        out.print(table)
    for fault in tally.examples[:SHOWN_EXAMPLES]:
        out.print(f"  row {fault.row}{f' ({fault.id})' if fault.id else ''}: {fault.what}")


def _print_gates(gates: Sequence[GateFinding], out: Console) -> None:
    for gate in gates:
        if gate.stops:
            out.print(Text.assemble(("Stopped", "red"), f" by {gate.gate}: {gate.what}"))


def _changes(changes: Mapping[str, int]) -> str:
    known = [name for name in _ORDER if changes.get(name)]
    rest = sorted(name for name, count in changes.items() if count and name not in _ORDER)
    return ", ".join(f"{changes[name]:,} {name.replace('_', ' ')}" for name in (*known, *rest)) or "none"


def _next(catalog: Catalog, now: datetime) -> str | None:
    if catalog.schedule is None:
        return None
    from pipelines.catalog.schedule import next_start

    due = next_start(catalog, catalog.schedule, now)
    return f"{due.starts.astimezone(catalog.schedule.zone):%Y-%m-%d %H:%M %Z}" if due else None


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table
