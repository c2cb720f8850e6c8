"""Files that are rendered while shots are drawn: the same objects and counts, sooner; a sick store ends the run."""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import LocalStore
from models.drawing import Drawing
from pipelines.campaign.flow import build_all
from pipelines.engines.engine import Engine, choose_engine
from tests.pipelines.dispatcher.sick_store import SickStore, hits
from tests.support.briefs import WIDE_COPY, admitted, not_tried
from tests.support.counted import counted
from tests.support.fakes import Brush, PaintingHandler
from tests.support.stored import objects
from tests.support.waiting import until
from transforms.expand import still_orders
from transforms.render import render_missing
from transforms.render_ahead import WAITING_PER_THREAD, ProcessThreads, RenderThreads, process_threads

pytestmark = pytest.mark.campaign

THREADS = 2


def one_lane(ahead: int) -> Engine:
    """The embedded engine, which draws one shot after another, and renders with so many threads meanwhile."""
    return replace(choose_engine("embedded"), lanes=1, ahead=ahead)


class Patient(PaintingHandler):
    """Draws another shot only when a file of an earlier one is published."""

    def __init__(self, root: Path, seconds: float = 60.0) -> None:
        super().__init__()
        self.root, self.seconds = root, seconds

    def run_inference(self, batch: Sequence[ShotOrder], model: Brush, inference_args: Any = None) -> list[Drawing]:
        """Paintings."""
        if PaintingHandler.pictures:
            until(lambda: any(self.root.glob("*/records/*/*.json")), self.seconds)
        return super().run_inference(batch, model, inference_args)


@dataclass(frozen=True)
class Gate(LocalStore):
    """Tells nobody what is there until it is opened."""

    opened = threading.Event()

    def for_tenant(self, tenant: str) -> Gate:
        """The same gate."""
        return Gate(self.root, f"{tenant}/")

    @property
    def rechecks(self) -> bool:
        """Files are believed, as in a bucket, so that `present` is asked."""
        return False

    def present(self, names: Sequence[str]) -> list[bool]:
        """As of any folder, later."""
        assert Gate.opened.wait(30)
        return super().present(names)


@pytest.fixture(autouse=True)
def _forget() -> None:
    PaintingHandler.forget()


def test_files_are_published_before_the_last_shot_is_drawn_and_are_the_same(tmp_path: Path) -> None:
    each, found = admitted(tmp_path, alternatives=2), {}
    for ahead in (0, THREADS):
        PaintingHandler.forget()
        root = tmp_path / f"ahead-{ahead}"
        painter = Patient(root) if ahead else PaintingHandler()
        made = build_all([(each.plan, each.inputs)], LocalStore(root), generator=painter, engine=one_lane(ahead))
        files = dict.fromkeys(("variants", "files_made"), each.plan.variant_count)
        counts = {"attempts": 4, "shots": 4, **files}
        outcome = made[each.plan.digest]
        assert (counted(outcome.counts), outcome.letters, outcome.rows) == (counts, (), each.plan.variant_count)
        found[ahead] = objects(root)
    assert found[0] == found[THREADS]


def test_without_it_the_second_shot_would_wait_for_ever(tmp_path: Path) -> None:
    each, root = admitted(tmp_path, alternatives=2), tmp_path / "store"
    with pytest.raises(RuntimeError, match="did not come true"):
        build_all([(each.plan, each.inputs)], LocalStore(root), generator=Patient(root, 3), engine=one_lane(0))


def test_a_refused_variant_is_counted_once_and_has_one_letter(tmp_path: Path) -> None:
    each = not_tried(tmp_path, **WIDE_COPY)
    root = tmp_path / "store"
    made = build_all([(each.plan, each.inputs)], LocalStore(root), generator=PaintingHandler(), engine=one_lane(1))
    outcome = made[each.plan.digest]
    assert [letter.code for letter in outcome.letters] == ["copy_does_not_fit"]
    assert outcome.rows + len(outcome.letters) == outcome.counts["variants"] == each.plan.variant_count


def test_a_store_that_fails_there_ends_the_run_and_the_next_makes_the_rest(tmp_path: Path) -> None:
    each, root = admitted(tmp_path, alternatives=2), tmp_path / "store"
    orders, sick = [(each.plan, each.inputs)], SickStore(root, illness=_full, where="renditions/")
    hits[str(root)] = 1
    with pytest.raises(RuntimeError, match="No space left"):
        build_all(orders, sick, generator=PaintingHandler(), engine=one_lane(1))
    assert hits[str(root)] == 0
    whole = build_all(orders, LocalStore(root), generator=PaintingHandler(), engine=one_lane(1))
    assert whole[each.plan.digest].rows == each.plan.variant_count
    build_all(orders, LocalStore(tmp_path / "alone"), generator=PaintingHandler(), engine=one_lane(0))
    assert objects(root) == objects(tmp_path / "alone")


def _full() -> OSError:
    return OSError(28, "No space left on device")


def test_nobody_waits_for_room_and_what_has_not_begun_can_be_left(tmp_path: Path) -> None:
    plan: Plan = admitted(tmp_path).plan
    order = next(still_orders(plan, next(plan.shots())))
    Gate.opened.clear()
    threads = RenderThreads(1)
    taken = [threads.offer(order, plan, Gate(tmp_path / "gate")) for _ in range(WAITING_PER_THREAD + 2)]
    assert [one is None for one in taken] == [False] * (WAITING_PER_THREAD + 1) + [True]
    settling = threading.Thread(target=threads.settle)
    settling.start()
    until(lambda: all(one.cancelled() for one in taken[1:-1] if one))
    assert settling.is_alive(), "one is at work"
    Gate.opened.set()
    settling.join(30)
    assert not settling.is_alive()
    assert threads.offer(order, plan, Gate(tmp_path / "gate")) is not None
    threads.close()


def test_threads_that_wait_hold_no_masters(tmp_path: Path) -> None:
    each, store = admitted(tmp_path), LocalStore(tmp_path / "store")
    build_all([(each.plan, each.inputs)], store, generator=PaintingHandler(), engine=one_lane(0))
    for path in (tmp_path / "store").glob("*/records/*/*.json"):
        path.unlink()
    before = _decoded()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        for thread, shot in zip((one, other), each.plan.shots(), strict=True):
            order = next(still_orders(each.plan, shot))
            made = thread.submit(lambda order=order: list(render_missing(order, each.plan, store))).result()
            assert all(isinstance(name, str) for name in made)
        assert _decoded() <= max(before, 1)


def _decoded() -> int:
    """How many masters are held for rendering in this process."""
    gc.collect()
    return sum(len(each.masters) for each in gc.get_objects() if type(each).__name__ == "RenderCache")


def test_a_process_has_these_threads_once() -> None:
    assert process_threads.get(THREADS) is process_threads.get(THREADS)


def test_another_number_of_threads_replaces_and_closes_the_earlier_ones(tmp_path: Path) -> None:
    plan: Plan = admitted(tmp_path).plan
    order = next(still_orders(plan, next(plan.shots())))
    owner = ProcessThreads()
    earlier = owner.get(1)
    assert owner.get(2) is not earlier
    assert earlier.offer(order, plan, LocalStore(tmp_path / "store")) is None, "closed threads decline"
    owner.close()
    assert owner.get(2).offer(order, plan, LocalStore(tmp_path / "store")) is not None
    owner.close()
    owner.close()
    process_threads.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("render-ahead")]
