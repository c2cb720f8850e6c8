"""Small work that needs a store, done beside the polling loop: markers that stop campaigns, quotas, questions."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger("foundry.serve")


class Errands:
    """Runs errands in a few threads. One that fails is logged, and nothing waits for it."""

    def __init__(self, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="errand")

    def run(self, what: str, act: Callable[[], None]) -> None:
        """Have `act` done soon. `what` names it in the log."""

        def attempt() -> None:
            try:
                act()
            except Exception as error:  # noqa: BLE001 - an outage or a fault of one errand is told of and stops nothing
                log.warning("%s failed: %s", what, str(error) or type(error).__name__)

        self._pool.submit(attempt)

    def close(self) -> None:
        """Begin no more errands; those that run end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)
