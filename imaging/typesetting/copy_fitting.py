"""The test, before a run, that copy fits: every locale's words are set in every block's areas; nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from foundry.channel.placement import Placement
from foundry.copy import COPY_FIELDS, Copy
from foundry.errors import FoundryError
from foundry.layout.files import layout_for
from foundry.layout.layout import Layout
from foundry.locales import is_rtl
from foundry.plan.plan import Plan
from foundry.tenant import Tenant
from imaging.pixels.geometry import LayoutFrame, block_boxes, layout_frame
from imaging.typesetting.logo import LogoDoesNotFit, LogoPlace, place_logo
from imaging.typesetting.setting import BrandType, Setting, TextAreas, set_copy

LONGEST = 3
"""Copies that are tried for each field: those in which it is longest."""


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
    brand = BrandType(tenant.brand.fonts, tenant.brand.type, (tenant.name,))
    for locale, copy in copies:
        frame = layout_frame(layout, placement, is_rtl(locale))
        try:
            logo = place_logo(layout, frame, tenant)
        except LogoDoesNotFit as refusal:
            yield Fit(layout.id, placement.name, locale, refusal)
            return
        choices = _area_choices(layout, placement, frame, logo)
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


def _area_choices(
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

    Only the longest copies of each field are tried (`longest_copies`); shorter words that are wider may still be
    refused in the run, as a dead letter.
    """
    seen: set[str] = set()
    for cell in (cell for cells in plan.cells.values() for cell in cells):
        layout = layout_for(cell.placement, plan.tenant)
        for fit in fit_copies(layout, cell.placement, plan.tenant, longest_copies(plan, layout)):
            if fit.refusal is not None and str(fit.refusal) not in seen:
                seen.add(str(fit.refusal))
                yield fit.refusal


def longest_copies(plan: Plan, layout: Layout) -> Iterator[tuple[str, Copy]]:
    """Yield locale and copy of the products whose words are longest in some field, each copy once."""
    fields = [field for field in COPY_FIELDS if field in layout.fields]
    for locale in plan.locales:
        copies = dict.fromkeys(plan.copy(at, locale, layout.fields)[0] for at in range(len(plan.products)))
        tried: dict[Copy, None] = {}
        for field in fields:
            ranked = sorted(copies, key=partial(_shortness, field))
            tried.update(dict.fromkeys(ranked[:LONGEST]))
        yield from ((locale, copy) for copy in tried)


def _shortness(field: str, copy: Copy) -> int:
    return -len(getattr(copy, field))
