"""The orders at hand: one current order a campaign; newer revisions and cancellations stop it. No Kafka here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pipelines.dispatcher.order import Order, RecordPosition
from pipelines.dispatcher.scheduler import FairScheduler, Limits


class OrderBook:
    """Orders wait here and come back here between their parts. One thread uses it."""

    def __init__(self, limits: Limits, weights: Mapping[str, float] | None = None) -> None:
        self._limits, self._scheduler = limits, FairScheduler(weights)
        self._current: dict[str, Order] = {}
        self._making: list[Order] = []

    def take(self, order: Order) -> tuple[Order, Order | None]:
        """(the order that the record belongs to, the order that it ended).

        The very same plan joins the order that waits or is being made; another revision supersedes it.
        """
        known = self._current.get(order.key)
        if known and known.plan.digest == order.plan.digest and not known.stopped:
            known.taken += order.taken
            known.requests += [name for name in order.requests if name not in known.requests]
            return known, None
        self._current[order.key] = order
        self._scheduler.add(order.job)
        return order, self._stop(known, "superseded") if known else None

    def cancel(self, key: str) -> Order | None:
        """The order that this ends now; None if there is none, or a part of it is being made."""
        known = self._current.pop(key, None)
        return self._stop(known, "cancelled") if known else None

    def _stop(self, order: Order, why: str) -> Order | None:
        """An order that waits ends; one that is being made ends after the part at hand."""
        order.stopped = "cancelled" if why == "cancelled" else "superseded"
        self._scheduler.drop(order.job)
        return None if order in self._making else order

    def round(self) -> list[Order]:
        """The orders whose next part is to be made now."""
        chosen = {job.key for job in self._scheduler.round(self._limits)}
        found = [order for order in self._current.values() if order.job.key in chosen]
        self._making = found
        return found

    def finish_round(self) -> Iterator[Order]:
        """Take the made parts off the orders of the round; the orders of which nothing is left to make, or to want."""
        made, self._making = self._making, []
        for order in made:
            del order.parts[0], order.job.costs[0]
            if order.parts and not order.stopped:
                self._scheduler.again(order.job)
                continue
            self._forget(order)
            yield order

    def fail(self, order: Order) -> None:
        """An order that cannot be made leaves."""
        self._making = [each for each in self._making if each is not order]
        self._forget(order)

    def _forget(self, order: Order) -> None:
        if self._current.get(order.key) is order:
            del self._current[order.key]

    def release(self, owns: Callable[[RecordPosition], bool]) -> list[Order]:
        """Forget orders all of whose records are somebody else's now; those that are being made finish their part."""
        left = []
        for order in list(self._current.values()):
            order.taken = [taken for taken in order.taken if owns(taken.place)]
            if not order.taken:
                self._scheduler.drop(order.job)
                self._forget(order)
                order.stopped = order.stopped or "superseded"
                left.append(order)
        return left

    @property
    def making(self) -> list[Order]:
        """The orders of the round at hand."""
        return list(self._making)

    @property
    def waiting(self) -> int:
        """How many orders wait."""
        return self._scheduler.waiting

    def by_tenant(self) -> dict[str, int]:
        """How many orders each tenant has at hand."""
        found: dict[str, int] = {}
        for order in self._current.values():
            found[order.tenant] = found.get(order.tenant, 0) + 1
        return found
