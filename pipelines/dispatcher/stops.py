"""Stops of orders that are being made, passed on to all workers of a round by the marker in the tenant's store."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from foundry.errors import FoundryError
from foundry.store.object_store import ObjectStore
from pipelines.dispatcher.order import Order

EVERY_S = 0.25
log = logging.getLogger("foundry.serve")


@contextmanager
def passing_stops_on(
    orders: Sequence[Order], store: ObjectStore, is_ours: Callable[[Order], bool], every_s: float = EVERY_S
) -> Iterator[None]:
    """Stop the run of each order that is cancelled or superseded while the block runs.

    An order that was lost to another dispatcher is not stopped: its marker would stop the new owner's run of the same
    plan. The polling thread only sets `order.stopped`; a bucket that is slow to take a marker does not hold it up.
    """
    from transforms.stopping import withdraw_stop

    for order in orders:
        withdraw_stop(order.plan.digest, store.for_tenant(order.tenant))
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(orders, store, is_ours, done, every_s), name="stops", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _watch(
    orders: Sequence[Order],
    store: ObjectStore,
    is_ours: Callable[[Order], bool],
    done: threading.Event,
    every_s: float,
) -> None:
    from transforms.stopping import request_stop

    running = list(orders)
    while running and not done.wait(every_s):
        for order in [each for each in running if each.stopped and is_ours(each)]:
            try:
                request_stop(order.plan.digest, store.for_tenant(order.tenant), order.stopped or "cancelled")
                running.remove(order)
            except (OSError, FoundryError) as error:  # the run notices an outage itself; the stop is tried again
                log.warning("%s is not stopped yet: %s", order.key, error)
