"""The test, before a run, that copy fits: every locale's words are set in every block's areas; nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from operator import itemgetter

import numpy as np

from foundry.brief.copywriting import Days, copy_template
from foundry.channel.placement import Placement
from foundry.copy import COPY_FIELDS, Copy
from foundry.errors import FoundryError, Refusals
from foundry.layout.layout import Layout
from foundry.locales import is_rtl
from foundry.plan.plan import Plan
from foundry.plan.shot_plan import Cell
from foundry.tenant import Tenant
from imaging.pixels.geometry import LayoutFrame, block_boxes, layout_frame
from imaging.typesetting.copy_room import CopyRoom
from imaging.typesetting.logo import LogoDoesNotFit, LogoPlace, place_logo
from imaging.typesetting.piece_widths import Face, text_width
from imaging.typesetting.setting import BlockSetter, BrandType, Setting, TextAreas, set_copy

WIDEST = 3
"""Copies that are tried for each field where slots may overlap: those in which it is widest."""
AT_ONCE = 4_096
"""Products whose copy is held at once."""
MOST_REFUSED = 100
"""Refused copies after which no more are tried: each takes as long as setting it, and the plan is refused anyway."""


class SlotsOverlap(FoundryError):
    """Two slots of a layout overlap in a placement; the layout must change, not the copy."""

    code = "slots_overlap"

    def __init__(self, layout: str, placement: str, locale: str, first: str, second: str) -> None:
        super().__init__(layout, placement, locale, first, second)
        self.layout, self.placement, self.locale = layout, placement, locale
        self.first, self.second = first, second

    def __str__(self) -> str:
        return (
            f"{self.placement} {self.locale}: in layout {self.layout}, {self.first} lies on {self.second}. "
            "Move one of their areas, or add a variation for this placement."
        )


@dataclass(frozen=True)
class Fit:
    """One copy in one layout and placement: the refusal if it has no room, else the fields that give way."""

    layout: str
    placement: str
    locale: str
    refusal: FoundryError | None = None
    dropped: tuple[str, ...] = ()


def fit_copies(
    layout: Layout, placement: Placement, tenant: Tenant, copies: Iterable[tuple[str, Copy]]
) -> Iterator[Fit]:
    """Yield a Fit for each copy (locale, words); where a block has several areas, the words must fit each of them.

    A logo without room ends the fits, as it is the same for every copy.
    """
    brand = _brand_type(tenant)
    for locale, copy in copies:
        frame = layout_frame(layout, placement, is_rtl(locale))
        try:
            logo = place_logo(layout, frame, tenant)
        except LogoDoesNotFit as refusal:
            yield Fit(layout.id, placement.name, locale, refusal)
            return
        choices = area_choices(layout, placement, frame, logo)
        yield _worst([_fit(layout, areas, locale, copy, (brand, logo)) for areas in choices])


def _fit(layout: Layout, areas: TextAreas, locale: str, copy: Copy, whose: tuple[BrandType, LogoPlace | None]) -> Fit:
    brand, logo = whose
    try:
        setting = set_copy(copy.only(layout.fields), locale, layout, areas, brand)
    except FoundryError as refusal:
        return Fit(layout.id, areas.placement, locale, refusal)
    overlap = _overlap(layout, areas, locale, setting, logo)
    return Fit(layout.id, areas.placement, locale, overlap, setting.dropped)


def _worst(found: list[Fit]) -> Fit:
    """Return the first refusal, else the fit in which most fields give way."""
    return max(found, key=lambda fit: (fit.refusal is not None, len(fit.dropped)))


def area_choices(
    layout: Layout, placement: Placement, frame: LayoutFrame, logo: LogoPlace | None
) -> Iterator[TextAreas]:
    """Yield the blocks' first areas, then their second ones, and so on; a block with fewer areas keeps its last."""
    boxes = {name: block_boxes(block, frame, logo.clear if logo else None) for name, block in layout.blocks.items()}
    for at in range(max(len(areas) for areas in boxes.values())):
        chosen = tuple((name, areas[min(at, len(areas) - 1)]) for name, areas in boxes.items())
        yield TextAreas(placement.name, frame, chosen)


def _overlap(
    layout: Layout, areas: TextAreas, locale: str, setting: Setting, logo: LogoPlace | None
) -> SlotsOverlap | None:
    boxes = [(slot.field, slot.box) for slot in setting.slots]
    boxes += [("the logo", logo.box)] if logo else []
    for (first, one), (second, other) in combinations(boxes, 2):
        if one.overlaps(other):
            return SlotsOverlap(layout.id, areas.placement, locale, first, second)
    return None


def find_misfits(plan: Plan) -> Iterator[FoundryError]:
    """Yield the refusals that a plan's run would meet for want of room, each once.

    Copy that `CopyRoom` proves to have room is not set. All other copy is, so that no run meets a copy without room.
    Logos are placed in any case, and where areas of blocks lie on each other, so that slots may, the widest copies of
    each field are set as well. After `MOST_REFUSED` refusals no more is tried.
    """
    seen: set[str] = set()
    refused = (fit.refusal for fit in _doubtful_fits(plan) if fit.refusal is not None)
    for number, refusal in enumerate(refused, start=1):
        if number >= MOST_REFUSED:
            yield Refusals("copy", (refusal,), stopped=True)
            return
        if str(refusal) not in seen:
            seen.add(str(refusal))
            yield refusal


def _doubtful_fits(plan: Plan) -> Iterator[Fit]:
    """Yield the fit of each copy that is not proven to have room, some products at a time."""
    for locale in plan.locales:
        for first in range(0, len(plan.products), AT_ONCE):
            batch = _Batch(plan, locale, range(first, min(first + AT_ONCE, len(plan.products))))
            for cell in plan.every_cell:
                yield from batch.doubtful_fits(cell)


class _Batch:
    """The copies of some products in one locale."""

    def __init__(self, plan: Plan, locale: str, products: range) -> None:
        self._plan, self._locale = plan, locale
        template = copy_template(plan.brief.messages[locale], locale, Days(plan.brief.embargo, plan.brief.expiry))
        self._copies = tuple(dict.fromkeys(template.fill(plan.products[at]) for at in products))
        self._brand = _brand_type(plan.tenant)
        self._room = CopyRoom(self._copies, locale, self._brand.names)

    def doubtful_fits(self, cell: Cell) -> Iterator[Fit]:
        """Yield the fit in one cell of each copy that is not proven to have room."""
        layout, placement, tenant = cell.layout, cell.placement, self._plan.tenant
        frame = layout_frame(layout, placement, is_rtl(self._locale))
        try:
            logo = place_logo(layout, frame, tenant)
        except LogoDoesNotFit as refusal:
            yield Fit(layout.id, placement.name, self._locale, refusal)
            return
        areas = tuple(area_choices(layout, placement, frame, logo))
        tried = self._doubtful(layout, areas)
        if any(_may_overlap(each, logo) for each in areas):
            tried = chain((copy.only(layout.fields) for copy in self._widest(layout)), tried)
        yield from fit_copies(layout, placement, tenant, ((self._locale, copy) for copy in tried))

    def _doubtful(self, layout: Layout, areas: tuple[TextAreas, ...]) -> Iterator[Copy]:
        """Yield the copies, in the fields that the layout shows, that neither their bounds nor a try proves to fit."""
        proven = np.ones(len(self._copies), np.bool_)
        for setter in self._setters(Copy(), layout, areas):
            proven &= self._room.proven(setter)
        shown = dict.fromkeys(self._copies[at].only(layout.fields) for at in np.flatnonzero(~proven))
        for copy in shown:
            if not all(setter.fits_smallest() for setter in self._setters(copy, layout, areas)):
                yield copy

    def _setters(self, copy: Copy, layout: Layout, areas: tuple[TextAreas, ...]) -> Iterator[BlockSetter]:
        """Yield the setter of one copy for every area of every block."""
        boxes = dict.fromkeys((name, box) for each in areas for name, box in each.boxes)
        for name, box in boxes:
            yield BlockSetter(
                copy=copy, locale=self._locale, layout=layout, room=areas[0], brand=self._brand, name=name, box=box
            )

    def _widest(self, layout: Layout) -> tuple[Copy, ...]:
        widest = _Widest(layout, self._plan.tenant, self._locale)
        for copy in self._copies:
            widest.add(copy)
        return widest.copies()


def _brand_type(tenant: Tenant) -> BrandType:
    return BrandType(tenant.families, tenant.brand.type, (tenant.name,))


def _may_overlap(areas: TextAreas, logo: LogoPlace | None) -> bool:
    """Return True if two areas of blocks, or one of them and the logo, have a pixel in common."""
    boxes = [box for _, box in areas.boxes] + ([logo.box] if logo else [])
    return any(one.overlaps(other) for one, other in combinations(boxes, 2))


def widest_copies(plan: Plan, layout: Layout) -> Iterator[tuple[str, Copy]]:
    """Yield locale and copy of the products whose words are widest in some field as they are set, each copy once."""
    for locale in plan.locales:
        widest = _Widest(layout, plan.tenant, locale)
        for at in range(len(plan.products)):
            widest.add(plan.copy(at, locale, layout.fields)[0])
        yield from ((locale, copy) for copy in widest.copies())


class _Widest:
    """The copies of one locale that are widest in each field of a layout, `WIDEST` of each."""

    def __init__(self, layout: Layout, tenant: Tenant, locale: str) -> None:
        self._fields = [field for field in COPY_FIELDS if field in layout.fields]
        fonts, rtl = tenant.families, is_rtl(locale)
        self._faces = {
            field: Face(getattr(fonts, style.font), style.weight, rtl, locale) for field, style in layout.styles.items()
        }
        self._ranked: dict[str, list[tuple[float, Copy]]] = {field: [] for field in self._fields}

    def add(self, copy: Copy) -> None:
        """Take a copy in, if one of its fields is wide enough; of equally wide ones, the first stay."""
        for field, ranked in self._ranked.items():
            place = (text_width(getattr(copy, field), self._faces[field]), copy)
            if place not in ranked:
                ranked.append(place)
                ranked.sort(key=itemgetter(0), reverse=True)
                del ranked[WIDEST:]

    def copies(self) -> tuple[Copy, ...]:
        """Return the copies, those of the first field first."""
        return tuple(dict.fromkeys(copy for field in self._fields for _, copy in self._ranked[field]))
