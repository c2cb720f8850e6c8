"""An order's parts, its due day, and the progress that is reported of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.plan.slice import plan_cost
from pipelines.dispatcher.order import DAYS_WITHOUT_EMBARGO, Order
from pipelines.planning.admission import Admitted
from tests.pipelines.dispatcher.orders import SCENES, an_order
from tests.support.briefs import admitted

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Admitted:
    return admitted(tmp_path_factory.mktemp("order"), scenes=SCENES)


def test_progress_counts_what_the_running_part_has_made(plan: Admitted) -> None:
    order = an_order(plan, 1)
    total = order.plan.variant_count
    order.tally.making, order.tally.reused, order.tally.drawing = total - 2, 2, 2
    told = order.progress("running", "r1", {"files_made": 3, "files_refused": 1, "variants": 4, "shots": 1})
    assert (told.total, told.done, told.reused, told.failed, told.running) == (total, 3, 2, 1, total - 6)
    assert told.shots_done == 1


def test_the_time_left_is_the_mean_of_what_is_made_times_what_is_missing(plan: Admitted) -> None:
    order = an_order(plan, 1)
    assert (order.progress("running", "r1", {}).mean_ms, order.progress("running", "r1", {}).left_ms) == (None, None)
    order.tally.made, order.tally.failed, order.tally.seconds = 2, 1, 3.0
    told = order.progress("running", "r1", {})
    assert (told.mean_ms, told.left_ms) == (1500, 1500 * (order.plan.variant_count - 3))
    order.tally.made = order.plan.variant_count - 1
    assert order.progress("finished", "r1", {}).left_ms is None


def test_counts_that_run_ahead_of_the_tally_are_not_believed(plan: Admitted) -> None:
    order = an_order(plan, 1)
    order.tally.making = 2
    told = order.progress("running", "r1", {"files_made": 99, "files_refused": 99})
    assert (told.done, told.failed, told.running) == (2, 0, 0)


def test_a_small_campaign_is_made_whole(plan: Admitted) -> None:
    order = an_order(plan, 1)
    assert order.whole
    assert order.on_last_part
    assert order.next_part() is order.plan
    assert [part.cost for part in order.parts] == [plan_cost(order.plan)]


def test_the_parts_of_a_large_campaign_hold_every_shot_once_and_cost_what_the_whole_costs(plan: Admitted) -> None:
    order = an_order(plan, 1, most=20)
    assert not order.whole
    assert [part.first for part in order.parts[1:]] == [part.stop for part in order.parts[:-1]]
    assert (order.parts[0].first, order.parts[-1].stop) == (0, order.plan.shot_count)
    assert sum(part.cost for part in order.parts) == pytest.approx(plan_cost(order.plan), abs=len(order.parts))
    shots = []
    while order.parts:
        shots += [shot.name for shot in order.next_part().shots()]
        del order.parts[0]
    assert shots == [shot.name for shot in order.plan.shots()]


def due(folder: Path, sent_day: int, **brief: object) -> int:
    order: Order = an_order(admitted(folder, **brief), 1, timestamp=sent_day * DAY_MS + 7)
    return order.work.due


def test_an_embargo_is_the_day_when_it_is_due_and_without_one_a_month_after_it_was_sent(tmp_path: Path) -> None:
    assert due(tmp_path, 5, embargo="1970-01-10") == 9
    assert due(tmp_path, 5) == 5 + DAYS_WITHOUT_EMBARGO
    assert due(tmp_path, -1) == DAYS_WITHOUT_EMBARGO


def test_the_keys_of_an_order_and_of_its_work_name_campaign_and_record(plan: Admitted) -> None:
    order = an_order(plan, 17)
    assert order.key == f"{order.tenant}/{order.campaign}"
    assert order.work.key == f"{order.key}@campaign.briefs:0:17"


def test_a_records_size_is_that_of_key_and_value(plan: Admitted) -> None:
    assert an_order(plan, 1, key=b"12", value=b"345").records[0].size == 5
    assert an_order(plan, 1, key=None, value=None).records[0].size == 0
