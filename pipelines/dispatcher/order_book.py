"""The orders that wait or are being made: one for each campaign, which a newer revision or a cancellation stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from pipelines.dispatcher.order import Order, RecordPosition
from pipelines.dispatcher.scheduler import FairScheduler, Limits


class OrderBook:
    """Holds orders while they wait, and while their parts are made. For use by one thread."""

    def __init__(self, limits: Limits, weights: Mapping[str, float] | None = None) -> None:
        self._limits, self._scheduler = limits, FairScheduler(weights)
        self._current: dict[str, Order] = {}
        self._making: list[Order] = []

    def add(self, order: Order) -> tuple[Order, Order | None]:
        """Add an order; return the order that its record belongs to now, and the order that this ended, if any.

        An order for the very same plan joins the one that is here. Another revision of the campaign supersedes it.
        """
        present = self._current.get(order.key)
        if present and present.plan.digest == order.plan.digest and not present.stopped:
            present.records += order.records
            present.request_ids += [name for name in order.request_ids if name not in present.request_ids]
            return present, None
        self._current[order.key] = order
        self._scheduler.add(order.work)
        return order, self._stop(present, "superseded") if present else None

    def cancel(self, key: str) -> Order | None:
        """Stop a campaign's order; return it if it ends now, None if there is none or a part of it is being made."""
        present = self._current.pop(key, None)
        return self._stop(present, "cancelled") if present else None

    def _stop(self, order: Order, reason: Literal["cancelled", "superseded"]) -> Order | None:
        """Stop an order; return it if it waits, None if it ends only after the part that is being made."""
        order.stopped = reason
        self._scheduler.drop(order.work)
        return None if order in self._making else order

    def next_round(self, away: frozenset[str] = frozenset()) -> list[Order]:
        """Return the orders whose next part is to be made now; none of the tenants in `away`."""
        chosen = {item.key for item in self._scheduler.next_round(self._limits, away)}
        self._making = [order for order in self._current.values() if order.work.key in chosen]
        return list(self._making)

    def finish_round(self) -> Iterator[Order]:
        """Drop the finished parts of the round's orders; yield the orders that are done or stopped."""
        made, self._making = self._making, []
        for order in made:
            del order.parts[0]
            if order.parts and not order.stopped:
                self._scheduler.requeue(order.work)
                continue
            self._forget(order)
            yield order

    def put_off(self, order: Order) -> None:
        """Let an order of the round, whose part could not be made, wait for another; a stopped one ends instead."""
        if order.stopped:
            return
        self._making = [each for each in self._making if each is not order]
        self._scheduler.put_back(order.work)

    def drop_failed(self, order: Order) -> None:
        """Remove an order that cannot be made."""
        self._making = [each for each in self._making if each is not order]
        self._forget(order)

    def _forget(self, order: Order) -> None:
        if self._current.get(order.key) is order:
            del self._current[order.key]

    def release(self, owns: Callable[[RecordPosition], bool]) -> list[Order]:
        """Drop and return the orders whose records all belong to other dispatchers now.

        An order that is being made finishes its part.
        """
        released = []
        for order in list(self._current.values()):
            order.records = [taken for taken in order.records if owns(taken.position)]
            if not order.records:
                self._scheduler.drop(order.work)
                self._forget(order)
                order.stopped = order.stopped or "superseded"
                released.append(order)
        return released

    def of_tenant(self, tenant: str) -> Order | None:
        """Return any order of a tenant; None if there is none here."""
        return next((order for order in self._current.values() if order.tenant == tenant), None)

    @property
    def making(self) -> list[Order]:
        """The orders of the present round."""
        return list(self._making)

    @property
    def waiting(self) -> int:
        """The number of orders that wait."""
        return self._scheduler.waiting

    def waiting_since(self) -> dict[str, float]:
        """Return by tenant when the oldest record of an order that is here was sent, in seconds since 1970."""
        found: dict[str, float] = {}
        for order in self._current.values():
            for taken in order.records:
                sent_s = taken.record.timestamp / 1000
                found[order.tenant] = min(sent_s, found.get(order.tenant, sent_s))
        return found

    def count_by_tenant(self) -> dict[str, int]:
        """Return how many orders each tenant has here."""
        return dict(Counter(order.tenant for order in self._current.values()))
