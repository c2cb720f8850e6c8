"""What a dispatcher reports of itself to its health: what waits, and which outages its admission and rounds met."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Protocol

from pipelines.dispatcher.admission_desk import AdmissionDesk
from pipelines.dispatcher.health import Health, OutageKind
from pipelines.dispatcher.making import RoundMaker
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.order_book import OrderBook
from pipelines.dispatcher.tenant_outages import TenantOutages

Outages = dict[tuple[OutageKind, str], str]
"""Kind and tenant of each outage, with the reason."""
NAME = "loop"


class Reporting(Protocol):
    """The parts of a dispatcher that its state is read from, and those that are told."""

    desk: AdmissionDesk
    orders: OrderBook
    maker: RoundMaker
    tenant_outages: TenantOutages
    health: Health
    metrics: Metrics


def show_state(of: Reporting, shown: set[tuple[OutageKind, str]]) -> set[tuple[OutageKind, str]]:
    """Tell the health what waits and what is away; return the outages that it shows now, for the next call."""
    of.metrics.know_tenants(of.desk.tenants)
    of.health.admitting, of.health.admission_since = not of.desk.trouble, of.desk.running_since
    of.health.waiting_since = _earliest(of.desk.waiting_since(), of.orders.waiting_since())
    away = _stores_away(of)
    away.update(of.desk.outages().items())
    for kind, tenant in shown - away.keys():
        of.health.end_outage(kind, tenant, by=NAME)
    for (kind, tenant), why in away.items():
        of.health.begin_outage(kind, tenant, why, by=NAME)
    return set(away)


def _stores_away(of: Reporting) -> Outages:
    """Return the outages of stores: of a tenant's own bucket, or of the store that all others use."""
    found: Outages = {}
    for tenant, reason in of.tenant_outages.reasons.items():
        order = of.orders.of_tenant(tenant)
        own = order is not None and of.maker.has_own_store(order)
        found["tenant_store" if own else "store", tenant if own else ""] = reason
    return found


def _earliest(*times: Mapping[str, float]) -> dict[str, float]:
    """Return the earliest time of each tenant."""
    found: dict[str, float] = {}
    for tenant, since in chain.from_iterable(one.items() for one in times):
        found[tenant] = min(since, found.get(tenant, since))
    return found
