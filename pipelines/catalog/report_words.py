"""Words of the report of a catalog's run: names of states, kinds and gates, the sentence at its head, and its tiles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from foundry.catalog.products import Change
from foundry.catalog.runs import RunRecord, RunState

STATES = {
    RunState.RUNNING: ("Running", "plain"),
    RunState.FINISHED: ("Finished", "good"),
    RunState.UNCHANGED: ("Nothing changed", "good"),
    RunState.STOPPED: ("Stopped", "bad"),
    RunState.FAILED: ("Failed", "bad"),
    RunState.SKIPPED: ("Skipped", "plain"),
}
KINDS = {
    Change.NEW: ("New", "in the feed for the first time"),
    Change.CHANGED: ("Changed", "something that its files show is another"),
    Change.BACK: ("Back", "withdrawn before, and in the feed again"),
    Change.GONE: ("Ended", "no longer in the feed, or no longer included"),
    Change.OUT_OF_STOCK: ("Out of stock", "none of its items can be bought"),
    Change.HELD: ("Held", "its rows are set aside, so it stays as it was"),
    Change.UNCHANGED: ("Unchanged", "its files would look the same: nothing was made"),
}
GATES = {
    "bad_rows": "Rows set aside",
    "fewer_rows": "Fewer rows than last time",
    "withdrawn": "Products withdrawn",
    "moved_prices": "Prices moved by half or more",
    "changed": "Products made anew",
    "destination": "Rules of the destination",
    "expectations": "Great Expectations",
}
MADE = (Change.NEW, Change.CHANGED, Change.BACK)
Tile = tuple[str, str, str]


def moment_of_run(run: str) -> str:
    """Return the moment that names a run, for people: "30 Nov 2026, 01:30 UTC"."""
    try:
        moment = datetime.strptime(run[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return run
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def day_of_run(run: str) -> str:
    """Return the day that names a run, short: "30 Nov"."""
    return " ".join(moment_of_run(run).split(" ")[:2])


def undo_words(withdrawn_at: str, keep_days: int) -> str:
    """Return until when a withdrawal can be undone; "" for a product that is live."""
    if not withdrawn_at:
        return ""
    last = datetime.fromisoformat(withdrawn_at) + timedelta(days=keep_days)
    return f"can be undone until {last.day} {last:%b %Y}"


def headline(record: RunRecord) -> str:
    """Return what a run did, in a few sentences."""
    if record.state is RunState.STOPPED:
        stops = "; ".join(each.what for each in record.gates if each.stops) or record.reason
        return f"Nothing was made, published or withdrawn. {_sentence(stops)}"
    if record.state in (RunState.FAILED, RunState.SKIPPED):
        return _sentence(record.reason or "No reason was left")
    if record.state is RunState.UNCHANGED:
        return "The feed, the template and the brand are those of the last run, so there was nothing to do."
    return " ".join(_done(record))


def _done(record: RunRecord) -> Iterator[str]:
    work, made = record.work, sum(record.changes.get(kind, 0) for kind in MADE)
    if made:
        cost = money(work.cost_usd)
        yield f"{count(made, 'product')} asked for new files; {count(work.files_made, 'file')} made for {cost}."
    else:
        yield "No product asked for new files."
    if record.withdrawn:
        yield f"{count(record.withdrawn, 'product')} withdrawn."
    if record.restored:
        yield f"{count(record.restored, 'product')} restored."
    if record.tally.set_aside:
        yield f"{count(record.tally.set_aside, 'row')} set aside."
    if work.waiting:
        yield f"{count(work.waiting, 'product')} left for the next run by the budget."


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def money(amount: str) -> str:
    """Return an amount in US dollars, with more digits where it is small."""
    value = float(amount)
    return f"${value:,.2f}" if value >= 1 or not value else f"${value:.4f}"


def tiles_of(record: RunRecord, before: RunRecord | None, *, part: bool) -> list[Tile]:
    """Return the figures at the head of the page: name, value, note. part: the run was one of single rows."""
    work, tally = record.work, record.tally
    made = sum(record.changes.get(kind, 0) for kind in MADE)
    live = sum(record.changes.get(kind, 0) for kind in (*MADE, Change.UNCHANGED, Change.HELD))
    tiles = [
        ("Rows", f"{tally.rows:,}", "single rows" if part else _against(tally.rows, before)),
        ("Set aside", f"{tally.set_aside:,}", f"{tally.bad_percent:.1f} % of the rows"),
    ]
    if record.state is RunState.STOPPED:
        return tiles
    tiles += [
        ("Products", f"{live:,}", f"{made:,} new or changed"),
        ("Files made", f"{work.files_made:,}", f"{work.files_kept:,} kept" + _failed(work.files_failed)),
        ("Withdrawn", f"{record.withdrawn:,}", f"{record.restored:,} restored"),
        ("Cost", money(work.cost_usd), f"{work.shots:,} shots drawn"),
        ("Pictures", f"{work.pictures_fetched:,}", f"fetched; {work.pictures_kept:,} known already"),
    ]
    if work.waiting:
        tiles.append(("Waiting", f"{work.waiting:,}", "left for the next run"))
    return tiles


def _failed(files: int) -> str:
    return f", {files:,} failed" if files else ""


def _against(now: int, before: RunRecord | None) -> str:
    if before is None:
        return "the first run"
    moved = now - before.tally.rows
    return "as many as last time" if not moved else f"{abs(moved):,} {'more' if moved > 0 else 'fewer'} than last time"


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
