"""The stop of a running campaign: a marker in the tenant's store that every stage asks before each shot, clip and file.

Whoever cancels or supersedes a campaign calls `request_stop`; it may be another process on another machine. The stages
call `is_stopped`, on every engine. Work that they skip is neither made nor refused: it gets no dead letter, and the
next order of the same campaign goes on with it. What is being drawn or rendered at that moment is finished and kept.

Whoever orders a campaign calls `withdraw_stop` before its run starts, so that a campaign that was cancelled goes on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Protocol, TypeVar

from foundry.plan.plan import Plan
from foundry.store.object_store import NoSuchObject, ObjectStore

StopReason = Literal["cancelled", "superseded"]
ASK_EVERY_S = 1.0
"""The store is asked for one plan's marker at most this often by one process."""


def marker_name(plan: str) -> str:
    """Return the name, in the tenant's store, of the marker that stops a plan. `plan` is the plan's digest."""
    return f"stops/{plan}"


def request_stop(plan: str, own: ObjectStore, reason: StopReason) -> None:
    """Stop a plan's run at its next shot, clip or file, in every process within about a second.

    `plan` is the plan's digest, which its slices share; `own` is the tenant's store. The marker stays until
    `withdraw_stop`: a run that starts before that stops at once.
    """
    with own.replacing(marker_name(plan)) as file:
        file.write_text(reason, encoding="utf-8")
    _of_this_process.forget(plan)


def withdraw_stop(plan: str, own: ObjectStore) -> None:
    """Let a plan run again; nothing happens if nobody stopped it. `own` is the tenant's store."""
    own.remove(marker_name(plan))
    _of_this_process.forget(plan)


def read_stop(plan: str, own: ObjectStore) -> StopReason | None:
    """Return the reason why a plan is stopped, as its store says now; None if it is not."""
    try:
        told = own.get(marker_name(plan))
    except NoSuchObject:
        return None
    return "superseded" if told == b"superseded" else "cancelled"


class StopWatch:
    """Answers whether plans are stopped, and asks the store for each at most once in `ask_every_s` seconds.

    While one thread asks, the others go on with the last answer. Before there is one, each thread asks for itself.
    """

    def __init__(self, ask_every_s: float = ASK_EVERY_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.ask_every_s, self._clock = ask_every_s, clock
        self._lock = threading.Lock()
        self._known: dict[tuple[ObjectStore, str, str], tuple[float, bool]] = {}

    def is_stopped(self, plan: str, tenant: str, store: ObjectStore) -> bool:
        """Return True if the plan with this digest is stopped. `store` is everybody's, not the tenant's.

        Work that belongs to no plan, whose digest is "", cannot be stopped.
        """
        if not plan:
            return False
        key, now = (store, tenant, plan), self._clock()
        with self._lock:
            if known := self._known.get(key):
                asked_at, stopped = known
                if now - asked_at < self.ask_every_s:
                    return stopped
                self._known[key] = (now, stopped)
        stopped = store.for_tenant(tenant).exists(marker_name(plan))
        with self._lock:
            self._known[key] = (now, stopped)
        return stopped

    def forget(self, plan: str) -> None:
        """Drop what is known of a plan, so that the store is asked at once."""
        with self._lock:
            for key in [key for key in self._known if key[2] == plan]:
                del self._known[key]


_of_this_process = StopWatch()
"""The answers that the stages of this process share."""

is_stopped = _of_this_process.is_stopped


class PlanOrder(Protocol):
    """An order for a shot or a clip: its name, the digest of the plan that gave it, and the tenant's id."""

    @property
    def name(self) -> str:
        """The hash of everything that goes into the shot or clip."""

    @property
    def plan(self) -> str:
        """The digest of the plan."""

    @property
    def tenant(self) -> str:
        """The tenant's id."""


Order = TypeVar("Order", bound=PlanOrder)


def running_order(
    order: Order, plans: Mapping[str, Plan], store: ObjectStore, orders_of: Callable[[Plan], Iterable[Order]]
) -> Order | None:
    """Return the order, or the same one by another plan of the run if its own plan is stopped; None if all are.

    Several plans of a tenant may share a shot or a clip, which is then made once, for one of them. `orders_of` yields a
    plan's orders.
    """
    if not is_stopped(order.plan, order.tenant, store):
        return order
    others = (plan for plan in plans.values() if plan.tenant.id == order.tenant and plan.digest != order.plan)
    running = (plan for plan in others if not is_stopped(plan.digest, plan.tenant.id, store))
    return next((other for plan in running for other in orders_of(plan) if other.name == order.name), None)
