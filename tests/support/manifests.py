"""A campaign's manifest: read by its index, as any reader does, and written without running a flow."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from foundry.manifest import DeadLetter, ManifestRecord, RenditionRecord, rendition_from_json
from foundry.manifest_index import ManifestIndex, each_letter, each_line, each_record, read_index
from foundry.manifest_reading import each_event_line
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.store.object_store import LocalStore, ObjectStore
from transforms import write_manifests
from transforms.expand import render_orders
from transforms.manifest_shards import ShardPart
from transforms.order_rows import OrderRows
from transforms.shot_letters import group_of


def _own(store: ObjectStore | Path, tenant: str) -> ObjectStore:
    return (LocalStore(store) if isinstance(store, Path) else store).for_tenant(tenant)


def the_index(store: ObjectStore | Path, tenant: str = "aurelle", campaign: str = "test") -> ManifestIndex:
    """The index; a campaign without one fails the test."""
    index = read_index(_own(store, tenant), campaign)
    assert index is not None, f"{tenant}/{campaign} has no manifest"
    return index


def manifest_rows(store: ObjectStore | Path, tenant: str = "aurelle", campaign: str = "test") -> list[dict[str, Any]]:
    """The rows as JSON, in the plan's order."""
    own, index = _own(store, tenant), the_index(store, tenant, campaign)
    return [json.loads(line) for shard in index.shards for line in each_line(own, index, shard.lines)]


def manifest_records(
    store: ObjectStore | Path, tenant: str = "aurelle", campaign: str = "test"
) -> list[ManifestRecord]:
    """The rows as records, in the plan's order."""
    return list(each_record(_own(store, tenant), the_index(store, tenant, campaign)))


def dead_letters(store: ObjectStore | Path, tenant: str = "aurelle", campaign: str = "test") -> list[DeadLetter]:
    """The dead letters: of shots and clips, then of files."""
    return list(each_letter(_own(store, tenant), the_index(store, tenant, campaign)))


def event_lines(store: ObjectStore | Path, tenant: str = "aurelle", campaign: str = "test") -> list[str]:
    """The events, to the last one, as lines of JSON."""
    own = _own(store, tenant)
    return [line.decode() for line in each_event_line(own, the_index(store, tenant, campaign))]


Result = RenditionRecord | DeadLetter | None


def write_rows(plan: Plan, store: ObjectStore, result_of: Callable[[Variant], Result] | None = None) -> None:
    """Write the rows of all render orders as the CPU stage does, without rendering; by default from what is stored."""
    own = store.for_tenant(plan.tenant.id)

    def stored(variant: Variant) -> Result:
        (data,) = own.fetch([variant.record])
        return rendition_from_json(data) if data else None

    for order in render_orders(plan):
        rows = OrderRows(order, plan, store)
        for variant in plan.some_variants(order):
            rows.add(variant, (result_of or stored)(variant))
        rows.write()


def write_shards(plan: Plan, store: ObjectStore) -> list[ShardPart]:
    """Write the shards of a plan, or of a slice, as the manifest stage does; return the run's parts of them."""
    plans, by_shard = {plan.digest: plan}, defaultdict(list)
    for order in render_orders(plan):
        by_shard[write_manifests._shard_key(order)].append(order)
    return [write_manifests._write_shard(group, plans, store)[1] for group in by_shard.items()]


def finish_manifest(
    plan: Plan, store: ObjectStore, of_shots: Sequence[DeadLetter] = (), of_files: Sequence[DeadLetter] = ()
) -> int:
    """Write the shards and the end of a plan's manifest, or of a slice's, as the manifest stage does."""
    plans, by_group, sums = {plan.digest: plan}, defaultdict(list), write_manifests.SumLetters()
    for letter in of_shots:
        by_group[f"{plan.digest}/{group_of(letter)}"].append(letter)
    total = sums.create_accumulator()
    for letter in (*of_shots, *of_files):
        total = sums.add_input(total, letter)
    left = {
        "shards": write_shards(plan, store),
        "kept": [write_manifests._keep_letters(group, plans, store)[1] for group in by_group.items()],
        "sums": [total],
    }
    return write_manifests._finish((plan.digest, left), plans, store)
