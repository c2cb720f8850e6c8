"""The report of a catalog's run: today against yesterday, as one page that needs neither network nor scripts."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from foundry.catalog.money import amount_of
from foundry.catalog.products import CatalogFile, Change, ProductRecord
from foundry.catalog.rows import RowFault
from foundry.catalog.run_book import latest_runs
from foundry.catalog.runs import RunRecord, RunState, run_folder
from foundry.store.object_store import ObjectStore
from foundry.tenant import Palette
from pipelines.campaign.report_page import page_environment, page_source
from pipelines.catalog.report_plots import RUNS_SHOWN, plots_of, run_rows
from pipelines.catalog.report_words import GATES, KINDS, STATES, headline, moment_of_run, tiles_of, undo_words

REPORT = "report.html"
ROOT = "../../../../"
"""The way from the page to the tenant's objects."""
PRODUCTS_SHOWN, ROWS_SHOWN, CODES_SHOWN = 24, 100, 60
PICTURE_BYTES = 5_000_000
"""The most bytes of thumbnails that a page holds."""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
SHOWN_CHANGES = (Change.CHANGED, Change.NEW, Change.BACK, Change.GONE, Change.OUT_OF_STOCK)


@dataclass(frozen=True)
class ShownProduct:
    """One product of the comparison, with its present record and the fields that differ."""

    change: Change
    record: ProductRecord
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReportWork:
    """What a report is written from. `own` is the tenant's store.

    record: of the run, as it ended. name, tenant_name: as people call them. keep_days: for how long a withdrawal can be
    undone. shown: products that changed, those of the first rank first; they are read once, and the first few of each
    kind are kept.
    """

    own: ObjectStore
    record: RunRecord
    name: str
    tenant_name: str
    palette: Palette | None = None
    keep_days: int = 30
    shown: Iterable[ShownProduct] = ()


@dataclass(frozen=True)
class _Pair:
    """The pictures of one product: as it was, and as it is; "" for none. Both are data addresses."""

    before: str
    after: str
    before_file: CatalogFile | None
    after_file: CatalogFile | None


@dataclass(frozen=True, kw_only=True)
class _Card:
    """One product as the page shows it."""

    name: str
    id: str
    items: str
    price: str
    why: tuple[str, ...]
    pair: _Pair
    files: int
    reason: str


@dataclass
class _Pictures:
    """Thumbnails of the store as data addresses, until the page holds as many bytes as it may."""

    own: ObjectStore
    left: int = PICTURE_BYTES

    def address(self, file: CatalogFile | None) -> str:
        """Return the thumbnail of a file; "" where there is none, or no more room."""
        (data,) = self.own.fetch([file.thumbnail]) if file and file.thumbnail else (None,)
        if data is None or len(data) > self.left:
            return ""
        self.left -= len(data)
        return f"data:image/webp;base64,{base64.b64encode(data).decode()}"


@dataclass
class _Group:
    """The products of one kind of change: the first ones as cards, and how many there are."""

    change: Change
    total: int
    cards: list[_Card] = field(default_factory=list)


def write_report(work: ReportWork) -> str:
    """Write the page of a run into its folder and return its object name."""
    name = f"{run_folder(work.record.catalog, work.record.run)}/{REPORT}"
    runs = _runs(work)
    before = _before(work.record, runs)
    text = page_environment().get_template("catalog_report.html.j2").render(**_facts(work, runs, before))
    with work.own.replacing(name) as file:
        file.write_text(text, encoding="utf-8")
    return name


def _runs(work: ReportWork) -> list[RunRecord]:
    """Return this run and those before it, the newest first."""
    found = latest_runs(work.own, work.record.catalog, RUNS_SHOWN)
    others = [run for run in found if run.run < work.record.run]
    return [work.record, *others][:RUNS_SHOWN]


def _before(record: RunRecord, runs: Sequence[RunRecord]) -> RunRecord | None:
    """Return the run that this one stands beside: the last one of a whole feed; none for a run of single rows."""
    ended = (RunState.FINISHED, RunState.UNCHANGED)
    earlier = (
        run for run in runs if run.run < record.run and run.state in ended and run.tally.rows and not _is_part(run)
    )
    return None if _is_part(record) else next(earlier, None)


def _is_part(record: RunRecord) -> bool:
    """Return True for a run of single rows, which came in no file."""
    return record.feed is not None and not record.feed.size_bytes and record.tally.rows > 0


def _facts(work: ReportWork, runs: Sequence[RunRecord], before: RunRecord | None) -> dict[str, Any]:
    record = work.record
    ended = [run for run in reversed(runs) if run.state not in (RunState.SKIPPED, RunState.RUNNING)]
    return {
        "record": record,
        "name": work.name,
        "tenant_name": work.tenant_name,
        "moment": moment_of_run(record.run),
        "seconds": _seconds(record),
        "state": STATES[record.state],
        "headline": headline(record),
        "tiles": tiles_of(record, before, part=_is_part(record)),
        "kinds": _kinds(record, before),
        "before": moment_of_run(before.run) if before else "",
        "gates": [(GATES.get(each.gate, each.gate), each) for each in record.gates],
        "groups": _groups(work),
        "codes": _counted(record.tally.codes),
        "warned": _counted(record.tally.warned),
        "examples": _examples(record.tally.examples),
        "unmade": _counted(record.unmade),
        "unmade_examples": _examples(record.unmade_examples),
        "plots": plots_of(ended),
        "rows": run_rows(ended),
        "links": _links(record),
        "root": ROOT,
        "policy": POLICY,
        "style": _style(work.palette),
    }


def _style(palette: Palette | None) -> Markup:
    brand = f":root{{--brand:{palette.primary if palette else '#345'}}}\n"
    return Markup(brand + page_source("report.css", "catalog_report.css"))  # noqa: S704 - our own files, and a colour


def _seconds(record: RunRecord) -> float | None:
    if not record.ended:
        return None
    return (datetime.fromisoformat(record.ended) - datetime.fromisoformat(record.began)).total_seconds()


def _kinds(record: RunRecord, before: RunRecord | None) -> list[dict[str, Any]]:
    """Return the kinds of changes with their counts today and in the run before, and their share of the largest."""
    today, yesterday = record.changes, before.changes if before else {}
    rows: list[dict[str, Any]] = [
        {"key": str(kind), "title": title, "what": what, "today": today.get(kind, 0), "before": yesterday.get(kind, 0)}
        for kind, (title, what) in KINDS.items()
    ]
    largest = max((row["today"] for row in rows if row["key"] != Change.UNCHANGED), default=0) or 1
    return [{**row, "share": min(100 * row["today"] / largest, 100)} for row in rows]


def _groups(work: ReportWork) -> list[_Group]:
    groups = {change: _Group(change, work.record.changes.get(change, 0)) for change in SHOWN_CHANGES}
    seen = dict.fromkeys(SHOWN_CHANGES, 0)
    pictures = _Pictures(work.own)
    for each in work.shown:
        if each.change in groups:
            seen[each.change] += 1
            if len(groups[each.change].cards) < PRODUCTS_SHOWN:
                groups[each.change].cards.append(_card(each, pictures, work.keep_days))
    for change, group in groups.items():
        group.total = max(group.total, seen[change])
    return [group for group in groups.values() if group.cards]


def _card(shown: ShownProduct, pictures: _Pictures, keep_days: int) -> _Card:
    product, record = shown.record.product, shown.record
    price = (
        f"{amount_of(product.price_minor, product.currency)} {product.currency}"
        if product.price_minor is not None
        else ""
    )
    return _Card(
        name=product.name or product.id,
        id=product.id,
        items=_items(product.items),
        price=price,
        why=shown.why,
        pair=_pair(shown, pictures),
        files=len(record.files),
        reason=undo_words(record.withdrawn_at, keep_days),
    )


def _items(items: Sequence[str]) -> str:
    more = len(items) - 3
    return ", ".join(items[:3]) + (f" and {more} more" if more > 0 else "")


def _pair(shown: ShownProduct, pictures: _Pictures) -> _Pair:
    """Return the pictures of the first file that differs; of a withdrawn product, only the one that it had."""
    record = shown.record
    if shown.change in (Change.GONE, Change.OUT_OF_STOCK):
        file = next(iter(record.files), None)
        return _Pair(pictures.address(file), "", file, None)
    old = {_place(file): file for file in record.before}
    known = {file.variant for file in record.before}
    after = next((file for file in record.files if file.variant not in known), next(iter(record.files), None))
    before = old.get(_place(after)) if after and shown.change is Change.CHANGED else None
    return _Pair(pictures.address(before), pictures.address(after), before, after)


def _place(file: CatalogFile) -> tuple[str, str, str, int]:
    return file.placement, file.locale, file.scene, file.alternative


def _counted(counts: Mapping[str, int]) -> list[tuple[str, int, float]]:
    """Return what was counted, the most frequent first, with its share of the largest in per cent."""
    largest = max(counts.values(), default=0) or 1
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [(name, count, 100 * count / largest) for name, count in ordered[:CODES_SHOWN]]


def _examples(faults: Sequence[RowFault]) -> list[RowFault]:
    """Return the first rows that were set aside, a few of each code first, so that one code does not hide others."""
    few: dict[str, int] = {}
    first: list[RowFault] = []
    rest: list[RowFault] = []
    for fault in faults:
        few[fault.code] = few.get(fault.code, 0) + 1
        (first if few[fault.code] <= 5 else rest).append(fault)
    return sorted((first + rest)[:ROWS_SHOWN], key=lambda fault: fault.row)


def _links(record: RunRecord) -> list[tuple[str, str, str]]:
    """Return the results that a person may want to open: title, object name, what it is."""
    known = (
        ("docs", "Data Docs", "the checks of Great Expectations, page by page"),
        ("set_aside", "Rows set aside", "all of them, with their reasons, as CSV"),
        ("events", "Events", "what was withdrawn, restored and finished, for machines"),
        ("feed", "Feed back", "the merchant's rows with the addresses of the files"),
        ("deltas", "Deltas", "what changed in it, in batches"),
    )
    return [(title, record.objects[key], what) for key, title, what in known if record.objects.get(key)]
