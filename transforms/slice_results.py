"""What one run of a plan, or of a slice of it, left for the manifest: its shards, and its dead letters in figures.

A result is kept in the store until the plan's index is written, so that whoever writes it asks for no variant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from foundry.letter_figures import LetterFigures
from foundry.manifest import DeadLetter
from foundry.manifest_index import manifest_folder
from foundry.plan.plan import Plan
from foundry.plan.slice import PlanSlice
from foundry.store.at_once import remove_each
from foundry.store.object_store import NoSuchObject, ObjectStore, each_fetched
from transforms.manifest_shards import ShardPart

WORK = ("orders/", "entries/", "slices/", "shots/")
"""Folders of a plan's manifest that hold what is needed until its index is written."""


@dataclass(frozen=True, kw_only=True)
class SliceResult:
    """The result of a run.

    letters: sums over all dead letters; `first` are a hundred of them at most. shards: the run's parts of shards, in
    the plan's order. shot_letters: the object names of the dead letters of shots and clips.
    """

    letters: LetterFigures = field(default_factory=LetterFigures)
    first: tuple[DeadLetter, ...] = ()
    shards: tuple[ShardPart, ...] = ()
    shot_letters: tuple[str, ...] = ()


_RESULT: TypeAdapter[SliceResult] = TypeAdapter(SliceResult)


def work_folder(plan: Plan) -> str:
    """Return the folder of a plan's manifest."""
    return manifest_folder(plan.brief.campaign.id, plan.digest)


def slice_name(plan: Plan) -> str:
    """Return the name of a plan's slice, or of the whole plan, among its slices; names sort as slices do."""
    return plan.name if isinstance(plan, PlanSlice) else f"{0:09d}-{plan.shot_count:09d}"


def _result_name(plan: Plan) -> str:
    return f"{work_folder(plan)}/slices/{slice_name(plan)}.json"


def keep_result(plan: Plan, own: ObjectStore, result: SliceResult) -> None:
    """Write the result of a run, replacing that of an earlier attempt."""
    with own.replacing(_result_name(plan)) as file:
        file.write_bytes(_RESULT.dump_json(result))


def read_result(plan: Plan, own: ObjectStore) -> SliceResult:
    """Return the result of a slice's last run; an empty one if there is none."""
    try:
        return _RESULT.validate_json(own.get(_result_name(plan)))
    except NoSuchObject:
        return SliceResult()


def each_result(plan: Plan, own: ObjectStore) -> Iterator[SliceResult]:
    """Yield the results of all slices of a plan that were run, in the plan's order."""
    names = own.matching(f"{work_folder(plan)}/slices/*.json")
    return (_RESULT.validate_json(data) for data in each_fetched(own, names) if data is not None)


def forget_results(plan: Plan, own: ObjectStore) -> None:
    """Remove what earlier runs of a plan left for its manifest; the manifest itself stays."""
    work = tuple(f"{work_folder(plan)}/{folder}" for folder in WORK)
    remove_each(own, (name for name in own.list(f"{work_folder(plan)}/") if name.startswith(work)))
