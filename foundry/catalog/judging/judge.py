"""Judging of a feed, chunk by chunk."""

from __future__ import annotations

from collections import Counter

from foundry.catalog.attributes import ATTRIBUTES
from foundry.catalog.catalog import Catalog, Feed, FeedKind
from foundry.catalog.judging.columns import RowColumns
from foundry.catalog.judging.dates import judge_dates
from foundry.catalog.judging.findings import Findings
from foundry.catalog.judging.identifiers import judge_ids, judge_names
from foundry.catalog.judging.links import judge_links, judge_pictures
from foundry.catalog.judging.prices import judge_prices
from foundry.catalog.judging.rules import easings
from foundry.catalog.judging.seen_ids import SeenIds
from foundry.catalog.judging.texts import judge_descriptions, judge_titles
from foundry.catalog.judging.words import STATING, judge_stock, judge_words
from foundry.catalog.rows import KEPT_ROWS, Chunk, JudgedChunk, RowFault, Tally

NEVER_JUDGED = frozenset(
    ("cost_of_goods_sold", "material", "pattern", "lifestyle_image_link", *(f"custom_label_{i}" for i in range(5)))
)
ALWAYS = frozenset(ATTRIBUTES) - NEVER_JUDGED
"""The attributes that are judged, which every feed is read for."""
_EXAMPLES_PER_CODE = 200


class Judge:
    """Judges the rows of one feed in their order.

    private_hosts: pictures may lie on hosts that are not public, such as this machine. A judge remembers a hash of each
    id and stays in the process that made it. Warnings are counted, and the first 1,000 of each code are listed.
    """

    def __init__(self, kind: FeedKind, spec: Feed, catalog: Catalog, *, private_hosts: bool = False) -> None:
        self._kind, self._spec, self._private_hosts = kind, spec, private_hosts
        self._eased = easings(catalog)
        self._beside = "://" not in spec.source
        self._stated = kind in STATING or "availability" in spec.columns.values()
        self._seen = SeenIds()
        self._tally = Tally()
        self._shown: Counter[str] = Counter()

    def judge(self, chunk: Chunk) -> JudgedChunk:
        """Return the usable rows of a chunk with typed columns, and the faults of the others."""
        rows = RowColumns(chunk.columns)
        findings = Findings(self._kind, rows, self._eased)
        judge_ids(rows, findings, self._seen)
        judge_titles(rows, findings)
        judge_descriptions(rows, findings)
        judge_links(rows, findings)
        judge_pictures(rows, findings, beside=self._beside, private_hosts=self._private_hosts)
        judge_prices(rows, findings, self._spec)
        self._stated = self._stated or rows.has("availability")
        judge_stock(rows, findings, stated=self._stated)
        judge_dates(rows, findings)
        judge_names(rows, findings)
        judge_words(rows, findings)
        return self._judged(chunk, findings)

    def tally(self) -> Tally:
        """Return the counts of all that was judged so far."""
        return self._tally

    def _judged(self, chunk: Chunk, findings: Findings) -> JudgedChunk:
        found = [fault for finding in findings.found if not finding.warns for fault in findings.sentences(finding)]
        faults = tuple(sorted((*chunk.faults, *found), key=lambda fault: fault.row))
        warnings = self._warnings(findings)
        self._count(findings, chunk.faults, faults)
        return JudgedChunk(findings.rows.usable(~findings.set_aside), faults, warnings)

    def _warnings(self, findings: Findings) -> tuple[RowFault, ...]:
        listed: list[RowFault] = []
        for finding in findings.found:
            if finding.warns:
                code = finding.rule.code
                some = list(findings.sentences(finding, KEPT_ROWS - self._tally.warned.get(code, 0)))
                listed += some
        return tuple(sorted(listed, key=lambda fault: fault.row))

    def _count(self, findings: Findings, unread: tuple[RowFault, ...], faults: tuple[RowFault, ...]) -> None:
        tally, lost = self._tally, len({fault.row for fault in unread})
        set_aside = int(findings.set_aside.sum())
        tally.rows += findings.rows.count + lost
        tally.usable += findings.rows.count - set_aside
        tally.set_aside += set_aside + lost
        for code in {(fault.row, fault.code): fault.code for fault in faults}.values():
            tally.codes[code] = tally.codes.get(code, 0) + 1
        for code, rows in _warned_rows(findings).items():
            tally.warned[code] = tally.warned.get(code, 0) + rows
        for fault in faults:
            if len(tally.examples) < KEPT_ROWS and self._shown[fault.code] < _EXAMPLES_PER_CODE:
                self._shown[fault.code] += 1
                tally.examples.append(fault)


def _warned_rows(findings: Findings) -> dict[str, int]:
    """Return the rows with a warning of each code; a row counts once."""
    rows: dict[str, set[int]] = {}
    for finding in findings.found:
        if finding.warns:
            rows.setdefault(finding.rule.code, set()).update(finding.at.tolist())
    return {code: len(at) for code, at in rows.items()}
