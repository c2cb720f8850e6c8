"""The end of a manifest: its index is made of the shards' entries, and replaces the one before in one step."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from foundry.event import asset_failed
from foundry.letter_figures import LetterFigures, add_letters, count_letters
from foundry.manifest import DeadLetter, as_json
from foundry.manifest_index import (
    ROWS_PER_SHARD,
    ManifestIndex,
    ShardEntry,
    ShardFile,
    files_of,
    letter_files,
    manifest_folder,
    read_file,
    read_index,
)
from foundry.names import campaign_folder
from foundry.plan.plan import Plan
from foundry.row_figures import add_figures
from foundry.store.at_once import remove_each
from foundry.store.object_store import NoSuchObject, ObjectStore, each_fetched, each_present
from transforms.manifest_shards import (
    ShardPart,
    entry_from_json,
    entry_name,
    keep_file,
    order_names,
    origin_of,
    read_rows,
    write_shard,
)
from transforms.shot_letters import each_kept_letter
from transforms.slice_results import SliceResult, work_folder
from transforms.view_spent import spent_on_views

DEAD_LETTERS, BRIEF = "dead_letters.jsonl", "brief.json"


def write_index(plan: Plan, own: ObjectStore, results: Iterable[SliceResult]) -> ManifestIndex:
    """Write a campaign's index, dead letters and brief from what its runs left; remove what is then needless.

    The index comes last, and what the index before it names is removed after that. No variant is asked for. Where
    another run of this plan wrote its index meanwhile, and removed the work of both, that index stands.
    """
    before = read_index(own, plan.brief.campaign.id)
    known = list(results)
    if before and _is_of(before, plan, known) and _is_work_gone(plan, own, known):
        return before
    index = _put_together(plan, own, known)
    folder = campaign_folder(plan.brief.campaign.id)
    with own.replacing(f"{folder}/{DEAD_LETTERS}") as file:
        _write_letters(own, index, file)
    with own.replacing(f"{folder}/{BRIEF}") as file:
        text = json.dumps(plan.brief.model_dump(mode="json"), ensure_ascii=False, indent=2)
        file.write_text(text + "\n", encoding="utf-8")
    with own.replacing(index.name) as file:
        file.write_bytes(index.as_json())
    _remove_needless(own, index, before)
    return index


def _orders(results: Iterable[SliceResult]) -> Counter[int]:
    """Return the number of render orders that were settled in each shard."""
    orders: Counter[int] = Counter()
    for result in results:
        orders.update({part.number: part.orders for part in result.shards})
    return orders


def _is_of(index: ManifestIndex, plan: Plan, results: Iterable[SliceResult]) -> bool:
    """Return True if an index is one of this plan, and has all that these results settled."""
    found = {shard.first // ROWS_PER_SHARD: shard.orders for shard in index.shards}
    return index.plan == plan.digest and found == _orders(results)


def _is_work_gone(plan: Plan, own: ObjectStore, results: Iterable[SliceResult]) -> bool:
    """Return True if the entry of a shard is gone, and rows of its render orders with it."""
    orders = _orders(results)
    there = each_present(own, (entry_name(plan, number) for number in sorted(orders)))
    gone = [number for number, present in zip(sorted(orders), there, strict=True) if not present]
    return any(len(order_names(plan, number, own)) < orders[number] for number in gone)


def _put_together(plan: Plan, own: ObjectStore, results: list[SliceResult]) -> ManifestIndex:
    shards = tuple(_entries(plan, own, results))
    of_shots = _keep_shot_letters(plan, own, [name for each in results for name in each.shot_letters])
    letters = add_letters([*(shard.refused for shard in shards), of_shots.figures])
    figures = add_figures(shard.figures for shard in shards)
    return ManifestIndex(
        tenant=plan.tenant.id,
        campaign=plan.brief.campaign.id,
        plan=plan.digest,
        rows=figures.rows,
        failed=letters.total,
        cost_usd=figures.cost_usd,
        size_bytes=figures.size_bytes,
        spent=figures.spent,
        unallocated=figures.unallocated + letters.spent + spent_on_views(plan, own),
        rates=figures.rates,
        letters=letters,
        shards=tuple(replace(shard, figures=replace(shard.figures, rates=())) for shard in shards),
        shot_letters=of_shots.letters,
        shot_events=of_shots.events,
    )


def _entries(plan: Plan, own: ObjectStore, results: list[SliceResult]) -> Iterator[ShardEntry]:
    """Yield the entries of all shards, in the plan's order; one that a stop left incomplete is written here."""
    orders = _orders(results)
    numbers = sorted(orders)
    stored = each_fetched(own, (entry_name(plan, number) for number in numbers))
    for number, data in zip(numbers, stored, strict=True):
        entry = None if data is None else entry_from_json(data)
        yield entry if entry and entry.orders == orders[number] else _write_rest(plan, number, own)


def _write_rest(plan: Plan, number: int, own: ObjectStore) -> ShardEntry:
    """Write a shard from what all slices left for it."""
    names = order_names(plan, number, own)

    def write_again(name: str) -> bytes:
        raise NoSuchObject(name)

    return write_shard(plan, ShardPart(number, len(names)), own, read_rows(names, own, write_again))


@dataclass(frozen=True)
class _ShotLetters:
    """The stored dead letters of shots and clips, their events, and the sums over them."""

    letters: ShardFile | None = None
    events: ShardFile | None = None
    figures: LetterFigures = field(default_factory=LetterFigures)


def _keep_shot_letters(plan: Plan, own: ObjectStore, names: list[str]) -> _ShotLetters:
    """Write the dead letters of shots and clips, and their events, from the objects of all runs."""
    if not names:
        return _ShotLetters()
    folder, origin = work_folder(plan), origin_of(plan)
    with own.scratch_file() as letters, own.scratch_file() as events:
        with letters.open("w", encoding="utf-8") as lines, events.open("w", encoding="utf-8") as told:

            def written() -> Iterator[DeadLetter]:
                for letter in each_kept_letter(own, names):
                    lines.write(as_json(letter) + "\n")
                    told.write(asset_failed(origin, letter).as_json() + "\n")
                    yield letter

            figures = count_letters(written())
        return _ShotLetters(
            keep_file(own, f"{folder}/letters/shots", letters, ".jsonl"),
            keep_file(own, f"{folder}/events/shots", events, ".jsonl"),
            figures,
        )


def _write_letters(own: ObjectStore, index: ManifestIndex, file: Path) -> None:
    """Write all dead letters to one file: of shots and clips, then of files."""
    with file.open("wb") as stream:
        for stored in letter_files(index):
            stream.write(read_file(own, index, stored))


def _remove_needless(own: ObjectStore, index: ManifestIndex, before: ManifestIndex | None) -> None:
    """Remove the work of this plan's runs, its former shards, and the whole manifest that this one replaces.

    What the index names that stands now is kept, too: it may be that of another run of this plan.
    """
    standing = read_index(own, index.campaign)
    kept = {file.name for each in (index, standing) if each for file in files_of(each)}
    plans = {index.plan, *([before.plan] if before else [])}
    for plan in sorted(plans):
        names = own.list(f"{manifest_folder(index.campaign, plan)}/")
        remove_each(own, (name for name in names if name not in kept))
