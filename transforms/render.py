"""The CPU stage: master + layout + copy + brand kit → checked, encoded files, written once. Fused."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from PIL import Image

from foundry.errors import FoundryError
from foundry.manifest import DeadLetter, MasterRecord, RenditionRecord, as_json, master_from_json
from foundry.object_store import LocalStore, crc32c
from foundry.plan import Plan
from foundry.provenance import xmp
from foundry.shot import Box, MasterFacts, RenderOrder, ShotOrder
from foundry.variant import Variant
from transforms import progress
from transforms.master_file import master_image
from transforms.rendering.check import check
from transforms.rendering.compose import Composition, StaticLayer, finish, prepare
from transforms.rendering.encode import encode

THUMBNAIL_PX = 320


class ChecksFailed(FoundryError):
    """A finished file is not what its channel takes; it is not published."""

    code = "checks_failed"

    def __init__(self, placement: str, failed: str):
        super().__init__(placement, failed)
        self.placement, self.failed = placement, failed

    def __str__(self) -> str:
        return f"{self.placement}: {self.failed}. Change the copy, the layout or the scene."


class NoMaster(FoundryError):
    """The shot that this variant shows was refused or is missing."""

    code = "no_master"

    def __init__(self, shot: str):
        super().__init__(shot)
        self.shot = shot

    def __str__(self) -> str:
        return f"shot {self.shot} has no master, since it was refused; see its own dead letter."


def missing(order: RenderOrder, plan: Plan, store: LocalStore) -> Iterator[Variant]:
    """The variants of an order whose record does not exist."""
    own = store.for_tenant(order.shot.tenant)
    for variant in plan.some_variants(order):
        if not own.exists(variant.record):
            yield variant


def load_master(shot: ShotOrder, store: LocalStore) -> tuple[Image.Image, MasterFacts]:
    """A master's pixels and facts; NoMaster if it was not made."""
    own = store.for_tenant(shot.tenant)
    if not own.exists(shot.record):
        raise NoMaster(shot.name)
    record = master_from_json(own.get(shot.record))
    return master_image(own.get(shot.master)), facts_of(record)


def facts_of(record: MasterRecord) -> MasterFacts:
    """What layouts need of a master's record."""
    box = Box(*record.product_box) if record.product_box else None
    size = (record.width_px, record.height_px)
    return MasterFacts(record.name, record.bucket, *size, box, record.mirrored)


def publish(variant: Variant, composed: Composition, store: LocalStore) -> RenditionRecord:
    """Encode, check, write once, then the record; the record means: done. ChecksFailed writes nothing."""
    encoded = encode(composed.image, variant.placement, xmp(variant))
    checks = check(encoded.data, composed, variant.placement)
    failed = [c for c in checks if not c.passed]
    if failed:
        text = "; ".join(f"{c.name} is {c.measured}, the limit is {c.limit}" for c in failed)
        raise ChecksFailed(variant.placement.name, text)
    own, address = store.for_tenant(variant.shot.tenant), variant.address(encoded.extension)
    data = encoded.data
    if not own.put_once(address, data):
        data = own.get(address)
    own.put_once(variant.thumbnail, thumbnail(composed.image))
    shown = variant.copy
    record = RenditionRecord(
        variant.name, address, variant.thumbnail, encoded.format, encoded.quality,
        *variant.placement.size, len(data), crc32c(data), checks, shown.headline,
        shown.subheadline, shown.call_to_action, shown.offer, shown.price, shown.legal,
    )  # fmt: skip
    own.put_once(variant.record, as_json(record).encode())
    return record


def thumbnail(image: Image.Image) -> bytes:
    """A small WebP for reports."""
    small = image.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    stream = io.BytesIO()
    small.save(stream, "WEBP", quality=72, method=3)
    return stream.getvalue()


@dataclass
class _Masters:
    """The decoded masters and static layers of one thread: one of each is enough, as orders are sorted."""

    masters: OrderedDict[str, tuple[Image.Image, MasterFacts]] = field(default_factory=OrderedDict)
    static: tuple[str, StaticLayer] | None = None

    def master(self, shot: ShotOrder, store: LocalStore) -> tuple[Image.Image, MasterFacts]:
        key = f"{store.root}/{shot.tenant}/{shot.name}"
        if key not in self.masters:
            self.masters.clear()
            self.masters[key] = load_master(shot, store)
        return self.masters[key]

    def layer(self, variant: Variant, plan: Plan, store: LocalStore) -> StaticLayer:
        shot, slot = variant.shot, variant.placement.name
        key = f"{store.root}/{shot.tenant}/{shot.name}/{slot}/{plan.digest}"
        if self.static is None or self.static[0] != key:
            image, facts = self.master(variant.shot, store)
            made = prepare(image, facts, variant.layout, variant.placement, plan.tenant)
            self.static = (key, made)
        return self.static[1]


_local = threading.local()


def render(order: RenderOrder, plans: dict[str, Plan], store: LocalStore) -> Iterator[Any]:
    """Make what is missing of an order; one name per finished variant, a dead letter per refused one."""
    plan = plans[order.shot.plan]
    kept: _Masters = _local.__dict__.setdefault("masters", _Masters())
    for variant in missing(order, plan, store):
        try:
            static = kept.layer(variant, plan, store)
            yield publish(variant, finish(static, variant.copy, variant.locale), store).name
        except FoundryError as error:
            letter = DeadLetter("render", error.code, variant.key, str(error), plan.digest)
            yield beam.pvalue.TaggedOutput("refused", letter)
        progress.advance("variants", plan=plan.digest)


@dataclass
class RenderVariants(beam.PTransform):
    """Render orders in; names of published renditions, and dead letters, out."""

    plans: dict[str, Plan]
    store: LocalStore

    def expand(self, orders):
        made = orders | "Render" >> beam.FlatMap(render, self.plans, self.store).with_outputs("refused", main="made")
        return made.made, made.refused
