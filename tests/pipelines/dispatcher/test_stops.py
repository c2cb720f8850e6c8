"""Orders that are cancelled while they are made: few more shots are drawn, and what exists is shown and kept."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from foundry.quota import Amounts
from foundry.store.object_store import LocalStore
from pipelines.dispatcher.order import Order
from pipelines.planning.quota_ledger import QuotaLedger
from tests.pipelines.dispatcher.orders import RecordingAnnouncer, a_maker, an_order
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler, SlowPainter
from tests.support.manifests import manifest_rows
from tests.support.waiting import until
from transforms.stopping import read_stop

SHOTS = 18


@pytest.fixture(autouse=True)
def _forget() -> None:
    PaintingHandler.forget()


def stop_after(order: Order, pictures: int) -> threading.Thread:
    """Cancel an order once so many pictures are painted."""

    def cancel() -> None:
        until(lambda: PaintingHandler.pictures >= pictures, 60)
        order.stopped = "cancelled"

    thread = threading.Thread(target=cancel)
    thread.start()
    return thread


def test_a_campaign_that_is_cancelled_while_it_is_made_stops_at_its_next_shots(tmp_path: Path) -> None:
    announcer, order = RecordingAnnouncer(), an_order(admitted(tmp_path, alternatives=9), 1)
    assert order.plan.shot_count == SHOTS
    stopping = stop_after(order, 2)
    failed = a_maker(tmp_path / "store", announcer, generator=SlowPainter(0.7)).make([order]).failed
    stopping.join()
    assert failed == []
    drawn = PaintingHandler.pictures
    assert 2 <= drawn < SHOTS
    assert announcer.announced == []
    folder = tmp_path / "store" / "aurelle" / "campaigns" / "test"
    rows = manifest_rows(tmp_path / "store")
    assert len(rows) == order.tally.made < order.plan.variant_count
    assert (folder / "dead_letters.jsonl").read_text("utf-8") == ""
    told = order.progress("cancelled", "r", {})
    assert told.reason == (
        f"the campaign was cancelled: {len(rows)} of {told.total} files exist, {told.total - len(rows)} remain"
    )
    left = QuotaLedger(LocalStore(tmp_path / "store")).quota_left("aurelle")
    assert (left.spent.shots, left.held) == (order.tally.shots_drawn, Amounts())
    again = an_order(admitted(tmp_path, alternatives=9), 2)
    assert a_maker(tmp_path / "store", announcer).make([again]).failed == []
    assert PaintingHandler.pictures <= SHOTS + drawn - order.tally.shots_drawn
    assert (again.tally.made + order.tally.made, again.tally.failed) == (order.plan.variant_count, 0)
    assert announcer.announced == [again.key]


def test_an_order_that_was_lost_to_another_dispatcher_is_not_stopped(tmp_path: Path) -> None:
    order = an_order(admitted(tmp_path), 1)
    maker = a_maker(tmp_path / "store", RecordingAnnouncer(), generator=SlowPainter(0.4))
    maker.is_ours = lambda order: False
    order.stopped = "superseded"
    maker.make([order])
    assert read_stop(order.plan.digest, LocalStore(tmp_path / "store").for_tenant("aurelle")) is None
    assert PaintingHandler.pictures == order.plan.shot_count


def test_a_campaign_that_is_cancelled_between_two_parts_shows_what_exists_and_holds_nothing(tmp_path: Path) -> None:
    order = an_order(admitted(tmp_path, alternatives=4), 1, most=40)
    assert len(order.parts) > 1
    maker = a_maker(tmp_path / "store", RecordingAnnouncer())
    maker.make([order])
    order.work.parts_made += 1
    del order.parts[0]
    order.stopped = "cancelled"
    ledger = QuotaLedger(LocalStore(tmp_path / "store"))
    assert ledger.quota_left("aurelle").held.shots > 0
    maker.end_waiting(order)
    assert len(manifest_rows(tmp_path / "store")) == order.tally.made > 0
    left = ledger.quota_left("aurelle")
    assert (left.spent.shots, left.held) == (order.tally.shots_drawn, Amounts())


def test_a_stop_is_seen_by_workers_within_a_second_or_so(tmp_path: Path) -> None:
    from pipelines.dispatcher.stops import passing_stops_on

    order, store = an_order(admitted(tmp_path), 1), LocalStore(tmp_path / "store")
    own = store.for_tenant("aurelle")
    with passing_stops_on([order], store, lambda _: True, every_s=0.05):
        assert read_stop(order.plan.digest, own) is None
        order.stopped = "superseded"
        began = time.monotonic()
        until(lambda: read_stop(order.plan.digest, own) == "superseded", 20)
        assert time.monotonic() - began < 20
