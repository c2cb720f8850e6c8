"""A shop whose feed and pictures come from a web host, over some nights."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.http.public_transport import Reach
from foundry.catalog.refusals import FeedAway
from foundry.catalog.runs import RunRecord, RunState
from pipelines.catalog.pictures import due
from pipelines.catalog.refresh import refresh
from tests.support.briefs import product_picture
from tests.support.self_signed import certificate
from tests.support.shop_host import ShopHost, status
from tests.support.shops import Shop, a_row


class WebShop:
    """A shop at https://shop.example, which a host of this machine serves."""

    def __init__(self, folder: Path, host: ShopHost, pem: Path) -> None:
        self.host, self.base = host, f"https://shop.example:{host.port}"
        self.shop = Shop.open(folder, feed={"source": f"{self.base}/feed.tsv"}, pictures={"recheck_days": 2})
        reach = Reach(
            loopback=True, authorities=ssl.create_default_context(cafile=pem), resolve=lambda name, port: ["127.0.0.1"]
        )
        self.shop.settings = {"reach": reach}
        for file in folder.glob("*.png"):
            host.shop.files[f"/{file.name}"] = file.read_bytes()

    def address(self, number: int) -> str:
        return f"{self.base}/serum-{number}.png"

    def objects(self) -> dict[str, bytes]:
        """Return all objects of the tenant but those of runs and the lease."""
        own = self.shop.own
        return {name: own.get(name) for name in own.list() if "/runs/" not in name and "lease" not in name}

    def put(self, *numbers: int, **changes: str) -> None:
        """Publish a feed of these rows."""
        self.shop.write([a_row(number, image_link=self.address(number), **changes) for number in numbers])
        self.host.shop.files["/feed.tsv"] = (self.shop.root / "feed.tsv").read_bytes()

    def refresh(self) -> tuple[RunRecord, dict[str, int]]:
        """Refresh, let a day pass, and return the record and how often each path was asked for."""
        self.host.shop.seen.clear()
        try:
            return refresh(self.shop.catalog, self.shop.setting), dict(self.host.shop.paths())
        finally:
            self.shop.next_night()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebShop]:
    pem = certificate("shop.example", tmp_path)
    with ShopHost(pem) as host:
        yield WebShop(tmp_path, host, pem)


@pytest.mark.campaign
def test_nights_of_a_shop_on_the_web(web: WebShop) -> None:
    web.put(1, 2, 3)
    record, asked = web.refresh()
    assert (record.state, record.work.pictures_fetched, record.changes["new"]) == (RunState.FINISHED, 3, 3)
    assert asked == {"/feed.tsv": 1, "/serum-1.png": 1, "/serum-2.png": 1, "/serum-3.png": 1}

    web.put(1, 2, 3, price="12.50 USD")
    record, asked = web.refresh()
    assert (record.work.shots, record.work.files_made, record.work.pictures_fetched) == (0, 3, 0)
    assert set(asked) <= {"/feed.tsv", *(f"/serum-{n}.png" for n in (1, 2, 3) if due_before(web, n))}

    before = web.objects()
    web.host.shop.moods["/feed.tsv"] = status(404)
    assert web.refresh()[0].state is RunState.STOPPED
    web.host.shop.moods["/feed.tsv"] = status(503, Retry_After="86400")
    with pytest.raises(FeedAway):
        web.refresh()
    assert web.objects() == before
    web.host.shop.moods.clear()

    product_picture(web.shop.root / "other.png", "#00A0A0")
    web.host.shop.files["/serum-2.png"] = (web.shop.root / "other.png").read_bytes()
    made = 0
    for _ in range(web.shop.catalog.pictures.recheck_days):
        record, asked = web.refresh()
        assert record.state in (RunState.FINISHED, RunState.UNCHANGED)
        assert asked.get("/serum-2.png", 0) <= 2
        made += record.work.files_made
    assert made == 1


def due_before(web: WebShop, number: int) -> bool:
    """Return whether an address was due on the night that has just passed."""
    night = web.shop.night.date().fromordinal(web.shop.night.toordinal() - 1)
    return due(web.address(number), night, web.shop.catalog.pictures.recheck_days)


@pytest.mark.campaign
def test_a_picture_that_does_not_come_leaves_its_product_for_the_next_night(web: WebShop) -> None:
    web.host.shop.moods["/serum-2.png"] = status(404)
    web.put(1, 2)
    record, _ = web.refresh()
    assert (record.state, record.work.files_made, record.unmade) == (RunState.FINISHED, 1, {"picture_missing": 1})
    assert [(fault.code, fault.row) for fault in record.unmade_examples] == [("picture_missing", 2)]
    web.host.shop.moods.clear()
    record, _ = web.refresh()
    assert (record.work.files_made, record.unmade) == (1, {})
