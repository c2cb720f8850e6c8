"""Dead letters of a plan's slices, stored until the plan's manifest is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from foundry.manifest import DeadLetter, as_json, letter_from_json
from foundry.plan.plan import Plan
from foundry.plan.slice import PlanSlice
from foundry.store.object_store import ObjectStore
from transforms.manifest import folder_of


def _folder(plan: Plan) -> str:
    return f"{folder_of(plan)}/parts/{plan.digest}"


def _name(plan_slice: PlanSlice) -> str:
    return f"{_folder(plan_slice)}/{plan_slice.name}.jsonl"


def keep_letters(plan_slice: PlanSlice, store: ObjectStore, letters: Sequence[DeadLetter]) -> int:
    """Write the dead letters of a slice, replacing those of an earlier attempt, and return their number."""
    with store.for_tenant(plan_slice.tenant.id).replacing(_name(plan_slice)) as path:
        path.write_text("".join(as_json(letter) + "\n" for letter in letters), encoding="utf-8")
    return len(letters)


def letters_of_slice(plan_slice: PlanSlice, store: ObjectStore) -> tuple[DeadLetter, ...]:
    """Return the stored dead letters of a slice."""
    return tuple(_letters(plan_slice, store, _name(plan_slice)))


def letters_of_slices(plan: Plan, store: ObjectStore) -> Iterator[DeadLetter]:
    """Yield the stored dead letters of all slices of a plan."""
    for name in store.for_tenant(plan.tenant.id).matching(f"{_folder(plan)}/*.jsonl"):
        yield from _letters(plan, store, name)


def _letters(plan: Plan, store: ObjectStore, name: str) -> Iterator[DeadLetter]:
    for line in store.for_tenant(plan.tenant.id).lines(name):
        yield letter_from_json(line)


def forget_slices(plan: Plan, store: ObjectStore) -> None:
    """Delete the slices' dead letters, once the plan's manifest is written."""
    own = store.for_tenant(plan.tenant.id)
    for name in list(own.matching(f"{_folder(plan)}/*.jsonl")):
        own.remove(name)
