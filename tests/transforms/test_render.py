"""The CPU stage's functions: only what is missing is rendered, refusals are dead letters, caches are lent."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import apache_beam as beam
import pytest

from foundry.manifest import DeadLetter, RenditionRecord, rendition_from_json
from foundry.metering.leftovers import take_leftovers
from foundry.plan.plan import Plan
from foundry.plan.shot import RenderOrder
from foundry.store.bucket_requests import BucketRefused
from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import build
from tests.support.briefs import admitted
from tests.support.counted import counted
from tests.support.fakes import PaintingHandler
from tests.support.finished import finish_masters, finish_variant
from transforms.counting import gathered
from transforms.expand import still_orders
from transforms.order_rows import LETTER, ROW, SUMS, order_name, parse_rows
from transforms.render import (
    RenderCache,
    RenderCaches,
    missing_variants,
    render,
    render_missing,
    settle,
    write_rows_again,
)
from transforms.stopping import request_stop, withdraw_stop


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return admitted(tmp_path_factory.mktemp("brief")).plan


@pytest.fixture
def order(plan: Plan) -> RenderOrder:
    """The largest order of the plan."""
    orders = [order for shot in plan.shots() for order in still_orders(plan, shot)]
    return max(orders, key=lambda one: one.stop - one.start)


def test_only_variants_without_a_record_are_missing(plan: Plan, order: RenderOrder, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    first, *others = plan.some_variants(order)
    assert len(others) >= 1
    assert list(missing_variants(order, plan, store)) == [first, *others]
    finish_variant(first, store)
    assert [variant.name for variant in missing_variants(order, plan, store)] == [one.name for one in others]


def test_without_its_master_each_variant_is_a_dead_letter(plan: Plan, order: RenderOrder, tmp_path: Path) -> None:
    letters = list(render_missing(order, plan, LocalStore(tmp_path)))
    assert [letter.code for letter in letters if isinstance(letter, DeadLetter)] == ["no_master"] * len(letters)
    keys = [letter.key for letter in letters if isinstance(letter, DeadLetter)]
    assert keys == [variant.key for variant in plan.some_variants(order)]


def rows_of(order: RenderOrder, plan: Plan, store: LocalStore) -> list[tuple[bytes, dict[str, Any]]]:
    data = store.for_tenant("aurelle").get(order_name(plan, order.position))
    return [(kind, json.loads(line)) for kind, line in parse_rows(data)]


def without_spent(rows: list[tuple[bytes, dict[str, Any]]]) -> list[tuple[bytes, dict[str, Any]]]:
    return [(kind, {**row, "spent": None, "unallocated": None, "rates": None}) for kind, row in rows]


def test_the_stage_counts_refusals_and_tags_them(plan: Plan, order: RenderOrder, tmp_path: Path) -> None:
    with gathered() as counts:
        *results, written = render(order, {plan.digest: plan}, LocalStore(tmp_path))
    assert written == order
    assert {type(result) for result in results} == {beam.pvalue.TaggedOutput}
    assert {result.tag for result in results} == {"refused"}
    kinds = ("variants", "files_refused", "refusals/no_master")
    found = {kind: number for (kind, _), number in counts.amounts.items()}
    assert counted(found) == dict.fromkeys(kinds, len(results))
    assert [name for name, _, _ in counts.values] == ["milliseconds/render"] * len(results)
    *letters, (last, _) = rows_of(order, plan, LocalStore(tmp_path))
    assert ([kind for kind, _ in letters], last) == ([LETTER] * len(results), SUMS)
    assert [letter["key"] for _, letter in letters] == [result.value.key for result in results]


def test_an_order_whose_files_are_all_there_renders_nothing(plan: Plan, order: RenderOrder, tmp_path: Path) -> None:
    store, whole = LocalStore(tmp_path), list(plan.some_variants(order))
    finish_masters(plan, store)
    for variant in whole:
        finish_variant(variant, store)
    assert list(render_missing(order, plan, store)) == []
    assert all(each.found for each in settle(order, plan, store))
    assert list(render(order, {plan.digest: plan}, store)) == [order]
    *rows, _ = rows_of(order, plan, store)
    assert [(kind, row["asset"]) for kind, row in rows] == [(ROW, variant.name) for variant in whole]


@dataclass(frozen=True)
class Asked(LocalStore):
    """Counts what is asked of records; it is believed, as a bucket is."""

    asked: ClassVar[Counter[str]] = Counter()

    def for_tenant(self, tenant: str) -> Asked:
        """The same store."""
        return Asked(self.root, f"{tenant}/")

    @property
    def rechecks(self) -> bool:
        """False: files are believed."""
        return False

    def exists(self, name: str) -> bool:
        """As of any folder."""
        self.asked["exists"] += name.startswith("records/")
        return super().exists(name)

    def get(self, name: str) -> bytes:
        """As of any folder."""
        self.asked["get"] += name.startswith("records/")
        return super().get(name)


def test_the_record_of_each_file_is_read_once_and_not_asked_for_first(
    plan: Plan, order: RenderOrder, tmp_path: Path
) -> None:
    whole = list(plan.some_variants(order))
    finish_masters(plan, LocalStore(tmp_path))
    for variant in whole:
        finish_variant(variant, LocalStore(tmp_path))
    Asked.asked.clear()
    assert list(render(order, {plan.digest: plan}, Asked(tmp_path))) == [order]
    assert (Asked.asked["get"], Asked.asked["exists"]) == (len(whole), 0)


def test_the_files_that_a_stopped_plan_lacks_are_left_out_and_the_others_have_rows(
    plan: Plan, order: RenderOrder, tmp_path: Path
) -> None:
    store, (first, *_) = LocalStore(tmp_path), plan.some_variants(order)
    finish_masters(plan, store)
    finish_variant(first, store)
    request_stop(plan.digest, store.for_tenant("aurelle"), "cancelled")
    try:
        assert list(render(order, {plan.digest: plan}, store)) == [order]
    finally:
        withdraw_stop(plan.digest, store.for_tenant("aurelle"))
    assert [(kind, row.get("asset")) for kind, row in rows_of(order, plan, store)] == [(ROW, first.name), (SUMS, None)]


def test_rows_that_are_gone_are_written_again_as_they_were(plan: Plan, order: RenderOrder, tmp_path: Path) -> None:
    store, (first, *_) = LocalStore(tmp_path), plan.some_variants(order)
    finish_masters(plan, store)
    finish_variant(first, store)
    list(render(order, {plan.digest: plan}, store))
    before = without_spent(rows_of(order, plan, store))
    store.for_tenant("aurelle").remove(order_name(plan, order.position))
    assert write_rows_again(order, plan, store) == store.for_tenant("aurelle").get(order_name(plan, order.position))
    assert without_spent(rows_of(order, plan, store)) == before


def test_of_two_workers_that_make_the_same_files_both_have_the_records_that_are_stored(
    order: RenderOrder, tmp_path: Path
) -> None:
    each, store = admitted(tmp_path), LocalStore(tmp_path / "store")
    plan, whole = each.plan, list(each.plan.some_variants(order))
    build(plan, each.inputs, store, generator=PaintingHandler())
    own = store.for_tenant("aurelle")
    for variant in whole:
        own.remove(variant.record)
    slower = settle(order, plan, store)
    results = [next(slower).result]
    assert all(isinstance(found.result, RenditionRecord) for found in settle(order, plan, store))
    results += [found.result for found in slower]
    assert results == [rendition_from_json(own.get(variant.record)) for variant in whole]
    assert take_leftovers("render", "aurelle").processor_us > 0, "what the slower one spent is left to the next file"


@dataclass(frozen=True)
class Forbidding(LocalStore):
    """A bucket that answers every reading with 403."""

    def for_tenant(self, tenant: str) -> Forbidding:
        return Forbidding(self.root, f"{tenant}/")

    def get(self, name: str) -> bytes:
        raise BucketRefused(name, "bucket", "403 Forbidden")


def test_a_bucket_that_refuses_stops_the_run(plan: Plan, order: RenderOrder, tmp_path: Path) -> None:
    store = Forbidding(tmp_path)
    finish_masters(plan, LocalStore(tmp_path))
    with pytest.raises(BucketRefused):
        list(render_missing(order, plan, store))


def test_a_cache_is_lent_to_one_thread_at_a_time_and_then_to_the_next() -> None:
    caches = RenderCaches()
    with caches.borrow() as one, caches.borrow() as other:
        assert one is not other
    with caches.borrow() as again:
        assert again is one or again is other
    caches.clear()
    with caches.borrow() as fresh:
        assert fresh is not one
        assert fresh is not other


def test_there_are_never_more_caches_than_threads_that_render_at_once() -> None:
    caches, seen, meeting = RenderCaches(), set(), threading.Barrier(2)

    def work() -> None:
        meeting.wait(10)
        for _ in range(50):
            with caches.borrow() as cache:
                seen.add(id(cache))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert 1 <= len(seen) <= 2


def test_a_borrowed_cache_comes_back_when_rendering_fails() -> None:
    caches = RenderCaches()

    def fail(cache: Any) -> None:
        raise OSError(f"{cache} broke")

    with pytest.raises(OSError, match="broke"), caches.borrow() as lost:
        fail(lost)
    with caches.borrow() as again:
        assert again is lost


def test_a_cache_holds_one_master(plan: Plan, tmp_path: Path) -> None:
    store, cache = LocalStore(tmp_path), RenderCache()
    finish_masters(plan, store)
    for shot in plan.shots():
        store.for_tenant("aurelle").put_once(shot.master, b"pixels are read later")
    shots = list(plan.shots())
    assert len(shots) >= 2
    first = cache.master(shots[0], store)
    assert cache.master(shots[0], store) is first
    assert cache.master(shots[1], store) is not first
    assert len(cache.masters) == 1
