"""A stopped campaign: nothing more is begun, what exists is shown, and the next order goes on with the rest."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from foundry.plan.estimate import count_needs
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import LocalStore
from models.drawing import Drawing
from pipelines.campaign.flow import build, build_all
from pipelines.engines.engine import Engine, choose_engine
from tests.support.briefs import admitted
from tests.support.fake_clock import FakeClock
from tests.support.fakes import Brush, PaintingHandler
from tests.support.stored import objects
from transforms.stopping import StopWatch, is_stopped, marker_name, read_stop, request_stop, withdraw_stop

pytestmark = pytest.mark.campaign

MANY: dict[str, Any] = {"alternatives": 4}
"""Changes that make a campaign of 8 shots and 24 files."""


class Stopping(PaintingHandler):
    """Paints, and has the plan stopped while it draws the shot number `at`."""

    def __init__(self, plan: Plan, own: LocalStore, at: int, reason: Any = "cancelled") -> None:
        super().__init__()
        self.plan, self.own, self.at, self.reason = plan, own, at, reason

    def run_inference(self, batch: Sequence[ShotOrder], model: Brush, inference_args: Any = None) -> list[Drawing]:
        """Paintings."""
        made = super().run_inference(batch, model, inference_args)
        if PaintingHandler.pictures >= self.at and read_stop(self.plan.digest, self.own) is None:
            request_stop(self.plan.digest, self.own, self.reason)
        return made


def one_lane() -> Engine:
    """The embedded engine, which draws one shot after another."""
    return replace(choose_engine("embedded"), lanes=1)


@pytest.fixture(autouse=True)
def _forget() -> None:
    PaintingHandler.forget()


def test_a_stopped_campaign_draws_a_few_more_shots_and_shows_what_exists(tmp_path: Path) -> None:
    each, store = admitted(tmp_path, **MANY), LocalStore(tmp_path / "store")
    own = store.for_tenant("aurelle")
    assert each.plan.shot_count == 8
    stopping = Stopping(each.plan, own, at=3)
    outcome = build_all([(each.plan, each.inputs)], store, generator=stopping, engine=one_lane())[each.plan.digest]
    assert 3 <= PaintingHandler.pictures <= 3 + 2 * each.plan.cards.generate.batch.cpu
    assert (outcome.stopped, outcome.letters) == ("cancelled", ())
    assert outcome.rows < each.plan.variant_count
    lacking = count_needs(each.plan, own)
    assert lacking.shots_to_draw == 8 - PaintingHandler.pictures
    assert lacking.variants_to_make + lacking.variants_only_rendered == each.plan.variant_count - outcome.rows


def test_a_cancelled_campaign_that_is_ordered_again_goes_on_where_it_stopped(tmp_path: Path) -> None:
    each, store = admitted(tmp_path, **MANY), LocalStore(tmp_path / "store")
    own = store.for_tenant("aurelle")
    stopping = Stopping(each.plan, own, at=3)
    build_all([(each.plan, each.inputs)], store, generator=stopping, engine=one_lane())
    drawn = PaintingHandler.pictures
    withdraw_stop(each.plan.digest, own)
    outcome = build(each.plan, each.inputs, store, generator=PaintingHandler())
    assert (outcome.stopped, outcome.rows) == (None, 24)
    assert PaintingHandler.pictures == 8 > drawn
    build(each.plan, each.inputs, LocalStore(tmp_path / "alone"), generator=PaintingHandler())
    assert objects(tmp_path / "store") == objects(tmp_path / "alone")


def test_a_plan_that_is_stopped_before_it_begins_draws_and_renders_nothing(tmp_path: Path) -> None:
    each, store = admitted(tmp_path), LocalStore(tmp_path / "store")
    request_stop(each.plan.digest, store.for_tenant("aurelle"), "superseded")
    outcome = build(each.plan, each.inputs, store, generator=PaintingHandler())
    assert (outcome.stopped, outcome.rows, outcome.letters, PaintingHandler.pictures) == ("superseded", 0, (), 0)


def test_a_shot_that_a_running_plan_shares_with_a_stopped_one_is_still_drawn(tmp_path: Path) -> None:
    other: dict[str, Any] = {
        "campaign": {"id": "other", "name": "Other"},
        "messages": {"en-US": {"headline": "Another"}},
    }
    orders = [admitted(tmp_path), admitted(tmp_path, **other)]
    for stopped, running in (orders, orders[::-1]):
        store = LocalStore(tmp_path / f"store-{stopped.plan.digest}")
        request_stop(stopped.plan.digest, store.for_tenant("aurelle"), "cancelled")
        found = [(each.plan, each.inputs) for each in orders]
        outcomes = build_all(found, store, generator=PaintingHandler())
        assert outcomes[running.plan.digest].rows == running.plan.variant_count
        assert outcomes[running.plan.digest].letters == ()
        assert outcomes[stopped.plan.digest].rows == 0


def test_another_tenants_plan_is_not_stopped(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    request_stop("abc", store.for_tenant("aurelle"), "cancelled")
    assert is_stopped("abc", "aurelle", store)
    assert not is_stopped("abc", "northpeak", store)


@dataclass(frozen=True)
class Counted(LocalStore):
    """Counts the questions that it is asked."""

    asked: ClassVar[list[str]] = []

    def for_tenant(self, tenant: str) -> Counted:
        """The same store."""
        return Counted(self.root, f"{tenant}/")

    def exists(self, name: str) -> bool:
        """True if it is there."""
        self.asked.append(name)
        return super().exists(name)


@dataclass(frozen=True)
class Held(LocalStore):
    """Answers the first question only after another was answered."""

    first: ClassVar[threading.Lock] = threading.Lock()
    asked: ClassVar[threading.Event] = threading.Event()
    answered: ClassVar[threading.Event] = threading.Event()

    def for_tenant(self, tenant: str) -> Held:
        """The same store."""
        return Held(self.root, f"{tenant}/")

    def exists(self, name: str) -> bool:
        """True if it is there."""
        if self.first.acquire(blocking=False):
            self.asked.set()
            assert self.answered.wait(60)
        return super().exists(name)


def test_a_thread_that_asks_while_the_first_answer_is_awaited_is_not_told_to_go_on(tmp_path: Path) -> None:
    store, watch, told = Held(tmp_path), StopWatch(), list[bool]()
    LocalStore(tmp_path, "aurelle/").put_once(marker_name("abc"), b"cancelled")
    first = threading.Thread(target=lambda: told.append(watch.is_stopped("abc", "aurelle", store)))
    first.start()
    assert Held.asked.wait(60)
    assert watch.is_stopped("abc", "aurelle", store)
    Held.answered.set()
    first.join(60)
    assert told == [True]


def test_the_store_is_asked_at_most_once_a_second_for_a_plan(tmp_path: Path) -> None:
    store, clock = Counted(tmp_path), FakeClock()
    watch = StopWatch(clock=clock.monotonic)
    for _ in range(30):
        assert not watch.is_stopped("abc", "aurelle", store)
        clock.sleep(0.1)
    assert len(store.asked) == 3
    LocalStore(tmp_path, "aurelle/").put_once(marker_name("abc"), b"cancelled")
    clock.sleep(1.0)
    assert watch.is_stopped("abc", "aurelle", store)
    assert len(store.asked) == 4


def test_a_stop_is_known_at_once_in_the_process_that_asked_for_it(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    own = store.for_tenant("aurelle")
    assert not is_stopped("abc", "aurelle", store)
    request_stop("abc", own, "superseded")
    assert is_stopped("abc", "aurelle", store)
    assert read_stop("abc", own) == "superseded"
    withdraw_stop("abc", own)
    assert not is_stopped("abc", "aurelle", store)
    assert read_stop("abc", own) is None
    withdraw_stop("abc", own)
