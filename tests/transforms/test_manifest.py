"""The manifest lists finished variants in the plan's order, whatever the order in which they were finished."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pyarrow.dataset
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.manifest import DeadLetter
from foundry.manifest_index import read_index
from foundry.plan.estimate import estimate_plan
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.store.object_store import LocalStore
from tests.support.briefs import admitted
from tests.support.finished import a_file, a_master_record, finish_masters, finish_variant, variants_of
from tests.support.manifests import dead_letters, event_lines, finish_manifest, manifest_rows, the_index, write_rows
from transforms.manifest import file_name, manifest_record, variant_cost
from transforms.publish import rendition_record

FEW = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return admitted(tmp_path_factory.mktemp("brief"), alternatives=2, metadata={"owner": "someone"}).plan


@contextmanager
def a_store(plan: Plan) -> Iterator[LocalStore]:
    """A store in which every master of the plan is finished."""
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore(Path(folder))
        finish_masters(plan, store)
        yield store


def refused(variant: Variant) -> DeadLetter:
    return DeadLetter("render", "checks_failed", variant.key, "Too large.", variant.shot.plan)


def of_shots(plan: Plan) -> list[DeadLetter]:
    return [DeadLetter("draw", "shot_refused", shot.key, "Refused.", plan.digest, "0.25") for shot in plan.shots()]


def finish(plan: Plan, store: LocalStore, finished: set[str], shot_letters: list[DeadLetter] | None = None) -> int:
    """Finish some variants and refuse the others."""
    for variant in variants_of(plan):
        if variant.name in finished:
            finish_variant(variant, store)
    files = {v.name: rendition_record(v, a_file(v)) for v in variants_of(plan) if v.name in finished}
    letters = [refused(variant) for variant in variants_of(plan) if variant.name not in finished]
    write_rows(plan, store, lambda variant: files.get(variant.name) or refused(variant))
    return finish_manifest(plan, store, shot_letters or [], letters)


@FEW
@given(data=st.data())
def test_rows_are_in_the_plans_order_and_what_is_no_row_is_a_letter(plan: Plan, data: st.DataObject) -> None:
    whole = variants_of(plan)
    finished = data.draw(st.sets(st.sampled_from([variant.name for variant in whole])))
    shot_letters = data.draw(st.permutations(of_shots(plan)))
    with a_store(plan) as store:
        assert finish(plan, store, finished, shot_letters) == len(finished)
        assets = [row["asset"] for row in manifest_rows(store)]
        assert assets == [variant.name for variant in whole if variant.name in finished]
        kept = sorted(of_shots(plan), key=lambda letter: letter.key)
        assert dead_letters(store) == kept + [refused(v) for v in whole if v.name not in finished]
        index = the_index(store)
        assert (index.rows, index.failed) == (len(finished), len(whole) - len(finished) + len(kept))
        assert index.size_bytes == 1000 * len(finished)
        assert index.letters.cost_usd == Decimal("0.25") * len(kept)


@FEW
@given(order=st.permutations(range(12)))
def test_files_of_a_manifest_are_the_same_for_every_order_of_work(plan: Plan, order: list[int]) -> None:
    whole = variants_of(plan)
    assert len(whole) == 12
    files = []
    for positions, letters in ((range(12), of_shots(plan)), (order, of_shots(plan)[::-1])):
        with a_store(plan) as store:
            for position in positions:
                finish_variant(whole[position], store, 1000 + position)
            write_rows(plan, store)
            finish_manifest(plan, store, letters)
            own = store.for_tenant(plan.tenant.id)
            files.append({name: own.get(name) for name in own.list("campaigns/")})
    assert files[0] == files[1]
    folder = f"campaigns/test/manifest/{plan.digest}"
    assert {Path(name).parent.as_posix() for name in files[0]} == {
        "campaigns/test", f"{folder}/parquet", f"{folder}/lines", f"{folder}/events", f"{folder}/letters",
    }  # fmt: skip


def test_the_costs_of_all_variants_are_the_estimate_of_the_whole(plan: Plan) -> None:
    total = sum((variant_cost(plan, variant) for variant in variants_of(plan)), Decimal(0))
    assert abs(total - estimate_plan(plan).money) < Decimal("0.000001")


def a_record(plan: Plan) -> tuple[Variant, object]:
    variant = variants_of(plan)[0]
    file = rendition_record(variant, a_file(variant, 512))
    return variant, manifest_record(plan, variant, a_master_record(variant.shot, bits=16), file)


def test_a_record_leads_from_the_brief_to_the_bytes(plan: Plan) -> None:
    variant, found = a_record(plan)
    expected = {
        "asset": variant.name,
        "brief": plan.digest,
        "campaign": "test",
        "product": "serum",
        "scene": "wall",
        "locale": variant.locale,
        "headline": variant.copy.headline,
        "placement": variant.placement.name,
        "layout": f"{variant.layout.id}@{variant.layout.version}",
        "shot": variant.shot.name,
        "master": variant.shot.master,
        "master_bits": 16,
        "ignored_words": (),
        "seed": 7,
        "attempts": 2,
        "size_bytes": 512,
        "cost_usd": f"{variant_cost(plan, variant):.6f}",
        "metadata": '{"owner": "someone"}',
        "embargo": None,
        "clips": (),
    }
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_file_is_named_so_that_people_find_it(plan: Plan) -> None:
    first = variants_of(plan)[0]
    size = f"{first.placement.width_px}x{first.placement.height_px}"
    slot = first.placement.name.replace("/", "-")
    assert file_name(plan, first, "png") == f"test_serum_wall_{first.locale}_{slot}_{size}_a01.png"
    names = [file_name(plan, variant, "png") for variant in variants_of(plan)]
    assert len(set(names)) == plan.variant_count


def test_events_tell_of_every_file_then_of_shots_then_of_the_end(plan: Plan) -> None:
    finished = {variant.name for variant in variants_of(plan)[:2]}
    with a_store(plan) as store:
        finish(plan, store, finished, of_shots(plan))
        events = [json.loads(line) for line in event_lines(store)]
        stored = store.for_tenant("aurelle").stat("campaigns/test/manifest.json")
    kinds = [event["type"].removeprefix("campaign-foundry.") for event in events]
    failed = len(variants_of(plan)) - 2 + plan.shot_count
    assert kinds == ["asset.finished"] * 2 + ["asset.failed"] * failed + ["campaign.finished"]
    assert [event["data"]["stage"] for event in events[-5:-1]] == ["draw"] * 4
    end = events[-1]["data"]
    assert stored is not None
    assert (end["manifest"], end["size_bytes"], end["crc32c"]) == (stored.name, stored.size, stored.crc32c)
    assert (end["assets"], end["failed"], end["plan"]) == (2, failed, plan.digest)


def test_the_parquet_files_are_one_table_with_the_rows_of_the_lines(plan: Plan) -> None:
    with a_store(plan) as store:
        finish(plan, store, {variant.name for variant in variants_of(plan)})
        folder = store.for_tenant(plan.tenant.id).path(f"campaigns/test/manifest/{plan.digest}/parquet")
        assert pyarrow.dataset.dataset(folder).to_table().to_pylist() == manifest_rows(store)


def test_a_campaign_that_never_ran_has_no_manifest(tmp_path: Path) -> None:
    assert read_index(LocalStore(tmp_path).for_tenant("aurelle"), "test") is None
