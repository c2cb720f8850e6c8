"""Static layers of scenes: only the scene's copy, and the product where the camera shows it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from foundry.layout.files import layout_for
from foundry.plan.shot import Box, MasterFacts
from imaging.film.camera import CameraWindow
from imaging.film.scene_layers import (
    WHOLE,
    CardBrand,
    card_layer,
    copy_fields,
    eight_bits,
    product_in_window,
    product_room,
    scene_layer,
    scene_layout,
)
from tests.support.briefs import a_tenant
from tests.support.film_parts import a_static, a_take, an_entrance, stripes
from tests.support.small_films import SMALL

LAYOUT = layout_for(SMALL)
FACTS = MasterFacts(
    name="m", bucket="story", width_px=400, height_px=800, product_box=Box(250, 500, 750, 750), mirrored=False
)


def fields_of_layout(take_fields: tuple[str, ...], *, card: str | None = None) -> set[str]:
    take = a_take(0, 24, an_entrance(*take_fields), card=card)
    layout = scene_layout(LAYOUT, take)
    return {field for block in layout.blocks.values() for row in block.slots for field in row}


def test_a_scene_keeps_the_slots_of_its_cues_alone() -> None:
    assert fields_of_layout(("headline",)) == {"headline"}
    assert fields_of_layout(("headline", "call_to_action")) == {"headline", "call_to_action"}
    assert scene_layout(LAYOUT, a_take()).blocks == {}
    assert copy_fields(a_take(0, 24, an_entrance("offer"), an_entrance("headline"))) == {"offer", "headline"}


def test_the_key_visual_is_kept_as_it_is_and_fills_the_frame_of_a_card() -> None:
    scene = scene_layout(LAYOUT, a_take())
    assert scene.key_visual.area == LAYOUT.key_visual.area
    assert (scene.key_visual.product, scene.key_visual.product_height, scene.close_up) == ("keep", None, None)
    card = scene_layout(LAYOUT, a_take(card="primary"))
    assert card.key_visual.area.box == WHOLE
    assert card.panels == {}


def test_a_products_box_is_that_of_the_window() -> None:
    whole = CameraWindow(0, 0, 400, 800)
    assert product_in_window(FACTS, whole) == FACTS.product_box
    close = product_in_window(FACTS, CameraWindow(100, 400, 200, 400))
    assert close == Box(0, 0, 1000, 500)
    assert product_in_window(dataclasses.replace(FACTS, product_box=None), whole) is None


@settings(max_examples=60, deadline=None)
@given(
    left=st.floats(-100, 300, allow_subnormal=False),
    top=st.floats(-100, 600, allow_subnormal=False),
    width=st.floats(20, 400),
    height=st.floats(20, 800),
)
def test_a_products_box_is_always_a_box_in_thousandths(left: float, top: float, width: float, height: float) -> None:
    box = product_in_window(FACTS, CameraWindow(left, top, width, height))
    assert box is not None
    assert 0 <= box.left <= box.right <= 1000
    assert 0 <= box.top <= box.bottom <= 1000


def test_products_stand_inside_the_frame_and_mirrored_on_the_other_side() -> None:
    room, other = product_room(SMALL, False), product_room(SMALL, True)
    assert 0 <= room.left < room.right <= 1000
    assert 0 <= room.top < room.bottom <= 1000
    assert (room.left + other.right, room.right + other.left) == (pytest.approx(1000, abs=3),) * 2


def test_measuring_sees_the_high_bits_of_deep_pictures() -> None:
    deep = np.array([[[0x1234, 0xFF00, 0x00FF]]], np.uint16)
    assert np.asarray(eight_bits(deep)).tolist() == [[[0x12, 0xFF, 0x00]]]
    assert np.asarray(eight_bits(np.full((1, 1, 3), 9, np.uint8))).tolist() == [[[9, 9, 9]]]


def a_bottle() -> Image.Image:
    bottle = Image.new("RGBA", (60, 120))
    bottle.paste("#101010", (10, 10, 50, 120))
    return bottle


def test_a_card_shows_its_colour_the_product_and_a_shadow_under_it() -> None:
    tenant, take = a_tenant(), a_take(card="primary")
    bare = card_layer(take, LAYOUT, SMALL, CardBrand(tenant, None, False, "en-US"))
    shown = card_layer(take, LAYOUT, SMALL, CardBrand(tenant, a_bottle(), False, "en-US"))
    assert bare.image.size == shown.image.size == SMALL.size
    room = product_room(SMALL, False)
    middle = ((room.left + room.right) * 180 // 2000, (room.top + room.bottom) * 320 // 2000)
    assert max(shown.image.getpixel(middle)) < 40  # type: ignore[type-var, arg-type]
    assert bare.image.getpixel(middle) != shown.image.getpixel(middle)
    again = card_layer(take, LAYOUT, SMALL, CardBrand(tenant, a_bottle(), False, "en-US"))
    assert again.image.tobytes() == shown.image.tobytes()


def test_a_scene_is_measured_on_what_shows_when_the_camera_rests() -> None:
    picture = stripes(400, 800)
    picture[:400] = 250
    picture[400:] = 5
    take, static = a_take(0, 24, an_entrance("headline")), a_static()
    facts = dataclasses.replace(FACTS, product_box=None)
    top = scene_layer(take, (picture, facts), static, CameraWindow(0, 0, 200, 400))
    bottom = scene_layer(take, (picture, facts), static, CameraWindow(0, 400, 200, 400))
    assert np.asarray(top.image).mean() > np.asarray(bottom.image).mean() + 80
    assert set(top.layout.blocks) == set(scene_layout(static.layout, take).blocks)


def test_a_scene_keeps_the_reading_direction_of_its_still() -> None:
    take, picture = a_take(0, 24, an_entrance("headline")), stripes(400, 800)
    for locale in ("en-US", "ar-EG"):
        static = a_static(locale=locale)
        assert scene_layer(take, (picture, FACTS), static, CameraWindow(0, 0, 400, 800)).rtl == static.rtl
