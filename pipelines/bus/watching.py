"""Following one order on the progress topic, or on a tenant's own topic of events, until it has ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, get_args

from foundry.documents import load_json
from foundry.errors import FoundryError, Outage, Problem
from pipelines.bus.broker_errors import NoSuchTopic, NotPermitted
from pipelines.bus.client import KafkaRecord
from pipelines.bus.messages import BriefRequest, header_texts, parse_record
from pipelines.bus.order_progress import ENDED, PROGRESSED, State, campaign_key
from pipelines.bus.reading import all_records, follow
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import BRIEFS, PROGRESS, briefs_topic, events_topic

SILENT_S = 60.0
"""Seconds without news after which `watch` says that it still waits."""
LOOKED_BACK_MS = 3_600_000
"""Clocks of senders and of the dispatcher may differ by so much."""
Report = dict[str, Any]
"""An OrderProgress as it is read from JSON."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The order to watch: the newest of a campaign, or the one with this request id, or of the record at a place."""

    tenant: str = ""
    campaign: str = ""
    request: str = ""
    record: str = ""

    def wants(self, key: str, report: Report) -> bool:
        """Return whether a report, sent with this key, is about this order."""
        of_campaign = not self.campaign or key == campaign_key(self.tenant, self.campaign)
        of_tenant = not self.tenant or key.partition("/")[0] == self.tenant
        return (
            of_campaign
            and of_tenant
            and self.request in ("", report.get("request"))
            and (not self.record or self.record in report.get("records", ()))
        )

    def __str__(self) -> str:
        campaign = "/".join(part for part in (self.tenant, self.campaign) if part)
        request = f"request {self.request!r}" if self.request else ""
        return " ".join(part for part in (campaign, request, self.record) if part)


@dataclass(frozen=True)
class _Told:
    """A report with its key and the time of its record; `others` are the reports on other orders, by place."""

    key: str
    report: Report
    at_ms: int
    others: Mapping[str, _Told] = field(default_factory=dict)


class NothingKnown(Outage):
    """No report on an order came in time."""

    code = "nothing_known"

    def __init__(self, wanted: str, seconds: float) -> None:
        super().__init__(wanted, seconds)
        self.wanted, self.seconds = wanted, seconds

    def __str__(self) -> str:
        return (
            f"nothing is known of {self.wanted} after {self.seconds:.0f} seconds; see that `foundry serve` runs and "
            "that the id is right, or wait longer with --patience"
        )


def watch_order(
    settings: BusSettings,
    wanted: Wanted,
    *,
    patience_s: float,
    say: Callable[[str], None] = lambda _sentence: None,
    own_topic: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Report]:
    """Yield the newest report on an order, and then each that comes, until one says that the order has ended.

    `say` is told why nothing is yielded. An order that has ended is not the wanted one if it was ordered again since,
    unless `wanted` names its record. The tenant's own topic is read if `own_topic`, or if the shared one may not be.
    NothingKnown if no report comes within `patience_s`.
    """
    feed = _reports(settings, wanted, own_topic, say)
    past = _newest(feed)
    if past and past.report["state"] in ENDED and not wanted.record:
        place = _ordered_again(settings, past, wanted.request)
        wanted, past = (replace(wanted, record=place), past.others.get(place)) if place else (wanted, past)
    if past is None:
        say(f"nothing is known of {wanted} yet; waiting up to {patience_s:.0f} seconds for its first report")
    else:
        yield past.report
        if past.report["state"] in ENDED:
            return
    yield from _live(feed, wanted, past is not None, patience_s, say, clock)


def _live(
    feed: Iterator[_Told | None],
    wanted: Wanted,
    known: bool,
    patience_s: float,
    say: Callable[[str], None],
    clock: Callable[[], float],
) -> Iterator[Report]:
    heard = clock()
    for told in feed:
        if told and wanted.wants(told.key, told.report):
            known, heard = True, clock()
            yield told.report
            if told.report["state"] in ENDED:
                return
        elif not known and clock() - heard >= patience_s:
            raise NothingKnown(str(wanted), patience_s)
        elif known and clock() - heard >= SILENT_S:
            heard = clock()
            say(f"no news of {wanted} for {SILENT_S:.0f} seconds; still waiting")


def _reports(
    settings: BusSettings, wanted: Wanted, own_topic: bool, say: Callable[[str], None]
) -> Iterator[_Told | None]:
    """Yield the wanted reports, and None once the past ones are through and whenever there is a pause."""
    own = events_topic(wanted.tenant).name
    records = follow(settings, own if own_topic else PROGRESS)
    try:
        first = next(records)
    except (NotPermitted, NoSuchTopic) as error:
        if own_topic or not wanted.tenant:
            raise
        say(f"{error}; reading {own!r} instead")
        records = follow(settings, own)
        first = next(records)
    for record in chain((first,), records):
        if record is None:
            yield None
        elif (report := _report(record)) and wanted.wants(_key(record), report):
            yield _Told(_key(record), report, record.timestamp)


def _report(record: KafkaRecord) -> Report | None:
    """Return the report that a record holds; None if it is another event."""
    if header_texts(record.headers).get("ce_type") != PROGRESSED or not record.value:
        return None
    try:
        report = load_json(record.value, "report")
    except Problem:
        return None
    return report if isinstance(report, dict) and report.get("state") in get_args(State) else None


def _key(record: KafkaRecord) -> str:
    return (record.key or b"").decode("utf-8", "replace")


def _newest(feed: Iterator[_Told | None]) -> _Told | None:
    """Return the newest of the past reports on the order that was ordered last; None if there are none."""
    by_place: dict[str, _Told] = {}
    last: dict[str, str] = {}
    for told in feed:
        if told is None:
            break
        for place in told.report.get("records") or [""]:
            by_place[place] = told
            partition = place.rpartition(":")[0]
            last[partition] = max(last.get(partition, place), place, key=_offset_in)
    if not last:
        return None
    newest = max((by_place[place] for place in last.values()), key=lambda told: told.at_ms)
    return replace(newest, others=by_place)


def _offset_in(place: str) -> int:
    offset = place.rpartition(":")[2]
    return int(offset) if offset.isdecimal() else -1


def _ordered_again(settings: BusSettings, past: _Told, request: str) -> str:
    """Return the place of the last brief by which the campaign of a report was ordered after it; "" if there is none.

    A topic of briefs that is not there, or that may not be read, has none.
    """
    tenant, _, campaign = past.key.partition("/")
    known = {place.rpartition(":")[0]: _offset_in(place) for place in past.report.get("records", ())}
    found = ""
    for topic in (BRIEFS, briefs_topic(tenant).name):
        with suppress(NotPermitted, NoSuchTopic):
            for record in all_records(settings, topic, past.at_ms - LOOKED_BACK_MS):
                partition = f"{topic}:{record.partition}"
                newer = record.offset > known[partition] if partition in known else record.timestamp > past.at_ms
                if newer and _orders(record, tenant, campaign, request):
                    found = f"{partition}:{record.offset}"
    return found


def _orders(record: KafkaRecord, tenant: str, campaign: str, request: str) -> bool:
    """Return whether a record is a brief of this campaign, and of this request if one is given."""
    texts = header_texts(record.headers)
    if _key(record) != tenant or texts.get("ce_subject", campaign) != campaign:
        return False
    try:
        found = parse_record(record.topic, record.value, record.headers, "")
    except FoundryError:
        return False
    return (
        isinstance(found, BriefRequest)
        and (found.tenant, found.campaign) == (tenant, campaign)
        and request in ("", found.request_id)
    )
