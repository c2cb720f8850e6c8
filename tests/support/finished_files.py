"""One small finished file of every format, as the project's own encoders write them, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from foundry.channel.placement import Print
from foundry.delivery.metadata import AssetMetadata
from foundry.source_types import COMPOSITE
from imaging.film.encoding.writer import FilmWriter
from imaging.still.encode import EXTENSION, encode
from tests.support.moving_pictures import a_spec, pan
from tests.support.scenes import XMP, a_placement, advert

FILMS = {
    "mp4": a_spec("h264"),
    "mov": a_spec("prores", "mov"),
    "webm": a_spec("vp9", "webm"),
    "gif": a_spec("gif", "gif"),
    "animated webp": a_spec("webp", "webp"),
}
KINDS = (*EXTENSION, *FILMS)
PRINTED = Print(dots_per_inch=300, bleed_mm=Decimal(3), colour="cmyk")
TOLD = AssetMetadata(
    asset="0123456789abcdef0123456789abcdef",
    slot="fedcba9876543210fedcba9876543210",
    tenant="aurelle",
    owner="Aurelle GmbH & Söhne",
    campaign="spring-glow",
    campaign_name="Spring Glow <2027>",
    title="Radiance Serum – Strahlend in den Tag",
    description="Radiance Serum. Text: Strahlend in den Tag. 45 €. Jetzt entdecken. Nur solange der Vorrat reicht.",
    alt_text="Radiance Serum. Text: Strahlend in den Tag. 45 €.",
    locale="de-DE",
    copy=("Strahlend in den Tag", "45 €", "Jetzt entdecken"),
    keywords=("Radiance Serum", "日本語", "meta/feed-square"),
    product="radiance-serum",
    product_name="Radiance Serum",
    items=("4711", "A&B"),
    markets=("Germany", "Österreich"),
    audience="Urban professionals",
    scene="golden-hour",
    placement="meta/feed-square",
    channel="meta",
    format="jpeg",
    width_px=1080,
    height_px=1080,
    embargo="2027-03-01",
    expiry="2027-05-31",
    usage_terms="Only for the spring campaign; no alterations.",
    licence_url="https://aurelle.example/terms?a=1&b=2",
    source_type=COMPOSITE,
    models=("backdrop@4", "crisp@1"),
    provenance="foundry:asset/aurelle/0123456789abcdef0123456789abcdef",
)
"""What is said of a file in the tests."""


def form_of(kind: str) -> str:
    """The format that a manifest names: a moving WebP is `webp`."""
    return kind.rpartition(" ")[2]


def told(kind: str, **changes: Any) -> AssetMetadata:
    """What is said of a file of a kind."""
    return replace(TOLD, **{"format": form_of(kind), **changes})


def finished_file(folder: Path, kind: str) -> Path:
    """A small finished file, without more metadata than the encoders write."""
    path = folder / f"{kind.replace(' ', '-')}.{EXTENSION.get(form_of(kind), form_of(kind))}"
    if kind in FILMS:
        with FilmWriter(path, FILMS[kind]) as writer:
            for frame in pan(FILMS[kind], 12):
                writer.add(frame)
        return path
    size, canvas, printed = ((360, 240), (432, 312), PRINTED) if kind == "pdf" else ((432, 312), (432, 312), None)
    path.write_bytes(encode(advert(*canvas), a_placement(kind, size, printed=printed), XMP).data)
    return path
