"""The film stage: clip orders in, clip masters written once, their records last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.ml.inference.base import ModelHandler, RunInference

from foundry.card import ModelCard
from foundry.clip import ClipOrder, ClipRecord
from foundry.manifest import DeadLetter, as_json
from foundry.object_store import NoSuchObject, ObjectStore
from models.video.encoding import BITS, CODEC, CONTAINER, PIXEL_FORMAT
from models.video.handler import Filmed, Unfilmed
from transforms import progress


def missing_clip(order: ClipOrder, store: ObjectStore) -> Iterator[Any]:
    """Orders whose clip is not finished, each as a batch of one; the names of finished clips are tagged `there`."""
    if store.for_tenant(order.tenant).exists(order.record):
        yield beam.pvalue.TaggedOutput("there", order.name)
    else:
        yield [order]


def settle(result: Filmed | Unfilmed, card: ModelCard, store: ObjectStore) -> Iterator[Any]:
    """Names of written clips; refusals are tagged `refused` as dead letters."""
    progress.advance("clips")
    if isinstance(result, Unfilmed):
        letter = DeadLetter("film", result.code, result.order.key, result.reason)
        yield beam.pvalue.TaggedOutput("refused", letter)
    else:
        yield write_clip(result, card, store)


def write_clip(filmed: Filmed, card: ModelCard, store: ObjectStore) -> str:
    """Write the clip once, then its record; the record means: done. A clip that is there already is the truth."""
    order, own = filmed.order, store.for_tenant(filmed.order.tenant)
    own.put_file_once(order.clip, filmed.file)
    filmed.file.unlink(missing_ok=True)
    own.put_once(order.record, as_json(_record(filmed, card, own)).encode())
    return order.name


def _record(filmed: Filmed, card: ModelCard, own: ObjectStore) -> ClipRecord:
    order, stored = filmed.order, own.stat(filmed.order.clip)
    if stored is None:
        raise NoSuchObject(order.clip)
    return ClipRecord(
        name=order.name,
        address=order.clip,
        tenant=order.tenant,
        prompt=order.prompt,
        negative_prompt=order.negative_prompt,
        first_frame=order.first_frame,
        seed=filmed.seed,
        attempts=filmed.attempts,
        width_px=order.width_px,
        height_px=order.height_px,
        frames=filmed.frames,
        frames_per_second=order.frames_per_second,
        container=CONTAINER,
        codec=CODEC,
        pixel_format=PIXEL_FORMAT,
        bits=BITS,
        model=card.id,
        model_version=card.version,
        weights_sha256=card.weights_sha256,
        cost_usd=f"{card.unit_cost.money:f}",
        size_bytes=stored.size,
        crc32c=stored.crc32c,
    )


@dataclass
class MakeClips(beam.PTransform):
    """Clip orders of one card in; names of the clips that are there, and dead letters, out. Small records."""

    filming: ModelHandler[ClipOrder, Filmed | Unfilmed, Any]
    card: ModelCard
    store: ObjectStore

    def expand(self, orders):
        asked = orders | "MissingClips" >> beam.FlatMap(missing_clip, self.store).with_outputs("there", main="missing")
        settled = (
            asked.missing
            | "Film" >> RunInference(self.filming.with_no_batching())
            | "Clip" >> beam.FlatMap(settle, self.card, self.store).with_outputs("refused", main="written")
        )
        names = (asked.there, settled.written) | "Clips" >> beam.Flatten()
        return names, settled.refused
