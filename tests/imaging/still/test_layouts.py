"""Layouts keep their promises: grid, safe area, logo, quiet areas, mirroring, and slots that give way in order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from foundry.channel.placement import Placement, placements
from foundry.copy import Copy
from foundry.layout.files import layout_for, layouts_of
from foundry.layout.layout import FAMILIES, Layout
from foundry.plan.shot import MasterFacts
from foundry.tenant import Tenant
from imaging.pixels.geometry import PixelBox, layout_frame
from imaging.still.compose import finish, prepare, turn_to_locale
from imaging.still.preview import sample_copies, stand_in
from imaging.typesetting.copy_fitting import fit_copies
from imaging.typesetting.logo import LogoDoesNotFit, place_logo
from imaging.typesetting.setting import CopyDoesNotFit
from tests.support.briefs import a_tenant

STYLE = {"size": ["note", "display"], "lines": 2}
COPY = Copy(
    headline="Wake up radiant",
    subheadline="A quiet ritual",
    call_to_action="Shop now",
    offer="20% off",
    price="$48",
    legal="T&Cs.",
)


def a_placement(width: int, height: int, family: str = "square", **changes: Any) -> Placement:
    base = placements()["meta/feed-square"].model_dump(exclude={"safe_area"})
    own = {"name": f"test/{width}x{height}", "size": (width, height), "family": family}
    return Placement.model_validate({**base, **own, **changes})


def a_layout(**changes: Any) -> Layout:
    base: dict[str, Any] = {"id": "test", "version": 1, "family": "square", "styles": {"headline": STYLE}}
    base["blocks"] = {"copy": {"area": [100, 100, 900, 400], "slots": ["headline"]}}
    return Layout.model_validate({**base, **changes})


@pytest.mark.parametrize("brand", ["aurelle", "northpeak"])
def test_every_family_has_a_layout_for_both_brands(brand: str) -> None:
    tenant = a_tenant(brand)
    assert set(FAMILIES) <= set(layouts_of(tenant).families())
    for family in FAMILIES:
        assert layout_for(a_placement(600, 600, family), tenant).family == family


def test_the_two_brands_look_different() -> None:
    square = placements()["meta/feed-square"]
    assert layout_for(square, a_tenant("aurelle")).id == "square-stage"
    assert layout_for(square, a_tenant("northpeak")).id == "square-panel"


def test_tracks_divide_the_safe_area_with_gutters_between_them() -> None:
    layout = a_layout(
        grid={"columns": 4, "rows": 2, "gutter": 20},
        blocks={"copy": {"area": {"columns": [2, 3], "rows": [2, 2]}, "slots": ["headline"]}},
    )
    place = a_placement(1000, 1000, safe_area={"left": 100, "right": 100, "top": 50, "bottom": 150})
    area = layout.blocks["copy"].areas[0]
    assert layout_frame(layout, place, False).box(area) == PixelBox(305, 460, 695, 850)


def test_areas_are_mirrored_within_what_they_divide() -> None:
    layout = a_layout()
    place = a_placement(1000, 1000, safe_area={"left": 50, "right": 200})
    first = layout.blocks["copy"].areas[0].model_copy(update={"box": (0, 0, 300, 1000), "of": "safe"})
    assert layout_frame(layout, place, False).box(first).edges[::2] == (50, 275)
    assert layout_frame(layout, place, True).box(first).edges[::2] == (575, 800)


def test_a_layout_without_sides_is_mirrored_for_copy_from_right_to_left() -> None:
    place, tenant = placements()["meta/feed-square"], a_tenant("northpeak")
    master, facts = stand_in(tenant, "square", False)
    static = prepare(master, facts, layout_for(place, tenant), place, tenant)
    arabic = turn_to_locale(static, "ar-EG")
    assert turn_to_locale(arabic, "en-US") is static
    assert static.logo
    assert arabic.logo
    assert static.logo.left == place.width_px - arabic.logo.right
    composed = finish(static, sample_copies()["ar-EG"], "ar-EG")
    assert composed.logo == arabic.logo
    boxes = {slot.field: slot.box for slot in composed.slots}
    assert boxes["offer"].right < place.width_px / 2 < boxes["headline"].right
    assert boxes["call_to_action"].right < place.width_px / 2


def test_slots_give_way_in_order_and_are_named() -> None:
    styles = dict.fromkeys(("headline", "subheadline", "offer", "legal"), STYLE)
    slots = ["offer", "headline", "subheadline", "legal"]
    low = a_layout(styles=styles, blocks={"copy": {"area": [100, 100, 900, 170], "slots": slots}})
    place, tenant = a_placement(600, 600), a_tenant()
    found = next(fit_copies(low, place, tenant, [("en-US", COPY)]))
    assert (found.refusal, found.dropped) == (None, ("subheadline", "offer"))
    master, facts = stand_in(tenant, "square", False)
    composed = finish(prepare(master, facts, low, place, tenant), COPY, "en-US")
    assert composed.dropped == ("subheadline", "offer")
    assert {slot.field for slot in composed.slots} == {"headline", "legal"}


def test_words_that_no_giving_way_makes_room_for_are_refused_with_the_room() -> None:
    place = a_placement(300, 300)
    found = next(
        fit_copies(a_layout(), place, a_tenant(), [("de-DE", Copy(headline="Donaudampfschifffahrtsgesellschaft " * 3))])
    )
    assert isinstance(found.refusal, CopyDoesNotFit)
    assert "240x90 pixels" in str(found.refusal)
    assert "test/300x300 de-DE: headline" in str(found.refusal)


def test_the_words_must_fit_every_area_that_may_be_chosen() -> None:
    areas = [[100, 100, 900, 400], [100, 100, 160, 130]]
    layout = a_layout(blocks={"copy": {"areas": areas, "slots": ["headline"]}})
    found = next(fit_copies(layout, a_placement(600, 600), a_tenant(), [("en-US", COPY)]))
    assert isinstance(found.refusal, CopyDoesNotFit)


def test_copy_goes_where_the_picture_is_quiet() -> None:
    pixels = np.full((400, 400, 3), 220, np.uint8)
    pixels[:200] = np.random.default_rng(5).integers(0, 255, (200, 400, 3), np.uint8)
    areas = [[100, 50, 900, 450], [100, 550, 900, 950]]
    layout = a_layout(blocks={"copy": {"areas": areas, "slots": ["headline"]}})
    place = a_placement(400, 400)
    busy_above = prepare(
        Image.fromarray(pixels),
        MasterFacts(name="m", bucket="square", width_px=400, height_px=400, product_box=None),
        layout,
        place,
        a_tenant(),
    )
    busy_below = prepare(
        Image.fromarray(pixels[::-1].copy()),
        MasterFacts(name="m", bucket="square", width_px=400, height_px=400, product_box=None),
        layout,
        place,
        a_tenant(),
    )
    assert finish(busy_above, COPY, "en-US").slots[0].box.top > 200
    assert finish(busy_below, COPY, "en-US").slots[0].box.top < 200


def the_logo(area: list[int], tenant: Tenant, **changes: Any) -> Any:
    layout = a_layout(logo={"area": area, **changes})
    return place_logo(layout, layout_frame(layout, a_placement(1000, 1000), False), tenant)


def test_the_logos_form_follows_the_area() -> None:
    tenant = a_tenant()
    assert the_logo([100, 100, 700, 200], tenant).form == "horizontal"
    assert the_logo([100, 100, 300, 260], tenant).form == "stacked"
    assert the_logo([100, 100, 135, 135], tenant).form == "mark"


def test_a_logo_below_its_smallest_width_is_refused_or_left_out() -> None:
    with pytest.raises(LogoDoesNotFit, match="horizontal 60 pixels wide or stacked 40 pixels wide or mark 20"):
        the_logo([100, 100, 115, 115], a_tenant())
    assert the_logo([100, 100, 115, 115], a_tenant(), missing="leave_out") is None


def test_other_slots_keep_out_of_the_logos_clear_space() -> None:
    tenant, place = a_tenant(), a_placement(800, 800)
    layout = a_layout(
        logo={"area": [100, 60, 500, 160], "anchor": "top"},
        blocks={"copy": {"area": [100, 60, 900, 500], "slots": ["headline"]}},
    )
    master, facts = stand_in(tenant, "square", False)
    static = prepare(master, facts, layout, place, tenant)
    assert static.ground.logo
    logo = static.ground.logo
    assert logo.clear.bottom - logo.box.bottom == round(logo.box.height * 70 / 100)
    assert finish(static, COPY, "en-US").slots[0].box.top >= logo.clear.bottom


def test_a_brands_type_scale_changes_the_steps_and_their_size() -> None:
    tenant, place = a_tenant(), a_placement(1000, 1000)
    steep = {"type": {"ratio": "1.4"}}
    wide = Tenant.model_validate(
        {**tenant.model_dump(), "brand": {**tenant.brand.model_dump(), **steep}, "folder": tenant.folder}
    )
    master, facts = stand_in(tenant, "square", False)
    sizes = [
        finish(prepare(master, facts, a_layout(), place, each), Copy(headline="Hi"), "en-US").slots[0].size_px
        for each in (tenant, wide)
    ]
    assert sizes == [round(27 * 1.25**4), round(27 * 1.4**4)]


@pytest.mark.parametrize("brand", ["aurelle", "northpeak"])
@pytest.mark.parametrize("name", ["meta/feed-square", "meta/story", "google/landscape", "google/medium-rectangle"])
def test_shipped_layouts_hold_all_sample_copy_without_overlap(name: str, brand: str) -> None:
    place, tenant = placements()[name], a_tenant(brand)
    found = list(fit_copies(layout_for(place, tenant), place, tenant, sample_copies().items()))
    assert len(found) == 14
    assert [str(fit.refusal) for fit in found if fit.refusal] == []
