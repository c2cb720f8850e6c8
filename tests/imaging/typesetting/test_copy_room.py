"""Copy that is proven to have room can be set: by random texts of every script, and by the cases that fool a count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.channel.placement import placements
from foundry.copy import Copy
from foundry.errors import FoundryError
from foundry.fonts import families
from foundry.layout.layout import Layout
from foundry.locales import is_rtl
from imaging.pixels.geometry import PixelBox, layout_frame
from imaging.typesetting.copy_fitting import area_choices
from imaging.typesetting.copy_room import FEW, INK_PX, CopyRoom
from imaging.typesetting.lettering import Style, measure
from imaging.typesetting.lettering.shaping import advance
from imaging.typesetting.logo import LogoDoesNotFit, place_logo
from imaging.typesetting.piece_widths import Face, piece_width, same_width, text_pieces
from imaging.typesetting.room import measure_texts
from imaging.typesetting.setting import BlockSetter, BrandType, TextAreas
from tests.support.copies import COPIES
from tests.support.own_fonts import khmer_tenant
from tests.support.specimens import BRANDS, Look, looks, tenant

LOOKS = {brand: looks(brand) for brand in BRANDS}
SCRIPTS = (
    "W" * 6, "W" * 20, "iiiiiiii", "Donaudampfschifffahrtsgesellschaft", "1.245,00 €", "a\nb", "Å" * 12, "fjgÇ",
    "กิ" * 8, "字" * 9, "ﷺ", "क्ष" * 5, "no\u00a0break\u00a0here", "Auf\u00adtrag", "-", "“quoted”", "(x", "L’été",
    "AV-To", "…",
    "X-48213", "ffi", "jJ", "Feuchtigkeitsspendende", "עברית", "مرحبا", "Radiant Velvet Serum",
)  # fmt: skip
FILLING = [Copy(headline=f"x{'y' * at}") for at in range(FEW)]
"""Copies that make a batch so large that texts are bounded rather than set."""


def text(draw: st.DrawFn, locale: str) -> str:
    own = " ".join(COPIES[locale])
    start = draw(st.integers(0, len(own) - 1))
    parts = [own[start : start + draw(st.integers(0, 60))], *draw(st.lists(st.sampled_from(SCRIPTS), max_size=2))]
    return " ".join(draw(st.permutations(parts))).strip() or "x"


@st.composite
def batches(draw: st.DrawFn) -> tuple[str, Look, str, list[Copy]]:
    """A brand, one of its layouts in one of its placements, a locale, and some copies in it."""
    brand = draw(st.sampled_from(BRANDS))
    locale = draw(st.sampled_from(sorted(COPIES)))
    copies = []
    for _ in range(3):
        shown = draw(
            st.lists(st.sampled_from(("subheadline", "call_to_action", "offer", "price", "legal")), unique=True)
        )
        name = draw(st.sampled_from(("Radiant Velvet Serum", "X", text(draw, locale))))
        headline = draw(st.sampled_from((name, text(draw, locale))))
        copies.append(Copy(headline=headline, product_name=name, **{field: text(draw, locale) for field in shown}))
    return brand, draw(st.sampled_from(LOOKS[brand])), locale, copies


def setters(brand: str, look: Look, locale: str) -> Iterator[BlockSetter]:
    owner = tenant(brand)
    frame = layout_frame(look.layout, look.placement, is_rtl(locale))
    try:
        logo = place_logo(look.layout, frame, owner)
    except LogoDoesNotFit:
        return
    whose = BrandType(owner.families, owner.brand.type, (owner.name,))
    for areas in area_choices(look.layout, look.placement, frame, logo):
        for name, box in areas.boxes:
            yield BlockSetter(
                copy=Copy(), locale=locale, layout=look.layout, room=areas, brand=whose, name=name, box=box
            )


def can_be_set(setter: BlockSetter, copy: Copy) -> bool:
    try:
        replace(setter, copy=copy).set_block()
    except FoundryError:
        return False
    return True


@settings(max_examples=25, deadline=None)
@given(batches())
def test_copy_that_is_proven_or_fits_at_its_smallest_can_be_set(case: tuple[str, Look, str, list[Copy]]) -> None:
    brand, look, locale, copies = case
    shown = [copy.only(look.layout.fields) for copy in copies]
    filled = [replace(copy, **{f: f"{at} {t}" for f, t in copy.texts().items()}) for at, copy in enumerate(FILLING)]
    more = [replace(shown[0], **{f: f"{at}{t}" for f, t in shown[0].texts().items()}) for at in range(FEW)]
    room = CopyRoom([*shown, *filled, *more], locale, (tenant(brand).name,))
    for setter in setters(brand, look, locale):
        proven = room.proven(setter)
        for copy, is_proven in zip(shown, proven[: len(shown)], strict=True):
            at_smallest = replace(setter, copy=copy).fits_smallest()
            if is_proven or at_smallest:
                assert can_be_set(setter, copy), (look.layout.id, look.placement.name, locale, copy, setter.box)


def a_setter(width: int, height: int, lines: int = 2, **block: Any) -> BlockSetter:
    """A setter of headlines at 10 pixels in a box of this size."""
    layout = Layout.model_validate(
        {
            "id": "test", "version": 1, "family": "square",
            "styles": {"headline": {"size": [40, 40], "lines": lines}, "price": {"size": [40, 40]}},
            "blocks": {"copy": {"area": [0, 0, 1000, 1000], "slots": ["headline"], **block}},
        }
    )  # fmt: skip
    owner = tenant("aurelle")
    placement = placements()["google/medium-rectangle"]
    frame = layout_frame(layout, placement, False)
    box = PixelBox(0, 0, width, height)
    areas = TextAreas(placement.name, frame, (("copy", box),))
    whose = BrandType(owner.families, owner.brand.type, ())
    return BlockSetter(copy=Copy(), locale="en-US", layout=layout, room=areas, brand=whose, name="copy", box=box)


def proven(setter: BlockSetter, *headlines: str) -> list[bool]:
    copies = [Copy(headline=headline) for headline in headlines]
    found = CopyRoom([*copies, *FILLING], setter.locale, ()).proven(setter)
    return [bool(one) for one in found[: len(headlines)]]


CASES = {
    "few wide letters need more room than many narrow ones": (a_setter(32, 30, 1), ("iiiiiiii", "WWWW")),
    "a word without a break needs more room than longer words with breaks": (
        a_setter(58, 100), ("soft and calm skin", "MoisturisingX"),
    ),
    "two lines are higher than one": (a_setter(60, 16), ("short", "short but not so short")),
    "more lines than the style has do not fit": (
        a_setter(60, 100, 2), ("one two three", "one two three four five six"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_set_width_decides(case: tuple[BlockSetter, tuple[str, str]]) -> None:
    setter, (fits, does_not) = case
    assert proven(setter, fits, does_not) == [True, False]
    assert [can_be_set(setter, Copy(headline=text)) for text in (fits, does_not)] == [True, False]


def test_fields_side_by_side_share_the_width_and_a_missing_one_takes_none() -> None:
    setter = a_setter(80, 30, 1, slots=[["headline", "price"]])
    copies = [Copy(headline="Serum", price=price) for price in ("", "$48", "$48,000.00")]
    room = CopyRoom([*copies, *(Copy(headline="Serum", price=f"${at}x") for at in range(FEW))], "en-US", ())
    assert room.proven(setter)[:3].tolist() == [True, True, False]


@pytest.mark.parametrize("family", families())
def test_a_piece_is_no_wider_at_any_size_than_its_share_of_the_font(family: str) -> None:
    words = {word for locale in COPIES for text in COPIES[locale][:2] for word in text.split()}
    for word, size in product(sorted(words)[::9], (9, 23, 61)):
        style = Style(family, "bold", size, False, "en-US")
        bound = piece_width(word, Face(family, "bold", False, "en-US"))
        line = measure(word, style)
        assert advance(word, style) <= bound.advance * size + len(word) / 32 + 0.1
        assert line.width <= (bound.advance + bound.left + bound.right) * size + 3 + len(word) / 32
        assert line.above + line.below <= (bound.above + bound.below) * size + INK_PX


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(families()),
    st.text("0123456789.,$€ /-", min_size=1, max_size=9).filter(str.strip),
    st.sampled_from(("regular", "bold")),
)
def test_figures_of_as_many_digits_share_a_bound(family: str, figure: str, weight: Any) -> None:
    face = Face(family, weight, False, "de-DE")
    assert piece_width(same_width(figure), face) == piece_width(figure, face)
    assert (
        advance(figure, Style(family, weight, 1_000, False, "de-DE")) <= piece_width(figure, face).advance * 1_000 + 1
    )


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(sorted(COPIES)), st.integers(12, 60), st.integers(60, 700))
def test_lines_are_no_more_and_no_wider_than_their_bounds(
    data: st.DataObject, locale: str, size: int, room: int
) -> None:
    from imaging.typesetting.lettering import balance

    words = data.draw(st.composite(text)(locale)).replace("\n", " ")
    face = Face("Inter", "bold", is_rtl(locale), locale)
    bounds = measure_texts([text_pieces(words, locale, ())], face).line_bounds(size, room, 6)
    if bounds.proven[0]:
        for hyphens in (False, True):
            lines = balance(words, Style("Inter", "bold", size, is_rtl(locale), locale), room, hyphens, 6)
            assert len(lines) <= bounds.lines[0]
            assert max(line.width for line in lines) <= np.ceil(bounds.width[0])


WORDS = {
    "km-KH": ("ស្បែកភ្លឺថ្លា", "ជារៀងរាល់ព្រឹក 2027", "ទិញ Radiance Serum ឥឡូវនេះ", "សេរ៉ូម (15%)"),
    "zh-Hant-TW": ("說走就走，絕美", "肌膚從戶外開始 2027", "立即選購 Radiance Serum", "「早晨」"),
}


@pytest.mark.parametrize("locale", WORDS)
def test_copy_that_is_proven_in_a_tenants_own_fonts_can_be_set(locale: str, tmp_path: Path) -> None:
    owner = khmer_tenant(tmp_path)
    whose = BrandType(owner.families, owner.brand.type, ())
    outcomes = set()
    for width in range(40, 260, 20):
        setter = replace(a_setter(width, 60), locale=locale, brand=whose)
        for words, is_proven in zip(WORDS[locale], proven(setter, *WORDS[locale]), strict=True):
            outcomes.add(is_proven)
            if is_proven:
                assert can_be_set(setter, Copy(headline=words)), (words, width)
    assert outcomes == {True, False}
