"""The CPU stage: master + layout + copy + brand kit → checked, encoded files, written once. Fused."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
import numpy as np
from PIL import Image

from foundry import spans
from foundry.errors import FoundryError
from foundry.inputs.picture import decode, picture_name
from foundry.manifest import CheckRecord, DeadLetter, MasterRecord, RenditionRecord, as_json, master_from_json
from foundry.plan.plan import Plan
from foundry.plan.shot import Box, MasterFacts, RenderOrder, ShotOrder
from foundry.plan.variant import Variant
from foundry.provenance import xmp
from foundry.store.bucket_requests import BucketRefused
from foundry.store.object_store import NoSuchObject, ObjectStore, crc32c, each_present
from imaging.film.film_staging import FilmInputs
from imaging.film.finished_film import FilmCache, FinishedFilm, make_film
from imaging.film.footage import Footage, facts_of_clip, open_footage
from imaging.film.scene_layers import Master
from imaging.pixels.master_file import decode_master, pyramid, whole_file
from imaging.pixels.reduction import Pyramid
from imaging.still.check import check
from imaging.still.compose import FinishedPicture, StaticLayer, finish, prepare
from imaging.still.encode import encode
from transforms import progress

THUMBNAIL_PX = 320
Key = tuple[object, ...]


class ChecksFailed(FoundryError):
    """A finished file is not what its channel takes; it is not published."""

    code = "checks_failed"

    def __init__(self, placement: str, failed: str) -> None:
        super().__init__(placement, failed)
        self.placement, self.failed = placement, failed

    def __str__(self) -> str:
        return f"{self.placement}: {self.failed}. Change the copy, the layout or the scene."


class NoClip(FoundryError):
    """The clip that this film shows was refused or is missing."""

    code = "no_clip"

    def __init__(self, clip: str, scene: str) -> None:
        super().__init__(clip, scene)
        self.clip, self.scene = clip, scene

    def __str__(self) -> str:
        return f"clip {self.clip} of scene {self.scene!r} was not made, since it was refused; see its own dead letter."


class NoMaster(FoundryError):
    """The shot that this variant shows was refused or is missing."""

    code = "no_master"

    def __init__(self, shot: str, scene: str = "") -> None:
        super().__init__(shot, scene)
        self.shot, self.scene = shot, scene

    def __str__(self) -> str:
        scene = f" of scene {self.scene!r}" if self.scene else ""
        return f"shot {self.shot}{scene} has no master, since it was refused; see its own dead letter."


def missing(order: RenderOrder, plan: Plan, store: ObjectStore) -> Iterator[Variant]:
    """The variants of an order whose record does not exist."""
    own = store.for_tenant(order.shot.tenant)
    records = (variant.record for variant in plan.some_variants(order))
    for variant, there in zip(plan.some_variants(order), each_present(own, records), strict=True):
        if not there:
            yield variant


def load_master(shot: ShotOrder, store: ObjectStore) -> tuple[Pyramid, MasterFacts]:
    """A master's pixels, which are read when they are needed, and its facts; NoMaster if it was not made."""
    record = master_record(shot, store)
    return pyramid(record, store.for_tenant(shot.tenant)), facts_of(record)


def film_master(variant: Variant, plan: Plan, at: int, store: ObjectStore) -> Master:
    """The n-th picture of a film, with all its bits; NoMaster names the scene whose shot was refused."""
    shot = variant.shows[at]
    record = master_record(shot, store, plan.scenes[shot.scene].id)
    return decode_master(whole_file(record, store.for_tenant(shot.tenant))), facts_of(record)


def film_clip(variant: Variant, plan: Plan, at: int, store: ObjectStore) -> Footage | None:
    """What is seen in place of the n-th picture of a film; None for a still. NoMaster and NoClip name the scene."""
    order = variant.clips[at] if variant.clips else None
    if order is None:
        return None
    shot, own = variant.shows[at], store.for_tenant(order.tenant)
    scene = plan.scenes[shot.scene].id
    master = master_facts(shot, store, scene)
    if not own.exists(order.record):
        raise NoClip(order.name, scene)
    return open_footage(order, facts_of_clip(order, master), own)


def master_record(shot: ShotOrder, store: ObjectStore, scene: str = "") -> MasterRecord:
    """What is written down of a master; NoMaster, which names the scene if it is given, if it was not made."""
    own = store.for_tenant(shot.tenant)
    if not own.exists(shot.record):
        raise NoMaster(shot.name, scene)
    return master_from_json(own.get(shot.record))


def master_facts(shot: ShotOrder, store: ObjectStore, scene: str = "") -> MasterFacts:
    """A master's facts; NoMaster, which names the scene if it is given, if it was not made."""
    return facts_of(master_record(shot, store, scene))


def facts_of(record: MasterRecord) -> MasterFacts:
    """What layouts need of a master's record."""
    box = Box(*record.product_box) if record.product_box else None
    return MasterFacts(
        name=record.name,
        bucket=record.bucket,
        width_px=record.width_px,
        height_px=record.height_px,
        product_box=box,
        mirrored=record.mirrored,
    )


def publish_film(variant: Variant, plan: Plan, store: ObjectStore, cache: FilmCache) -> RenditionRecord:
    """Make, check, write once: the film, its subtitles, its poster, then the record. ChecksFailed writes nothing."""
    own = store.for_tenant(variant.shot.tenant)
    picture = variant.shot.picture
    inputs = FilmInputs(
        lambda at: film_master(variant, plan, at, store),
        decode(own.get(picture_name(picture))) if picture else None,
        lambda at: film_clip(variant, plan, at, store),
    )
    with make_film(variant, plan, store, cache, inputs, lambda key: own.get(picture_name(key))) as film:
        refuse_failed(film.checks, variant)
        address = variant.address(film.extension)
        own.put_file_once(address, film.file)
        if film.sidecar is not None:
            own.put_once(variant.sidecar("vtt"), film.sidecar)
        own.put_once(variant.thumbnail, thumbnail(film.poster))
        record = film_record(variant, film, own)
    own.put_once(variant.record, as_json(record).encode())
    return record


def film_record(variant: Variant, film: FinishedFilm, own: ObjectStore) -> RenditionRecord:
    """What is true of the film that is stored, which a film of another run may be."""
    address, shown = variant.address(film.extension), variant.copy
    stored = own.stat(address)
    if stored is None:
        raise NoSuchObject(address)
    return RenditionRecord(
        name=variant.name,
        address=address,
        thumbnail=variant.thumbnail,
        format=film.extension,
        quality=0,
        width_px=variant.placement.width_px,
        height_px=variant.placement.height_px,
        size_bytes=stored.size,
        crc32c=stored.crc32c,
        checks=film.checks,
        headline=shown.headline,
        subheadline=shown.subheadline,
        call_to_action=shown.call_to_action,
        offer=shown.offer,
        price=shown.price,
        legal=shown.legal,
        codec=film.format.codec,
        frame_rate=str(film.format.rate),
        seconds=f"{float(film.format.seconds or 0):.3f}",
        sidecar=variant.sidecar("vtt") if film.sidecar is not None else "",
    )


def refuse_failed(checks: tuple[CheckRecord, ...], variant: Variant) -> None:
    """ChecksFailed, if one did not pass."""
    failed = [c for c in checks if not c.passed]
    if failed:
        text = "; ".join(f"{c.name} is {c.measured}, the limit is {c.limit}" for c in failed)
        raise ChecksFailed(variant.placement.name, text)


def publish(variant: Variant, composed: FinishedPicture, store: ObjectStore) -> RenditionRecord:
    """Encode, check, write once, then the record; the record means: done. ChecksFailed writes nothing."""
    encoded = encode(composed.image, variant.placement, xmp(variant))
    checks = check(encoded.data, composed, variant.placement)
    refuse_failed(checks, variant)
    own, address = store.for_tenant(variant.shot.tenant), variant.address(encoded.extension)
    data = encoded.data
    if not own.put_once(address, data):
        data = own.get(address)
    own.put_once(variant.thumbnail, thumbnail(composed.image))
    shown = variant.copy
    record = RenditionRecord(
        name=variant.name,
        address=address,
        thumbnail=variant.thumbnail,
        format=encoded.format,
        quality=encoded.quality,
        width_px=variant.placement.width_px,
        height_px=variant.placement.height_px,
        size_bytes=len(data),
        crc32c=crc32c(data),
        checks=checks,
        headline=shown.headline,
        subheadline=shown.subheadline,
        call_to_action=shown.call_to_action,
        offer=shown.offer,
        price=shown.price,
        legal=shown.legal,
        dropped=composed.dropped,
    )
    own.put_once(variant.record, as_json(record).encode())
    return record


def thumbnail(image: Image.Image) -> bytes:
    """A small WebP for reports."""
    import cv2

    share = min(THUMBNAIL_PX / max(image.size), 1)
    size = (max(round(image.width * share), 1), max(round(image.height * share), 1))
    small = cv2.resize(np.asarray(image), size, interpolation=cv2.INTER_AREA)
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "WEBP", quality=72, method=2)
    return stream.getvalue()


@dataclass
class _Masters:
    """Masters, as far as they are decoded, and static layers of an order at work: one of each, as orders are sorted."""

    masters: OrderedDict[Key, tuple[Pyramid, MasterFacts]] = field(default_factory=OrderedDict)
    static: tuple[Key, StaticLayer] | None = None
    cache: FilmCache = field(default_factory=FilmCache)

    def master(self, shot: ShotOrder, store: ObjectStore) -> tuple[Pyramid, MasterFacts]:
        key = (store, shot.tenant, shot.name)
        if key not in self.masters:
            self.masters.clear()
            self.masters[key] = load_master(shot, store)
        return self.masters[key]

    def layer(self, variant: Variant, plan: Plan, store: ObjectStore) -> StaticLayer:
        shot, slot = variant.shot, variant.placement.name
        key = (store, shot.tenant, shot.name, slot, plan.digest)
        if self.static is None or self.static[0] != key:
            image, facts = self.master(variant.shot, store)
            made = prepare(image, facts, variant.layout, variant.placement, plan.tenant)
            self.static = (key, made)
        return self.static[1]


_free: list[_Masters] = []
"""What nobody renders from now. There are as many as threads render at once; the engine has more threads than that."""


@contextmanager
def _borrowed() -> Iterator[_Masters]:
    try:
        kept = _free.pop()
    except IndexError:
        kept = _Masters()
    try:
        yield kept
    finally:
        _free.append(kept)


def made(variant: Variant, plan: Plan, store: ObjectStore, kept: _Masters) -> RenditionRecord:
    """One variant, still or film, published."""
    if variant.timeline is not None:
        return publish_film(variant, plan, store, kept.cache)
    static = kept.layer(variant, plan, store)
    return publish(variant, finish(static, variant.copy, variant.locale), store)


def each_made(order: RenderOrder, plan: Plan, store: ObjectStore) -> Iterator[str | DeadLetter]:
    """Make what is missing of an order; one name per finished variant, a dead letter per refused one.

    A bucket that refuses is no variant's fault: it stops the run.
    """
    with _borrowed() as kept:
        for variant in missing(order, plan, store):
            try:
                with spans.work_span("asset", plan.digest, asset=variant.name, placement=variant.placement.name):
                    name = made(variant, plan, store, kept).name
                yield name
            except BucketRefused:
                raise
            except FoundryError as error:
                yield DeadLetter("render", error.code, variant.key, str(error), plan.digest)


def render(order: RenderOrder, plans: dict[str, Plan], store: ObjectStore) -> Iterator[Any]:
    """`each_made`, counted; dead letters apart."""
    plan = plans[order.shot.plan]
    for one in each_made(order, plan, store):
        progress.advance("variants", plan=plan.digest)
        yield beam.pvalue.TaggedOutput("refused", one) if isinstance(one, DeadLetter) else one


@dataclass
class RenderVariants(beam.PTransform):
    """Render orders in; names of published renditions, and dead letters, out."""

    plans: dict[str, Plan]
    store: ObjectStore

    def expand(self, orders):
        made = orders | "Render" >> beam.FlatMap(render, self.plans, self.store).with_outputs("refused", main="made")
        return made.made, made.refused
