"""Orders that share a round tell their own progress while it runs."""

from __future__ import annotations

import threading
from pathlib import Path

from pipelines.bus.order_progress import OrderProgress
from pipelines.dispatcher.making import RoundMaker
from pipelines.dispatcher.order import Order
from tests.pipelines.dispatcher.orders import RecordingAnnouncer, a_maker, an_order
from tests.support.briefs import a_tenant, admitted
from tests.support.fakes import SlowPainter


def test_each_order_of_a_round_tells_its_own_progress_while_it_is_made(tmp_path: Path) -> None:
    other = admitted(tmp_path, owner=a_tenant("northpeak"), tenant="northpeak", placements=["google/half-page"])
    orders = [an_order(admitted(tmp_path, alternatives=2), 1), an_order(other, 2)]
    maker = a_maker(tmp_path / "store", RecordingAnnouncer(), generator=SlowPainter(1.0))
    told = _told_during_the_round(maker, orders)
    for order in orders:
        reports = told[order.key]
        for figure in ("done", "failed", "shots_done"):
            values = [getattr(report, figure) for report in reports]
            assert values == sorted(values), (order.key, figure)
        assert {report.total for report in reports} == {order.plan.variant_count}
        assert all(report.shots_done <= order.plan.shot_count for report in reports)
    first = orders[0]
    assert {report.shots_done for report in told[first.key]} & set(range(1, first.plan.shot_count))
    ends = [order.progress("finished", "r", order.live_counts()) for order in orders]
    assert [(end.done, end.running) for end in ends] == [(order.plan.variant_count, 0) for order in orders]


def _told_during_the_round(maker: RoundMaker, orders: list[Order]) -> dict[str, list[OrderProgress]]:
    told: dict[str, list[OrderProgress]] = {order.key: [] for order in orders}
    making = threading.Thread(target=maker.make, args=(orders,))
    making.start()
    while making.is_alive():
        making.join(0.05)
        for order in orders:
            told[order.key].append(order.progress("running", "r", order.live_counts()))
    return told
