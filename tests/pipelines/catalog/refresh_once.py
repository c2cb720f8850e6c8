"""Refreshes a small shop under one name; killed and started again by the tests of crashes."""

from __future__ import annotations

from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from pipelines.catalog.refresh import refresh
from tests.support.shops import Shop

RUN = "20261201T013000Z"
LEASE_S = 0.3
"""A process that was killed holds its lease for so long."""


def refresh_once(tell: Connection, root: Path, store: str, more: dict[str, object]) -> None:
    """Refresh, and tell when it begins and when it is done."""
    shop = Shop(root=root, store_name=store, night=datetime(2026, 12, 1, 1, 30, tzinfo=UTC), more=dict(more))
    shop.settings = {"lease_s": LEASE_S, "products_per_batch": 2}
    tell.send("refreshing")
    record = refresh(shop.catalog, shop.setting, run=RUN)
    tell.send(str(record.state))
