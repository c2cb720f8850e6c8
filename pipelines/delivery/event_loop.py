"""The loop over finished files and withdrawals: each becomes an ask in the store, and its offset is committed then.

So no target that is away holds a partition. The files of a campaign are announced once its manifest is written, one
record each, so the first record of an order says all that there is to know.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from foundry.catalog.events import ASSET_RESTORED, ASSET_WITHDRAWN, CATALOG_REFRESHED
from foundry.errors import FoundryError, Outage
from foundry.event import ASSET_FINISHED
from foundry.names import is_slug
from foundry.tenant import NoTenant
from pipelines.bus.client import Consumer, KafkaRecord
from pipelines.bus.messages import (
    Unreadable,
    event_attributes,
    event_data,
    header_texts,
    id_in_source,
    load_value,
)
from pipelines.bus.topics import FINISHED, REFRESHED
from pipelines.delivery.asked import Ask, new_ask, put_ask
from pipelines.delivery.scopes import Scope, scope_of
from pipelines.delivery.service_metrics import DeliveryMetrics
from pipelines.delivery.setting import DeliverySetting
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.order import RecordPosition, TakenRecord
from pipelines.dispatcher.outage_budget import OutageBudget

POLL_MS, BACKLOG, AGAIN_S = 500, 2_000, 5.0
MENDED_WITHIN_S = 900.0
"""Records wait so long for a tenant's file that cannot be read, such as one that is being edited."""
MOST_REMEMBERED = 2_000
MOST_ORDER = 200
"""Characters of an order's id."""
PATTERN = rf"^({'|'.join(name.replace('.', '[.]') for name in (FINISHED, REFRESHED))})$"
"""The shared topics alone: those of tenants repeat what they say."""
OF_CATALOGS = (ASSET_WITHDRAWN, ASSET_RESTORED, CATALOG_REFRESHED)
log = logging.getLogger("foundry.delivery")
Order = tuple[str, str, str]
"""Tenant, campaign or catalog, and the order or run: what all records about one thing have in common."""


@dataclass(frozen=True)
class Told:
    """What a record tells of: files of a campaign or a catalog."""

    tenant: str
    kind: str
    id: str
    order: str

    @property
    def key(self) -> Order:
        """The same for all records of one order or run."""
        return self.tenant, f"{self.kind}:{self.id}", self.order


@dataclass
class _Waiting:
    """What an order asks for and could not be kept yet, with the records that ask for it."""

    told: Told
    since: float
    positions: list[RecordPosition] = field(default_factory=list)
    not_before: float = 0.0


@dataclass(kw_only=True)
class EventLoop:
    """One member of the group that reads what was finished and withdrawn. give: takes each ask that was kept.

    While the store of a tenant is away, the records about its files wait, and those of others go on; so they do for a
    quarter of an hour while its file cannot be read.
    """

    consumer: Consumer
    offsets: OffsetBook
    setting: DeliverySetting
    outage_budget: OutageBudget
    metrics: DeliveryMetrics
    give: Callable[[str, Ask], None]
    clock: Callable[[], float] = time.monotonic
    _asked: OrderedDict[Order, None] = field(default_factory=OrderedDict)
    _waiting: dict[Order, _Waiting] = field(default_factory=dict)

    @property
    def draining(self) -> threading.Event:
        """Set when the process is to end."""
        return self.outage_budget.draining

    def run(self) -> None:
        """Work until drained. What waits then is read again by the next process."""
        while not self.draining.is_set():
            self.step()

    def step(self) -> None:
        """Make one pass: poll, keep asks, commit."""
        polled = self.outage_budget.insist("Kafka", lambda: self.consumer.poll(timeout_ms=POLL_MS), (Exception,))
        for part, epoch in self.offsets.claims.take_lost():
            self.offsets.close(part, epoch)
        for record in (each for records in polled.values() for each in records):
            if taken := self.offsets.take(record):
                self._take(taken)
        for key, waiting in list(self._waiting.items()):
            if self.clock() >= waiting.not_before and self._keep(waiting):
                del self._waiting[key]
        self.offsets.commit(self.consumer)
        self.offsets.regulate(self.consumer, BACKLOG, self.draining.is_set())

    def _take(self, taken: TakenRecord) -> None:
        """Put a record to those of its order; one that asks for nothing new is settled."""
        try:
            told = read_told(taken.record, str(taken.position))
        except Unreadable as error:
            log.warning("%s", error)
            self.metrics.asked.labels("unreadable").inc()
            told = None
        if told is None or told.key in self._asked:
            self.offsets.settle(taken.position)
            return
        self._waiting.setdefault(told.key, _Waiting(told, self.clock())).positions.append(taken.position)

    def _keep(self, waiting: _Waiting) -> bool:
        """Keep what an order asks for, and settle its records; return False if it must wait."""
        told = waiting.told
        try:
            outcome = "asked" if self._ask(told) else "nothing"
        except (OSError, Outage) as error:
            return self._later(waiting, error)
        except FoundryError as error:
            if not isinstance(error, NoTenant) and self.clock() - waiting.since < MENDED_WITHIN_S:
                return self._later(waiting, error)
            log.warning("%s of %s is not delivered: %s", told.id, told.tenant, error, extra={"tenant": told.tenant})
            outcome = "refused"
        self.metrics.asked.labels(outcome).inc()
        for position in waiting.positions:
            self.offsets.settle(position)
        self._asked[told.key] = None
        if len(self._asked) > MOST_REMEMBERED:
            self._asked.popitem(last=False)
        return True

    def _later(self, waiting: _Waiting, error: Exception) -> bool:
        told = waiting.told
        log.warning("%s of %s is asked for later: %s", told.id, told.tenant, error, extra={"tenant": told.tenant})
        waiting.not_before = self.clock() + AGAIN_S
        return False

    def _ask(self, told: Told) -> bool:
        """Keep an ask; return False for a tenant that has no automatic targets."""
        if not self.setting.tenants.is_dir():
            raise FileNotFoundError(errno.ENOENT, "the folder of tenants is away", str(self.setting.tenants))
        tenant = self.setting.tenant(told.tenant)
        if not any(target.automatic for target in tenant.delivery.targets):
            return False
        own = self.setting.own(tenant)
        campaign = told.kind == "campaign"
        scope = scope_of(own, told.tenant, told.id) if campaign else Scope(told.tenant, "catalog", told.id)
        ask = new_ask(scope.text, told.order, self.setting.now())
        put_ask(own, ask)
        self.give(told.tenant, ask)
        return True


def read_told(record: KafkaRecord, where: str) -> Told | None:
    """Return what a record of a finished or withdrawn file, or of a run, tells; None for one that asks for nothing.

    Unreadable for a record that is no event of this project.
    """
    texts = header_texts(record.headers)
    document = load_value(record.value, where, "event")
    attributes, data = event_attributes(texts, document), event_data(texts, document)
    kind = attributes.get("type")
    tenant = id_in_source(attributes, "tenants")
    if kind == ASSET_FINISHED:
        place, order = "campaign", "order"
    elif kind in OF_CATALOGS:
        place, order = "catalog", "run"
    else:
        return None
    name = id_in_source(attributes, f"{place}s")
    asked = data.get(order) if isinstance(data, dict) else None
    if not (is_slug(tenant) and is_slug(name) and isinstance(asked, str) and 0 < len(asked) <= MOST_ORDER):
        raise Unreadable(where, "names no tenant, campaign or order", "deliver it with `foundry deliver`")
    return Told(tenant, place, name, asked)
