"""Views of deliveries in a terminal: runs, what targets have, differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Delivered, State

if TYPE_CHECKING:
    from foundry.delivery.target import Target
    from pipelines.delivery.delivering import DeliveryRun
    from pipelines.delivery.reconciling import Difference
    from pipelines.delivery.tally import Tally

SHOWN_NOTICES = 20
WORDS = {
    State.OPEN: "open", State.WAITING: "waiting", State.DELIVERED: "delivered", State.SET_ASIDE: "set aside",
    State.CONFLICT: "in conflict", State.EXPIRED: "expired",
}  # fmt: skip
_COLOURS = {
    State.OPEN: "yellow", State.WAITING: "cyan", State.DELIVERED: "green", State.SET_ASIDE: "red",
    State.CONFLICT: "red", State.EXPIRED: "dim",
}  # fmt: skip


def run_as_json(run: DeliveryRun) -> dict[str, Any]:
    """Return what a run did for scripts."""
    return {**asdict(run), "states": _plain(run.states), "proofs": _plain(run.proofs), "whole": run.whole}


def record_as_json(record: Delivered) -> dict[str, Any]:
    """Return a record for scripts, with the id of its slot."""
    told = asdict(record)
    told["slot"]["id"] = record.slot.id
    return told


def difference_as_json(difference: Difference, *, done: bool, what: str) -> dict[str, Any]:
    """Return a difference for scripts, and what became of it."""
    record, found = difference.record, difference.found
    return {
        "kind": str(difference.kind), "target": difference.target, "path": difference.path, "what": difference.what,
        "slot": record.slot.id if record else found.slot if found else "",
        "target_id": found.target_id if found else "", "mended": done, "answer": what,
    }  # fmt: skip


def print_run(run: DeliveryRun, out: Console, err: Console) -> None:
    """Print what a run did at one target, and the files that need somebody's eye."""
    head = Text.assemble((f"{run.scope} to {run.target}", "bold"), ": ")
    out.print(head.append(_counts(run.states) or "no files"))
    news = [f"{run.sent:,} sent now ({_size(run.size_bytes)})" if run.sent else "nothing to send"]
    news += [f"{run.versions:,} as new versions"] if run.versions else []
    news += [f"{run.expired:,} expired"] if run.expired else []
    proofs = _proofs(run.proofs)
    out.print(f"  {', '.join(news)}{f'; proved by {proofs}' if proofs else ''}; {run.seconds:.1f} s")
    if run.removed:
        out.print(f"  {run.removed:,} files there are no longer in {run.scope}: --expire-removed expires them")
    for campaign in run.lost:
        err.print(f"  campaign {campaign} has no manifest in the store: its files stay as they are there")
    if run.next_day:
        out.print(f"  there is more to do on {run.next_day}")
    for notice in run.notices[:SHOWN_NOTICES]:
        place = f" {notice.path}" if notice.path else ""
        err.print(Text.assemble("  ", (WORDS[notice.state], _COLOURS[notice.state]), f"{place}: {notice.why}"))
    if len(run.notices) > SHOWN_NOTICES:
        err.print(f"  and more: `foundry deliveries list {run.tenant} --target {run.target}`")
    if run.away:
        err.print(Text.assemble("  ", ("broken off", "red"), f": {run.away}"))
    if run.stopped:
        err.print(Text.assemble("  ", ("stopped", "yellow"), "; run the same command to go on"))


def print_target(target: Target, tally: Tally, out: Console) -> None:
    """Print what a target has and with which proof, then the listed files with their reasons."""
    proofs = _proofs(tally.proofs)
    out.print(Text.assemble((target.id, "bold"), f" ({target.kind}): {_counts(tally.states) or 'nothing yet'}"))
    if proofs:
        out.print(f"  proved by {proofs}; {_size(tally.size_bytes)}; last receipt {tally.newest}")
    for records in tally.shown.values():
        for record in records:
            out.print(_line(record))
    left = sum(tally.left_out(state) for state in tally.shown)
    if left:
        out.print(f"  and {left:,} more: --most, or --json for all of them")


def print_difference(difference: Difference, out: Console, *, done: bool, what: str) -> None:
    """Print a difference, and what became of it."""
    line = Text.assemble((str(difference.kind).replace("_", " "), "red"), f" {difference.path}: {difference.what}")
    if what:
        line.append(f" → {what}", "green" if done else "yellow")
    out.print(line)


def _line(record: Delivered) -> Text:
    """Return a file's line: its state, where it lies there or its place, the grade of proof, and why it stands so."""
    receipt, slot = record.receipts[0] if record.receipts else None, record.slot
    place = " ".join(filter(None, (slot.product, slot.scene, slot.locale, slot.placement, slot.audience)))
    line = Text.assemble("  ", (WORDS[record.state], _COLOURS[record.state]), f" {receipt.path if receipt else place}")
    if receipt and record.state is State.DELIVERED:
        line.append(f" ({receipt.proof})", "dim")
    reason = f"until {record.until}" if record.until else record.why
    return line.append(f": {reason}" if reason else "")


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count / 1e3:,.1f} kB"


def _counts(states: Mapping[State, int]) -> str:
    return ", ".join(f"{states[state]:,} {WORDS[state]}" for state in WORDS if states.get(state))


def _proofs(proofs: Mapping[Proof, int]) -> str:
    return ", ".join(f"{proof} ({proofs[proof]:,})" for proof in Proof if proofs.get(proof))


def _plain(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(key): number for key, number in counts.items()}
