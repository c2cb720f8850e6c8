"""Layouts never overflow their room: words that fit stay inside their boxes and the safe area; others are refused."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.channel.placement import Placement
from foundry.copy import Copy
from foundry.layout.layout import Layout
from foundry.locales import is_rtl
from foundry.plan.composition import compositions
from foundry.tenant import Tenant
from imaging.pixels.geometry import PixelBox, block_boxes, layout_frame
from imaging.still.compose import StaticLayer, draw_lettering, finish, prepare
from imaging.still.preview import stand_in
from imaging.typesetting.copy_fitting import Fit, SlotsOverlap, fit_copies
from imaging.typesetting.logo import LogoDoesNotFit, place_logo
from imaging.typesetting.setting import BrandType, CopyDoesNotFit, SetSlot, TextAreas, set_copy
from tests.support.copies import COPIES
from tests.support.specimens import BRANDS, Look, looks, tenant

LOOKS = {brand: looks(brand) for brand in BRANDS}
AWKWARD = (
    "W" * 30, "Donaudampfschifffahrtsgesellschaft", "1.245,00 €", "👩‍🚀", "a\nb", "Å" * 12, "fjgÇ", "กิ" * 20, "字" * 25,
    "ﷺ", "e\u0301\u0302", "क्ष" * 9, "no\u00a0break\u00a0at\u00a0all\u00a0in\u00a0here", "Auf\u00adtrag", "-", "%",
)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn, locale: str) -> str:
    """Copy of the locale, cut and repeated, with awkward words of any script between."""
    own = " ".join(COPIES[locale])
    start = draw(st.integers(0, len(own) - 1))
    words = [own[start : start + draw(st.integers(0, 90))], *draw(st.lists(st.sampled_from(AWKWARD), max_size=2))]
    return " ".join(words).strip()


@st.composite
def cases(draw: st.DrawFn) -> tuple[Tenant, Look, str, Copy]:
    """A brand, one of its layouts in one of its placements, a locale, and copy in it."""
    brand = draw(st.sampled_from(BRANDS))
    locale = draw(st.sampled_from(sorted(COPIES)))
    fields = ("headline", "subheadline", "call_to_action", "offer", "price", "legal")
    shown = draw(st.lists(st.sampled_from(fields[1:]), unique=True, max_size=4))
    copy = Copy(headline=draw(texts(locale)) or "x", **{field: draw(texts(locale)) for field in shown})
    return tenant(brand), draw(st.sampled_from(LOOKS[brand])), locale, copy


def settled(
    layout: Layout, placement: Placement, owner: Tenant, copy: Copy, locale: str
) -> list[tuple[TextAreas, SetSlot]]:
    """The slots as they are set in every area that a block may be given, each with its areas."""
    frame = layout_frame(layout, placement, is_rtl(locale))
    logo = place_logo(layout, frame, owner)
    boxes = {name: block_boxes(block, frame, logo.clear if logo else None) for name, block in layout.blocks.items()}
    brand = BrandType(owner.families, owner.brand.type, (owner.name,))
    found = []
    for at in range(max(map(len, boxes.values()))):
        areas = TextAreas(placement.name, frame, tuple((n, b[min(at, len(b) - 1)]) for n, b in boxes.items()))
        found += [(areas, slot) for slot in set_copy(copy.only(layout.fields), locale, layout, areas, brand).slots]
    return found


def fit(owner: Tenant, look: Look, locale: str, copy: Copy) -> Fit:
    return next(iter(fit_copies(look.layout, look.placement, owner, [(locale, copy)])))


@settings(max_examples=40, deadline=None)
@given(cases())
def test_words_that_fit_lie_in_their_blocks_area_and_in_the_safe_area_and_others_are_refused(
    case: tuple[Tenant, Look, str, Copy],
) -> None:
    owner, look, locale, copy = case
    found = fit(owner, look, locale, copy)
    if found.refusal is not None:
        assert isinstance(found.refusal, CopyDoesNotFit | LogoDoesNotFit | SlotsOverlap)
        return
    for areas, slot in settled(look.layout, look.placement, owner, copy, locale):
        area = dict(areas.boxes)[slot.block]
        assert slot.box.is_inside(area), (look.layout.id, look.placement.name, locale, slot.field)
        assert area.is_inside(areas.frame.safe)
        for left, baseline, line in slot.lines:
            assert PixelBox(left, baseline, left + line.width, baseline).is_inside(slot.box)


@lru_cache(maxsize=8)
def static_of(brand: str, name: str, rtl: bool) -> StaticLayer:
    owner = tenant(brand)
    look = next(one for one in LOOKS[brand] if name in one.names)
    mirrored = rtl and compositions()[look.placement.bucket].has_sides
    master, facts = stand_in(owner, look.placement.bucket, mirrored)
    return prepare(master, facts, look.layout, look.placement, owner)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(["google/medium-rectangle", "google/half-page"]), cases())
def test_drawn_words_that_fit_leave_no_ink_outside_their_slots(name: str, case: tuple[Tenant, Look, str, Copy]) -> None:
    _, _, locale, copy = case
    static = static_of("aurelle", name, is_rtl(locale))
    if fit(static.tenant, Look(static.layout, static.placement, (name,)), locale, copy).refusal is not None:
        return
    shown = copy.only(static.layout.fields)
    made = finish(static, shown, locale)
    assert [slot.box.is_inside(static.room.frame.safe) for slot in made.slots] == [True] * len(made.slots)
    for slot in draw_lettering(static, shown, locale):
        rows, columns = np.nonzero(np.asarray(slot.layer.getchannel("A")))
        box = slot.placed.box
        assert slot.left_px + columns.min() >= box.left
        assert slot.left_px + columns.max() < box.right
        assert slot.top_px + rows.min() >= box.top
        assert slot.top_px + rows.max() < box.bottom
