"""The manifest lists finished variants in the plan's order, whatever the order in which they were finished."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.manifest import DeadLetter, manifest_from_json
from foundry.plan.estimate import estimate_plan
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.store.object_store import LocalStore
from tests.support.briefs import admitted
from tests.support.finished import a_file, a_master_record, finish_masters, finish_variant, variants_of
from transforms.manifest import (
    file_name,
    folder_of,
    manifest_record,
    read_letters,
    records,
    variant_cost,
    write_manifest,
)
from transforms.publish import rendition_record

FEW = settings(max_examples=25, deadline=None)
LETTERS = [DeadLetter("render", "checks_failed", f"key-{number}", "Too large.") for number in range(4)]
LETTERS += [DeadLetter("draw", "shot_refused", "key-9", "Refused.")]


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


def rows(store: LocalStore, plan: Plan, name: str = "manifest.jsonl") -> list[str]:
    return list(store.for_tenant(plan.tenant.id).lines(f"{folder_of(plan)}/{name}"))


@FEW
@given(data=st.data())
def test_rows_are_in_the_plans_order_whatever_was_finished_first(plan: Plan, data: st.DataObject) -> None:
    whole = variants_of(plan)
    finished = data.draw(st.lists(st.sampled_from(range(len(whole))), unique=True))
    letters = data.draw(st.permutations(LETTERS))
    with a_store(plan) as store:
        for position in finished:
            finish_variant(whole[position], store)
        assert write_manifest(plan, store, letters) == len(finished)
        assets = [manifest_from_json(line).asset for line in rows(store, plan)]
        assert assets == [whole[position].name for position in sorted(finished)]
        assert read_letters(plan, store) == tuple(sorted(LETTERS, key=lambda letter: (letter.stage, letter.key)))


@FEW
@given(order=st.permutations(range(12)))
def test_files_of_a_manifest_are_the_same_for_every_order_of_work(plan: Plan, order: list[int]) -> None:
    whole = variants_of(plan)
    assert len(whole) == 12
    files = []
    for positions, letters in ((range(12), LETTERS), (order, LETTERS[::-1])):
        with a_store(plan) as store:
            for position in positions:
                finish_variant(whole[position], store, 1000 + position)
            write_manifest(plan, store, letters)
            own = store.for_tenant(plan.tenant.id)
            files.append({name: own.get(name) for name in own.list(folder_of(plan))})
    assert files[0] == files[1]
    assert {Path(name).name for name in files[0]} == {
        "brief.json", "dead_letters.jsonl", "events.jsonl", "manifest.jsonl", "manifest.parquet",
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


def test_events_tell_of_every_asset_then_of_refusals_then_of_the_end(plan: Plan) -> None:
    with a_store(plan) as store:
        for variant in variants_of(plan)[:2]:
            finish_variant(variant, store)
        write_manifest(plan, store, LETTERS)
        kinds = [json.loads(line)["type"].rsplit(".", 2)[-2:] for line in rows(store, plan, "events.jsonl")]
    assert [".".join(kind) for kind in kinds] == ["asset.finished"] * 2 + ["asset.failed"] * 5 + ["campaign.finished"]


def test_parquet_has_the_rows_of_the_lines(plan: Plan) -> None:
    with a_store(plan) as store:
        for variant in variants_of(plan):
            finish_variant(variant, store)
        write_manifest(plan, store, [])
        lines = [json.loads(line)["asset"] for line in rows(store, plan)]
        path = store.for_tenant(plan.tenant.id).path(f"{folder_of(plan)}/manifest.parquet")
        assert pyarrow.parquet.read_table(path).column("asset").to_pylist() == lines


def test_a_campaign_that_never_ran_has_no_rows_and_no_letters(plan: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    assert list(records(plan, store)) == []
    assert read_letters(plan, store) == ()
