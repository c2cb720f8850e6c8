"""Publishing of finished files: encoded, checked and written once, before their records."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PIL import Image

from foundry.errors import FoundryError
from foundry.finished import make_way
from foundry.inputs.picture import decode
from foundry.manifest import CheckRecord, RenditionRecord
from foundry.metering.steps import step
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.provenance import xmp
from foundry.store.object_store import NoSuchObject, ObjectStore, crc32c
from foundry.stored_inputs import read_input
from imaging.film.film_staging import FilmInputs
from imaging.film.finished_film import FilmCache, FinishedFilm, make_film
from imaging.still.check import check
from imaging.still.compose import FinishedPicture
from imaging.still.encode import encode
from transforms.counting import timed
from transforms.given_products import product_of
from transforms.stored_masters import film_clip, film_master

THUMBNAIL_PX = 320


class ChecksFailed(FoundryError):
    """A finished file breaks a limit of its channel; it is not published."""

    code = "checks_failed"

    def __init__(self, placement: str, failed: str) -> None:
        super().__init__(placement, failed)
        self.placement, self.failed = placement, failed

    def __str__(self) -> str:
        return f"{self.placement}: {self.failed}. Change the copy, the layout or the scene."


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file in the store: its address, format, encoder quality (0 for films), size, checksum and checks."""

    address: str
    format: str
    quality: int
    size_bytes: int
    crc32c: str
    checks: tuple[CheckRecord, ...]


def publish_still(variant: Variant, composed: FinishedPicture, store: ObjectStore) -> RenditionRecord:
    """Encode, check and write a still once, with its thumbnail; return its record, which is to be written last.

    Raises ChecksFailed before anything is written.
    """
    with step("encode"):
        encoded = encode(composed.image, variant.placement, xmp(variant))
    with step("check"):
        checks = check(encoded.data, composed, variant.placement, product_of(variant.shot, store))
        refuse_failed(checks, variant)
    with step("thumbnail"):
        small = thumbnail(composed.image)
    own, address = store.for_tenant(variant.shot.tenant), variant.address(encoded.extension)
    data = encoded.data
    make_way(own, variant.record)
    if not own.put_once(address, data):
        data = own.get(address)
    own.put_once(variant.thumbnail, small)
    file = StoredFile(
        address=address,
        format=encoded.format,
        quality=encoded.quality,
        size_bytes=len(data),
        crc32c=crc32c(data),
        checks=checks,
    )
    return replace(rendition_record(variant, file), dropped=composed.dropped)


def publish_film(variant: Variant, plan: Plan, store: ObjectStore, cache: FilmCache) -> RenditionRecord:
    """Make, check and write a film once, with its subtitles and poster; return its record, to be written last.

    Raises ChecksFailed before anything is written.
    """
    own = store.for_tenant(variant.shot.tenant)
    picture = variant.shot.picture
    inputs = FilmInputs(
        partial(film_master, variant, plan, store),
        decode(read_input(own, picture)) if picture else None,
        partial(film_clip, variant, plan, store),
        product_of(variant.shot, store),
    )
    with make_film(variant, plan, store, cache, inputs, partial(read_input, own)) as film:
        refuse_failed(film.checks, variant)
        with step("thumbnail"):
            small = thumbnail(film.poster)
        with step("write"), timed("publish", plan.digest):
            make_way(own, variant.record)
            own.put_file_once(variant.address(film.extension), film.file)
            if film.sidecar is not None:
                own.put_once(variant.sidecar("vtt"), film.sidecar)
            own.put_once(variant.thumbnail, small)
            return film_record(variant, film, own)


def film_record(variant: Variant, film: FinishedFilm, own: ObjectStore) -> RenditionRecord:
    """Return the record of the film that is stored, which an earlier run may have written."""
    address = variant.address(film.extension)
    stored = own.stat(address)
    if stored is None:
        raise NoSuchObject(address)
    file = StoredFile(
        address=address,
        format=film.extension,
        quality=0,
        size_bytes=stored.size,
        crc32c=stored.crc32c,
        checks=film.checks,
    )
    return replace(
        rendition_record(variant, file),
        codec=film.format.codec,
        frame_rate=str(film.format.rate),
        seconds=f"{float(film.format.seconds or 0):.3f}",
        sidecar=variant.sidecar("vtt") if film.sidecar is not None else "",
    )


def rendition_record(variant: Variant, file: StoredFile) -> RenditionRecord:
    """Return the fields of a record that stills and films share."""
    shown = variant.copy
    return RenditionRecord(
        name=variant.name,
        address=file.address,
        thumbnail=variant.thumbnail,
        format=file.format,
        quality=file.quality,
        width_px=variant.placement.width_px,
        height_px=variant.placement.height_px,
        size_bytes=file.size_bytes,
        crc32c=file.crc32c,
        checks=file.checks,
        headline=shown.headline,
        subheadline=shown.subheadline,
        call_to_action=shown.call_to_action,
        offer=shown.offer,
        price=shown.price,
        legal=shown.legal,
    )


def refuse_failed(checks: tuple[CheckRecord, ...], variant: Variant) -> None:
    """Raise ChecksFailed if a check did not pass."""
    failed = [check for check in checks if not check.passed]
    if failed:
        text = "; ".join(f"{check.name} is {check.measured}, the limit is {check.limit}" for check in failed)
        raise ChecksFailed(variant.placement.name, text)


def thumbnail(image: Image.Image) -> bytes:
    """Return a WebP of an RGB picture for reports, its longer edge at most 320 pixels."""
    import cv2

    share = min(THUMBNAIL_PX / max(image.size), 1)
    size = (max(round(image.width * share), 1), max(round(image.height * share), 1))
    small = cv2.resize(np.asarray(image), size, interpolation=cv2.INTER_AREA)
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "WEBP", quality=72, method=2)
    return stream.getvalue()
