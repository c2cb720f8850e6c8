"""Specimens of renditions for the matrix page, golden pictures and reading back: two brands, fourteen locales.

Masters are staged as in a run, from drawings that ship as the embedded model's evidence and the example products, at
about a third of a master's edge; or they come from a run's folder (`Masters(folder)`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from foundry.brief.brief import Brief
from foundry.brief.copywriting import write_copy
from foundry.brief.intake import read_briefs
from foundry.channel.placement import Placement, placements
from foundry.copy import Copy
from foundry.errors import FoundryError
from foundry.layout.files import layouts_of
from foundry.layout.layout import Layout
from foundry.locales import is_rtl
from foundry.manifest import master_from_json
from foundry.plan.composition import compositions
from foundry.plan.shot import MasterFacts
from foundry.tenant import Tenant, load_tenant
from imaging.still.compose import FinishedPicture, StaticLayer, finish, prepare, turn_to_locale

ROOT = Path(__file__).parents[2]
BRANDS = ("aurelle", "northpeak")
DRAWINGS = max((ROOT / "models" / "cards" / "evidence" / "backdrop").glob("*/pictures"))
DRAWN = {"aurelle": "sunset-1-0.webp", "northpeak": "hills-2-0.webp"}
EDGE_PX = 1_440
SCRIPTS = {
    "ar-EG": "Arabic", "he-IL": "Hebrew", "hi-IN": "Devanagari", "th-TH": "Thai",
    "zh-Hans-CN": "Chinese", "ja-JP": "Japanese", "ko-KR": "Korean",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """One layout in one shape of frame; `names` are the placements that have this shape, the first is rendered."""

    layout: Layout
    placement: Placement
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """One cell of the matrix, rendered."""

    brand: str
    locale: str
    look: Look
    copy: Copy
    static: StaticLayer
    composed: FinishedPicture


@dataclass(frozen=True)
class Refused:
    """A cell, or all cells of a locale, that could not be made."""

    brand: str
    locale: str
    layout: str
    placement: str
    reason: str


@lru_cache(maxsize=8)
def tenant(brand: str) -> Tenant:
    """Return a demo brand."""
    return load_tenant(ROOT / "examples" / "tenants", brand)


@lru_cache(maxsize=8)
def brief(brand: str) -> Brief:
    """Return the brief with a brand's copy in all locales."""
    return read_briefs(ROOT / "examples" / "matrix" / f"{brand}.yaml")[0]


def locales() -> tuple[str, ...]:
    """Return the locales of the matrix."""
    return tuple(brief(BRANDS[0]).messages)


def script_of(locale: str) -> str:
    """Return the script that a locale is written in."""
    return SCRIPTS.get(locale, "Latin")


def copy_of(brand: str, locale: str) -> Copy:
    """Return a brand's copy, filled and priced as in a run."""
    order = brief(brand)
    return write_copy(order.messages[locale], order.products[0], locale)


def looks(brand: str) -> tuple[Look, ...]:
    """Return every layout of a brand in every shape of placement, by family and name."""
    shapes: dict[tuple[object, ...], list[Placement]] = {}
    for placement in placements().values():
        key = (placement.family, placement.size, placement.safe_area, placement.printed, placement.bucket)
        shapes.setdefault(key, []).append(placement)
    found = [
        Look(layout, alike[0], tuple(one.name for one in alike))
        for alike in shapes.values()
        for layout in layouts_for(alike[0], tenant(brand))
    ]
    return tuple(sorted(found, key=lambda look: (look.placement.family, look.layout.id, look.placement.name)))


def layouts_for(placement: Placement, owner: Tenant) -> tuple[Layout, ...]:
    """Return the layouts that serve a placement's family."""
    files = layouts_of(owner)
    return tuple(files.layout(name, placement) for name in files.families()[placement.family])


@dataclass(frozen=True)
class Masters:
    """Key visuals by brand, bucket and side; `folder` is a run's store with a folder per brand, None draws stand-ins.

    Both sides of one brand and bucket are held at a time.
    """

    folder: Path | None = None
    _held: dict[tuple[str, str, bool], tuple[Image.Image, MasterFacts]] = field(default_factory=dict, compare=False)

    def master(self, brand: str, bucket: str, rtl: bool) -> tuple[Image.Image, MasterFacts]:
        """Return a picture whose product stands on the side that copy of this direction leaves free."""
        mirrored = rtl and compositions()[bucket].has_sides
        key = (brand, bucket, mirrored)
        if key not in self._held:
            stored = self._stored(brand, bucket, mirrored) if self.folder else None
            if any(held[:2] != key[:2] for held in self._held):
                self._held.clear()
            self._held[key] = stored or staged(brand, bucket, mirrored)
        return self._held[key]

    def _stored(self, brand: str, bucket: str, mirrored: bool) -> tuple[Image.Image, MasterFacts] | None:
        from transforms.stored_masters import facts_of

        assert self.folder is not None
        for path in sorted((self.folder / brand / "masters").glob("*/*.json")):
            record = master_from_json(path.read_bytes())
            if (record.bucket, record.mirrored) == (bucket, mirrored):
                return _opened(path.with_suffix(".png"), facts_of(record))
        return None


def _opened(path: Path, facts: MasterFacts) -> tuple[Image.Image, MasterFacts]:
    from imaging.pixels.master_file import master_image

    return master_image(path.read_bytes()), facts


def staged(brand: str, bucket: str, mirrored: bool) -> tuple[Image.Image, MasterFacts]:
    """Return a stand-in master: a shipped drawing with the brand's example product staged in it."""
    from imaging.still.staging import stage_product

    composition = compositions()[bucket]
    scale = EDGE_PX / max(composition.width_px, composition.height_px)
    size = (round(composition.width_px * scale), round(composition.height_px * scale))
    with Image.open(ROOT / "examples" / str(brief(brand).products[0].picture)) as stored:
        product = stored.convert("RGBA")
    made = stage_product(_drawing(brand, size), product, composition, mirrored)
    pixels = (np.clip(made.pixels, 0, 1) * 255).round().astype(np.uint8)
    return Image.fromarray(pixels), MasterFacts(
        name="stand-in",
        bucket=bucket,
        width_px=size[0],
        height_px=size[1],
        product_box=made.product_box,
        mirrored=mirrored,
    )


def _drawing(brand: str, size: tuple[int, int]) -> np.ndarray:
    with Image.open(DRAWINGS / DRAWN[brand]) as stored:
        drawn = stored.convert("RGB")
    ratio = size[0] / size[1]
    width, height = min(drawn.width, drawn.height * ratio), min(drawn.height, drawn.width / ratio)
    left, top = (drawn.width - width) / 2, (drawn.height - height) / 2
    enlarged = drawn.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + width, top + height))
    return np.asarray(enlarged, dtype=np.float32) / 255


@dataclass(frozen=True)
class Renderer:
    """Specimens of one brand, look by look; the static layer is made once a direction of reading."""

    brand: str
    masters: Masters = field(default_factory=Masters)

    def specimens(self, look: Look, wanted: Mapping[str, Copy]) -> Iterator[Specimen | Refused]:
        """Yield a specimen, or the refusal, of each locale."""
        statics: dict[bool, StaticLayer] = {}
        for locale, text in wanted.items():
            try:
                rtl = is_rtl(locale)
                if rtl not in statics:
                    statics[rtl] = self._static(look, rtl)
                yield self._finished(look, locale, text, statics[rtl])
            except FoundryError as error:
                yield Refused(self.brand, locale, look.layout.id, look.placement.name, str(error))

    def _static(self, look: Look, rtl: bool) -> StaticLayer:
        master, facts = self.masters.master(self.brand, look.placement.bucket, rtl)
        return prepare(master, facts, look.layout, look.placement, tenant(self.brand))

    def _finished(self, look: Look, locale: str, text: Copy, static: StaticLayer) -> Specimen:
        shown = text.only(look.layout.fields)
        return Specimen(
            brand=self.brand, locale=locale, look=look, copy=shown, static=turn_to_locale(static, locale),
            composed=finish(static, shown, locale),
        )  # fmt: skip
