"""The proof finds what it says it finds, and the matrix page lists it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.pixels.crop import crop_box
from imaging.pixels.geometry import PixelBox, layout_frame, safe_box
from imaging.still.compose import LetteredSlot, StaticLayer, draw_lettering
from imaging.still.proof import find_ink, find_unmirrored, findings, places, product_cut
from tests.support.layout_matrix import Wanted, write_matrix
from tests.support.specimens import BRANDS, Masters, Renderer, Specimen, copy_of, locales, looks

SHOWN = ("google/landscape", "landscape-stage")


@lru_cache(maxsize=4)
def proofed(locale: str) -> tuple[StaticLayer, tuple[LetteredSlot, ...]]:
    look = next(one for one in looks("aurelle") if SHOWN[0] in one.names and one.layout.id == SHOWN[1])
    specimen = next(Renderer("aurelle", Masters()).specimens(look, {locale: copy_of("aurelle", locale)}))
    assert isinstance(specimen, Specimen)
    return specimen.static, draw_lettering(specimen.static, specimen.copy, locale)


def moved(slot: LetteredSlot, right: int, down: int) -> LetteredSlot:
    old = slot.placed.box
    box = PixelBox(old.left + right, old.top + down, old.right + right, old.bottom + down)
    placed = replace(slot.placed, box=box)
    return replace(slot, placed=placed, left_px=slot.left_px + right, top_px=slot.top_px + down)


def kinds(slots: list[LetteredSlot], locale: str = "en-US") -> set[tuple[str, str]]:
    return {(one.kind, one.slot) for one in findings(proofed(locale)[0], slots, locale)}


def named(field: str, locale: str = "en-US") -> tuple[LetteredSlot, list[LetteredSlot]]:
    slots = proofed(locale)[1]
    return next(slot for slot in slots if slot.placed.field == field), [s for s in slots if s.placed.field != field]


@pytest.mark.parametrize("locale", ["en-US", "ar-EG", "hi-IN", "th-TH"])
def test_nothing_is_found_in_a_sound_rendition(locale: str) -> None:
    static, slots = proofed(locale)
    assert findings(static, slots, locale) == ()


def test_a_product_that_the_crop_leaves_out_is_cut() -> None:
    static, slots = proofed("en-US")
    facts = static.source[1]
    assert facts.product_box is not None
    higher = (*static.crop[:3], (facts.product_box.bottom - 20) * facts.height_px / 1000)
    found = findings(replace(static, ground=replace(static.ground, crop=higher)), slots, "en-US")
    assert [(one.kind, one.slot) for one in found] == [("product cut", "key_visual")]


@pytest.mark.parametrize("brand", BRANDS)
def test_no_layout_cuts_the_product_of_a_demo_brand(brand: str) -> None:
    masters = Masters()
    for look in sorted(looks(brand), key=lambda look: look.placement.bucket):
        _, facts = masters.master(brand, look.placement.bucket, False)
        visual = look.layout.key_visual
        box = layout_frame(look.layout, look.placement, facts.mirrored).box(visual.area)
        crop = crop_box(facts, (box.width, box.height), visual.product_height, visual.product)
        assert list(product_cut(facts, crop)) == [], (look.layout.id, look.names)


def test_ink_beyond_the_frame_is_clipped() -> None:
    headline, others = named("headline")
    assert ("clipped", "headline") in kinds([moved(headline, -headline.placed.box.left - 5, 0), *others])


def test_ink_cut_by_its_own_layer_is_clipped() -> None:
    headline, others = named("headline")
    layer = headline.layer.crop((headline.layer.width // 3, 0, headline.layer.width, headline.layer.height))
    assert ("clipped", "headline") in kinds([replace(headline, layer=layer), *others])


def test_ink_that_leaves_the_box_it_is_told_to_be_in_strays() -> None:
    headline, others = named("headline")
    box = headline.placed.box
    told = replace(headline.placed, box=PixelBox(box.left, box.top, box.right - box.width // 4, box.bottom))
    assert ("strays", "headline") in kinds([replace(headline, placed=told), *others])


def test_slots_that_lie_on_each_other_overlap() -> None:
    headline, others = named("headline")
    price = next(slot for slot in others if slot.placed.field == "price")
    down = price.placed.box.top - headline.placed.box.top
    assert any(kind == "overlaps" and "price" in slot for kind, slot in kinds([moved(headline, 0, down), *others]))


@pytest.mark.parametrize("locale", ["en-US", "he-IL"])
def test_a_slot_out_of_its_column_is_ragged(locale: str) -> None:
    subheadline, others = named("subheadline", locale)
    assert any(kind == "ragged" for kind, _ in kinds([moved(subheadline, 24, 0), *others], locale))


def test_ink_like_its_ground_has_no_contrast() -> None:
    headline, others = named("headline")
    static = proofed("en-US")[0]
    box = headline.placed.box
    behind = static.image.crop((box.left, box.top, box.right, box.bottom)).resize((1, 1), Image.Resampling.BOX)
    faint = Image.new("RGBA", headline.layer.size, behind.getpixel((0, 0)))
    faint.putalpha(headline.layer.getchannel("A"))
    assert ("contrast", "headline") in kinds([replace(headline, layer=faint), *others])


def test_type_below_what_can_be_read_is_small() -> None:
    headline, others = named("headline")
    assert ("small", "headline") in kinds([replace(headline, placed=replace(headline.placed, size_px=7)), *others])


def test_words_from_right_to_left_stand_on_the_other_side() -> None:
    stand = {}
    for locale in ("en-US", "ar-EG"):
        static, slots = proofed(locale)
        stand[locale] = places(find_ink(slots), static.logo, safe_box(static.placement))
    assert {"headline", "legal", "logo"} <= set(stand["en-US"])
    assert list(find_unmirrored(stand["en-US"], stand["ar-EG"])) == []
    found = {one.slot for one in find_unmirrored(stand["en-US"], stand["en-US"])}
    assert {"headline", "legal", "logo"} <= found


def test_what_is_centred_stays_in_the_middle() -> None:
    assert list(find_unmirrored({"headline": (0.3, 0.7)}, {"headline": (0.2, 0.8)})) == []
    assert len(list(find_unmirrored({"headline": (0.3, 0.7)}, {"headline": (0.4, 0.95)}))) == 1


def test_the_matrix_writes_a_page_thumbnails_and_a_mosaic(tmp_path: Path) -> None:
    wanted = Wanted(("northpeak",), ("leaderboard",), ("en-US", "ar-EG"), shapes=1)
    cells, refused = write_matrix(tmp_path, wanted, Masters())
    assert [cell.locale for cell in cells] == ["en-US", "ar-EG"]
    assert refused == []
    page = (tmp_path / "index.html").read_text()
    rows = [json.loads(line) for line in (tmp_path / "cells.jsonl").read_text().splitlines()]
    for cell, row in zip(cells, rows, strict=True):
        assert row["headline"] == cell.headline
        assert cell.file in page
        with Image.open(tmp_path / cell.file) as small:
            assert max(small.size) <= 420
    with Image.open(tmp_path / "mosaic-leaderboard-northpeak.png") as mosaic:
        assert np.asarray(mosaic).std() > 20


def test_both_brands_speak_fourteen_locales_with_a_price_in_each() -> None:
    assert len(locales()) == 14
    for brand in ("aurelle", "northpeak"):
        for locale in locales():
            texts = copy_of(brand, locale).texts()
            assert {"headline", "subheadline", "call_to_action", "offer", "price", "legal"} <= set(texts)
            assert "{" not in "".join(texts.values())
