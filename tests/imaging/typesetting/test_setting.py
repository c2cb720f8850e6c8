"""Type shrinks before a phrase is broken, a word left alone or a name divided; refusals name what is too wide."""

from __future__ import annotations

import pytest

from foundry.channel.placement import placements
from foundry.copy import Copy
from foundry.layout.files import layout_named
from foundry.locales import is_rtl
from imaging.pixels.geometry import block_boxes, layout_frame
from imaging.typesetting.lettering import Style, balance, flaw
from imaging.typesetting.setting import BrandType, CopyDoesNotFit, Setting, TextAreas, set_copy
from tests.support.briefs import a_tenant

STYLE = Style("Archivo", "bold", 40, False, "ja-JP")


def set_in(name: str, placement: str, copy: Copy, locale: str) -> Setting:
    """The copy as a layout sets it, on no picture and with no logo in its way."""
    place, tenant = placements()[placement], a_tenant("northpeak")
    layout = layout_named(name, place, tenant)
    room = layout_frame(layout, place, is_rtl(locale))
    boxes = tuple((block, block_boxes(layout.blocks[block], room, None)[0]) for block in layout.blocks)
    brand = BrandType(tenant.families, tenant.brand.type, (tenant.name,))
    return set_copy(copy.only(layout.fields), locale, layout, TextAreas(placement, room, boxes), brand)


def lines_of(setting: Setting, field: str) -> list[str]:
    return [line.text for slot in setting.slots if slot.field == field for _, _, line in slot.lines]


@pytest.mark.parametrize(
    ("name", "placement"),
    [
        ("square-panel", "meta/feed-square"), ("landscape-panel", "google/landscape"),
        ("rectangle-panel", "google/medium-rectangle"), ("skyscraper-panel", "google/skyscraper"),
    ],
)  # fmt: skip
def test_japanese_is_broken_between_phrases_only(name: str, placement: str) -> None:
    copy = Copy(headline="夜明け前に、歩きだす。", call_to_action="見る", offer="新シーズン")
    setting = set_in(name, placement, copy, "ja-JP")
    assert lines_of(setting, "headline") in (["夜明け前に、歩きだす。"], ["夜明け前に、", "歩きだす。"])
    assert lines_of(setting, "offer") in ([], ["新シーズン"])


def test_a_name_stands_on_one_line() -> None:
    for room in ("google/medium-rectangle", "google/skyscraper"):
        name = "rectangle-panel" if "rectangle" in room else "skyscraper-panel"
        copy = Copy(headline="Meet the all new Trail 750", product_name="Trail 750")
        assert any("Trail 750" in line for line in lines_of(set_in(name, room, copy, "en-US"), "headline"))


def test_what_is_shown_is_said_without_the_hyphens_of_its_lines() -> None:
    copy = Copy(headline="Geschwindigkeitsbegrenzungen außerorts")
    setting = set_in("rectangle-panel", "google/medium-rectangle", copy, "de-DE")
    assert any(line.endswith("-") for line in lines_of(setting, "headline"))
    assert setting.slots[0].text == copy.headline


def test_a_refusal_names_the_slot_that_is_too_wide() -> None:
    copy = Copy(headline="Short", call_to_action="Order this one now without any delay")
    with pytest.raises(CopyDoesNotFit) as refused:
        set_in("leaderboard-panel", "google/banner", copy, "en-US")
    assert refused.value.slot == "call_to_action"


def test_a_broken_phrase_weighs_more_than_a_short_line_and_that_more_than_none() -> None:
    text = "夜明け前に、歩きだす。"
    assert flaw(balance(text, STYLE, 300)) == 0
    assert flaw(balance(text, STYLE, 150)) > flaw(balance("Na", STYLE, 300)) == 0
    short = Style("Archivo", "bold", 40, False, "en-US")
    assert 0 < flaw(balance("A\nbroadsheet", short, 900)) < flaw(balance(text, STYLE, 150))


def test_copy_keeps_the_product_name_where_a_shown_text_says_it() -> None:
    copy = Copy(headline="Trail 750 is here", legal="Terms", product_name="Trail 750")
    assert copy.only(frozenset({"headline"})) == Copy(headline="Trail 750 is here", product_name="Trail 750")
    assert copy.only(frozenset({"legal"})) == Copy(legal="Terms")
