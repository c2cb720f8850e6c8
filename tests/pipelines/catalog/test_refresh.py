"""Refreshes of a small shop, from its feed to its state."""

from __future__ import annotations

from pathlib import Path

from foundry.catalog.runs import RunState
from pipelines.catalog.refresh import refresh
from tests.support.shops import Shop, a_row


def test_a_first_refresh_makes_every_product_of_the_feed(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path)
    shop.write([a_row(1), a_row(2), a_row(3, price="nothing")])
    record = refresh(shop.catalog, shop.setting)
    assert record.state == RunState.FINISHED
    assert record.changes["new"] == 2
    assert record.work.files_made == 2
