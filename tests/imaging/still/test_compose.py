"""Words on the static layer: colours that stand out, slots in their place, and both directions of reading."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from PIL import Image

from foundry.channel.placement import placements
from foundry.layout.files import layout_for
from imaging.pixels.contrast import colour_distance, contrast, luminance, mean_luminance
from imaging.still.compose import (
    SHOWS,
    STANDS_OUT,
    StaticLayer,
    draw_lettering,
    dropped_fields,
    finish,
    overlay,
    prepare,
    turn_to_locale,
)
from imaging.still.preview import sample_copies, stand_in
from tests.support.briefs import a_tenant


@lru_cache(maxsize=4)
def static_of(name: str = "meta/feed-square", brand: str = "northpeak") -> StaticLayer:
    place, tenant = placements()[name], a_tenant(brand)
    master, facts = stand_in(tenant, place.bucket, False)
    return prepare(master, facts, layout_for(place, tenant), place, tenant)


def test_the_finished_picture_is_the_static_layer_with_the_lettering_on_it() -> None:
    static, copy = static_of(), sample_copies()["en-US"]
    made = finish(static, copy, "en-US")
    canvas = static.image.copy()
    for slot in draw_lettering(static, copy, "en-US"):
        canvas.paste(slot.layer, (slot.left_px, slot.top_px), slot.layer)
    assert made.image.tobytes() == canvas.tobytes()
    assert made.dropped == dropped_fields(static, copy, "en-US")
    assert (made.logo, made.image.size) == (static.logo, static.placement.canvas)


def test_the_static_layer_stays_as_it_is_whatever_is_written_on_it() -> None:
    static = static_of()
    before = static.image.tobytes()
    first = finish(static, sample_copies()["en-US"], "en-US")
    finish(static, sample_copies()["ar-EG"], "ar-EG")
    assert static.image.tobytes() == before
    assert finish(static, sample_copies()["en-US"], "en-US").image.tobytes() == first.image.tobytes()


def test_the_mirrored_layer_is_made_once_and_its_mirrored_layer_is_the_first() -> None:
    static = static_of()
    assert static.mirrored is static.mirrored
    assert static.mirrored.mirrored is static
    assert static.mirrored.rtl is not static.rtl
    assert turn_to_locale(static, "he-IL") is turn_to_locale(static, "ar-EG") is static.mirrored


def test_slots_come_in_the_order_of_reading_and_say_their_words() -> None:
    static, copy = static_of(), sample_copies()["en-US"]
    slots = finish(static, copy, "en-US").slots
    rank = {field: at for at, field in enumerate(static.layout.priority)}
    assert [slot.field for slot in slots] == sorted((slot.field for slot in slots), key=lambda field: rank[field])
    for slot in slots:
        assert slot.text == getattr(copy, slot.field)


@pytest.mark.parametrize("brand", ["aurelle", "northpeak"])
def test_a_plate_stands_out_from_its_ground_and_its_words_from_the_plate(brand: str) -> None:
    static = static_of("meta/feed-square", brand)
    styles, palette = static.layout.styles, static.tenant.brand.palette
    for slot in draw_lettering(static, sample_copies()["en-US"], "en-US"):
        plate = styles[slot.placed.field].plate
        if plate == "none":
            continue
        box = slot.placed.box
        inner = (box.left - slot.left_px + box.width // 2, box.top - slot.top_px + 3)
        colour = "#{:02X}{:02X}{:02X}".format(*slot.layer.getpixel(inner)[:3])
        assert colour in {palette.ink, palette.paper, palette.primary, palette.accent}
        if plate == "button":
            assert contrast(luminance(colour), mean_luminance(static.image, box)) >= STANDS_OUT
        else:
            assert colour_distance(colour, static.image, box) >= SHOWS
        assert slot.placed.contrast >= 3


def test_the_overlay_over_the_key_visual_is_the_static_layer() -> None:
    static = static_of()
    layer = overlay(static)
    assert layer.size == static.placement.canvas
    solid = np.asarray(layer.getchannel("A")) == 255
    assert solid.any()
    assert np.array_equal(np.asarray(layer)[solid][:, :3], np.asarray(static.image)[solid])


def test_the_layers_parts_are_those_of_its_ground() -> None:
    static = static_of()
    assert (static.visual, static.crop, static.ink) == (static.ground.visual, static.ground.crop, static.ground.ink)
    assert static.room.placement == "meta/feed-square"
    assert isinstance(static.image, Image.Image)
