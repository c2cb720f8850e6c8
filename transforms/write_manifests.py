"""The manifest stage: rows that the CPU stage wrote become shards, on many workers; each plan's index comes last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam

from foundry.letter_figures import MOST_LETTERS, LetterFigures, add_letters, count_letters
from foundry.manifest import DeadLetter
from foundry.plan.plan import Plan
from foundry.plan.shot import RenderOrder
from foundry.plan.slice import PlanSlice
from foundry.store.object_store import NoSuchObject, ObjectStore
from transforms.counting import timed
from transforms.finish_manifest import write_index
from transforms.manifest_shards import ShardPart, is_last_part, order_names, read_rows, write_shard
from transforms.order_rows import order_name, shard_of
from transforms.render import write_rows_again
from transforms.shot_letters import group_of, keep_letters, letter_order
from transforms.slice_results import SliceResult, keep_result

Sums = tuple[LetterFigures, tuple[DeadLetter, ...]]
"""Figures of dead letters, and the first of them in order."""


class SumLetters(beam.CombineFn):  # type: ignore[misc]  # Beam's classes are untyped
    """Dead letters in; their figures and the first hundred, out. Its state is small however many there are."""

    def create_accumulator(self) -> Sums:
        """Return the sums over no letter."""
        return LetterFigures(), ()

    def add_input(self, sums: Sums, letter: DeadLetter) -> Sums:
        """Return the sums with one more letter."""
        return self.merge_accumulators([sums, (count_letters([letter]), (letter,))])

    def merge_accumulators(self, accumulators: Iterable[Sums]) -> Sums:
        """Return the sums of several."""
        figures, letters = LetterFigures(), ()  # type: tuple[LetterFigures, tuple[DeadLetter, ...]]
        for more, others in accumulators:
            figures = add_letters((figures, more))
            letters = tuple(sorted((*letters, *others), key=letter_order)[:MOST_LETTERS])
        return figures, letters

    def extract_output(self, sums: Sums) -> Sums:
        """Return the sums."""
        return sums


def _shard_key(order: RenderOrder) -> str:
    return f"{order.shot.plan}/{shard_of(order.position)}"


def _write_shard(
    group: tuple[str, Iterable[RenderOrder]], plans: Mapping[str, Plan], store: ObjectStore
) -> tuple[str, ShardPart]:
    """Write one shard, unless a later slice of the plan will; return its plan's digest and this run's part of it."""
    digest, _, number = group[0].partition("/")
    plan = plans[digest]
    own, orders = store.for_tenant(plan.tenant.id), {order_name(plan, order.position): order for order in group[1]}
    part = ShardPart(int(number), len(orders))
    if is_last_part(plan, part.number):

        def write_again(name: str) -> bytes:
            if name not in orders:
                raise NoSuchObject(name)
            return write_rows_again(orders[name], plan, store)

        names = order_names(plan, part.number, own, orders)
        with timed("manifest", digest):
            write_shard(plan, replace(part, orders=len(names)), own, read_rows(names, own, write_again))
    return digest, part


def _group_key(letter: DeadLetter) -> str:
    return f"{letter.brief}/{group_of(letter)}"


def _keep_letters(
    group: tuple[str, Iterable[DeadLetter]], plans: Mapping[str, Plan], store: ObjectStore
) -> tuple[str, str]:
    """Write one group of dead letters of shots or clips; return its plan's digest and the object's name."""
    digest, _, name = group[0].partition("/")
    plan = plans[digest]
    return digest, keep_letters(plan, store.for_tenant(plan.tenant.id), name, group[1])


def _plan_of(letter: DeadLetter) -> str:
    return letter.brief


def _paired(digest: str) -> tuple[str, str]:
    return digest, digest


def _number(part: ShardPart) -> int:
    return part.number


def _finish(found: tuple[str, Mapping[str, list[Any]]], plans: Mapping[str, Plan], store: ObjectStore) -> int:
    """Keep the result of one plan's run, and write its index unless it is a slice; return the number of rows."""
    digest, left = found
    plan = plans[digest]
    own = store.for_tenant(plan.tenant.id)
    letters, first = next(iter(left["sums"]), (LetterFigures(), ()))
    result = SliceResult(
        letters=letters,
        first=first,
        shards=tuple(sorted(left["shards"], key=_number)),
        shot_letters=tuple(sorted(left["kept"])),
    )
    if isinstance(plan, PlanSlice):
        keep_result(plan, own, result)
        return 0
    with timed("manifest", digest):
        return write_index(plan, own, [result]).rows


@dataclass
class WriteManifests(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Writes manifests. In: plan digests; orders whose rows are written; dead letters of shots and clips; of files.

    Out: the number of rows of each plan's manifest; 0 for a slice of a plan, whose index is written when all slices
    are made. Only small records are shuffled.
    """

    plans: Mapping[str, Plan]
    store: ObjectStore

    def expand(self, given):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        digests, orders, of_shots, of_files = given
        by_shard = orders | "ShardOf" >> beam.WithKeys(_shard_key).with_output_types(tuple[str, RenderOrder])
        by_group = of_shots | "GroupOf" >> beam.WithKeys(_group_key).with_output_types(tuple[str, DeadLetter])
        # Keys come before the Flatten: Flink cannot fuse what follows one whose inputs come from different workers.
        letters = [
            some | f"PlanOf{which}" >> beam.WithKeys(_plan_of).with_output_types(tuple[str, DeadLetter])
            for which, some in (("Shots", of_shots), ("Files", of_files))
        ]
        by_plan = letters | "Letters" >> beam.Flatten()
        together = {"plans": self.plans, "store": self.store}
        left = {
            "plans": digests | "Plans" >> beam.Map(_paired),
            "shards": by_shard | "ByShard" >> beam.GroupByKey() | "Shard" >> beam.Map(_write_shard, **together),
            "kept": by_group | "ByGroup" >> beam.GroupByKey() | "Keep" >> beam.Map(_keep_letters, **together),
            "sums": by_plan | "Sum" >> beam.CombinePerKey(SumLetters()),
        }
        return left | "ByPlan" >> beam.CoGroupByKey() | "Index" >> beam.Map(_finish, **together)
