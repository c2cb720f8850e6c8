"""The logo stands inside its area and the safe area, in the ink that its ground needs."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from foundry.channel.placement import placements
from foundry.layout.layout import Layout
from imaging.pixels.geometry import PixelBox, layout_frame
from imaging.typesetting.logo import LogoDoesNotFit, LogoPlace, logo_picture, place_logo
from tests.support.briefs import a_tenant

SQUARE = placements()["meta/feed-square"]


def a_layout(**logo: Any) -> Layout:
    styles = {"headline": {"size": ["note", "display"]}}
    blocks = {"copy": {"area": [100, 400, 900, 900], "slots": ["headline"]}}
    slot = {"area": [100, 60, 700, 160], **logo}
    return Layout.model_validate(
        {"id": "test", "version": 1, "family": "square", "styles": styles, "blocks": blocks, "logo": slot}
    )


def placed(rtl: bool = False, **logo: Any) -> LogoPlace:
    layout = a_layout(**logo)
    found = place_logo(layout, layout_frame(layout, SQUARE, rtl), a_tenant())
    assert found is not None
    return found


@pytest.mark.parametrize("anchor", ["top", "middle", "bottom"])
@pytest.mark.parametrize("align", ["start", "center", "end"])
@pytest.mark.parametrize("rtl", [False, True])
def test_a_logo_lies_in_its_area_at_the_edge_of_its_alignment(anchor: str, align: str, rtl: bool) -> None:
    layout = a_layout(anchor=anchor, align=align)
    frame = layout_frame(layout, SQUARE, rtl)
    assert layout.logo is not None
    area = frame.box(layout.logo.area).within(frame.safe)
    box = placed(rtl, anchor=anchor, align=align).box
    assert box.is_inside(area)
    assert {"top": box.top == area.top, "bottom": box.bottom == area.bottom, "middle": True}[anchor]
    at_left = (align == "start") != rtl
    if align != "center":
        assert (box.left == area.left) if at_left else (box.right == area.right)


def test_the_clear_space_is_as_wide_on_every_side() -> None:
    found = placed()
    kit = a_tenant().brand.logo
    assert kit is not None
    space = round(found.box.height * kit.clear_space / 100)
    box = found.box
    assert found.clear == PixelBox(box.left - space, box.top - space, box.right + space, box.bottom + space)


def test_a_brand_without_a_logo_and_a_layout_without_a_place_for_it_have_none() -> None:
    tenant, layout = a_tenant(), a_layout()
    without = tenant.model_copy(update={"brand": tenant.brand.model_copy(update={"logo": None})})
    frame = layout_frame(layout, SQUARE, False)
    assert place_logo(layout, frame, without) is None
    assert place_logo(layout.model_copy(update={"logo": None}), frame, tenant) is None


def test_the_ink_is_dark_on_light_grounds_and_light_on_dark_ones() -> None:
    tenant, place = a_tenant(), placed()
    light_ground, dark_ground = (np.asarray(logo_picture(tenant, place, on_light)) for on_light in (True, False))
    assert light_ground.shape == dark_ground.shape == (place.box.height, place.box.width, 4)
    means = [pixels[pixels[..., 3] > 200][:, :3].mean() for pixels in (light_ground, dark_ground)]
    assert means[0] < 110 < means[1]


def test_a_refusal_names_the_room_and_the_brands_smallest_sizes_and_survives_pickling() -> None:
    layout = a_layout(area=[100, 100, 110, 110])
    with pytest.raises(LogoDoesNotFit) as refused:
        place_logo(layout, layout_frame(layout, SQUARE, False), a_tenant())
    assert "test at 1080x1080: the logo's area of" in str(refused.value)
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)
