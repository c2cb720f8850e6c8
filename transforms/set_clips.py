"""Clips in sets: their frames are filmed in parts, on many workers, and each part is stored when it is done.

A run that was killed goes on with the parts that are missing. A clip whose parts are all there is put together from
them (`models.video.joining`), and they are removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.ml.inference.base import ModelHandler, RunInference

from foundry.card.card import ModelCard
from foundry.finished import each_finished, is_finished, make_way
from foundry.manifest import DeadLetter, as_json
from foundry.metering.leftovers import left_over, take_leftovers
from foundry.metering.making import FILM
from foundry.plan.clip import ClipOrder, FrameRange, FrameRangeRecord, clip_cost, frame_ranges, frames_folder
from foundry.spent import add_spent
from foundry.store.object_store import NoSuchObject, ObjectStore
from foundry.store.scratch import give_back_scratch
from models.video.set_filming import FilmedRange, UnfilmedRange
from transforms.counting import count, refused
from transforms.item_faults import is_shared, letter_of
from transforms.itemwise import ItemwiseHandler
from transforms.stopping import is_stopped


def missing_parts(order: ClipOrder, store: ObjectStore) -> list[FrameRange]:
    """Return the parts of a clip that are not stored yet."""
    parts = frame_ranges(order)
    there = each_finished(store.for_tenant(order.tenant), (part.record for part in parts))
    return [part for part, finished in zip(parts, there, strict=True) if not finished]


def wanted_part(part: FrameRange, store: ObjectStore) -> Iterator[list[FrameRange]]:
    """Yield the part as a batch of one, nothing if its plan was stopped or another run has filmed it meanwhile."""
    order = part.order
    if is_stopped(order.plan, order.tenant, store) or is_finished(store.for_tenant(order.tenant), part.record):
        return
    yield [part]


def write_part(result: FilmedRange | UnfilmedRange, store: ObjectStore) -> Iterator[tuple[str, DeadLetter]]:
    """Write a part once, then its record; yield a refusal as its clip's dead letter, by the clip's name."""
    part, order = result.range, result.range.order
    if isinstance(result, UnfilmedRange):
        spent = result.spent + take_leftovers(FILM, order.tenant)
        yield order.name, DeadLetter("film", result.code, order.key, result.reason, order.plan, "0", spent)
        return
    try:
        _write(result, store)
    except Exception as error:
        if is_shared(error):
            raise
        letter = letter_of(error, "film", part.key, order.plan)
        yield order.name, replace(letter, spent=result.spent + take_leftovers(FILM, order.tenant))


def _write(filmed: FilmedRange, store: ObjectStore) -> None:
    part, own = filmed.range, store.for_tenant(filmed.range.order.tenant)
    spent = filmed.spent + take_leftovers(FILM, part.order.tenant)
    with left_over(FILM, part.order.tenant, "write"):
        make_way(own, part.record)
        own.put_file_once(part.part, filmed.file)
        give_back_scratch(filmed.file)
        stored = own.stat(part.part)
        if stored is None:
            raise NoSuchObject(part.part)
        record = FrameRangeRecord(
            address=part.part, tenant=part.order.tenant, frames=part.last - part.first + 1,
            size_bytes=stored.size, crc32c=stored.crc32c, spent=spent,
        )  # fmt: skip
        own.put_once(part.record, as_json(record).encode())


def settle_clip(
    named: tuple[str, Iterable[ClipOrder | DeadLetter]], store: ObjectStore, cards: Mapping[str, ModelCard]
) -> Iterator[Any]:
    """Yield a clip whose parts are all there as a batch of one; a dead letter tagged `refused` if parts were refused.

    Nothing is yielded for a clip that was stopped. `cards` by digest.
    """
    found = list(named[1])
    letters = sorted((each for each in found if isinstance(each, DeadLetter)), key=lambda letter: letter.reason)
    order = next(each for each in found if isinstance(each, ClipOrder))
    missing = missing_parts(order, store)
    if not missing:
        yield [order]
    elif letters:
        count("clips", plan=order.plan)
        made = order.frames - sum(part.last - part.first + 1 for part in missing)
        cost = clip_cost(cards[order.model], order).money * made / order.frames
        yield refused(replace(letters[0], spent=add_spent(letter.spent for letter in letters), cost_usd=f"{cost:f}"))


def remove_parts(order: ClipOrder, store: ObjectStore) -> None:
    """Remove the parts of a clip that is written."""
    own = store.for_tenant(order.tenant)
    for name in sorted(own.list(frames_folder(order)), key=lambda name: not name.endswith(".json")):
        own.remove(name)


def _key_of(part: FrameRange) -> str:
    return part.key


def _named(order: ClipOrder) -> tuple[str, ClipOrder]:
    return order.name, order


@dataclass
class FilmParts(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Orders of clips in sets in; those whose parts are all stored, as batches of one, and dead letters, out.

    Parts are shuffled, so that they spread over the workers; their pixels stay where they were rendered. `cards` by
    digest.
    """

    framing: ModelHandler[FrameRange, FilmedRange | UnfilmedRange, Any]
    store: ObjectStore
    cards: Mapping[str, ModelCard] = field(default_factory=dict)

    def expand(self, orders):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        filming = ItemwiseHandler(self.framing, UnfilmedRange, _key_of, "film").with_no_batching()
        failed = (
            orders
            | "Parts" >> beam.FlatMap(missing_parts, self.store)
            | "Spread" >> beam.Reshuffle()
            | "Wanted" >> beam.FlatMap(wanted_part, self.store)
            | "Frames" >> RunInference(filming)
            | "Part" >> beam.FlatMap(partial(write_part, store=self.store))
        )
        asked = orders | "Named" >> beam.Map(_named)
        settled = (
            (asked, failed)
            | "AskedAndFailed" >> beam.Flatten()
            | "SameClip" >> beam.GroupByKey()
            | "Settle" >> beam.FlatMap(settle_clip, self.store, self.cards).with_outputs("refused", main="ready")
        )
        return settled.ready, settled.refused
