"""The ground of words: readable ink, scrims only where needed and never on the product, and areas by direction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from foundry.channel.placement import Placement, placements
from foundry.layout.layout import Layout
from foundry.plan.shot import Box, MasterFacts
from imaging.pixels.contrast import READABLE, lowest_contrast, luminance_range
from imaging.pixels.geometry import PixelBox
from imaging.pixels.strokes import paint_layer
from imaging.still.text_ground import Moments, TextGround, prepare_text_ground
from tests.support.briefs import a_tenant

TENANT = a_tenant()
AREA = [100, 100, 900, 300]


def a_placement(edge: int = 400) -> Placement:
    base = placements()["meta/feed-square"].model_dump(exclude={"safe_area"})
    return Placement.model_validate({**base, "name": "test/square", "size": (edge, edge), "family": "square"})


def a_layout(**changes: Any) -> Layout:
    base: dict[str, Any] = {"id": "test", "version": 1, "family": "square"}
    base["styles"] = {field: {"size": ["note", "display"]} for field in ("headline", "offer")}
    base["blocks"] = {"copy": {"area": AREA, "slots": ["headline"]}}
    return Layout.model_validate({**base, **changes})


def facts(product: Box | None = None, mirrored: bool = False) -> MasterFacts:
    return MasterFacts(name="m", bucket="square", width_px=400, height_px=400, product_box=product, mirrored=mirrored)


def plain(colour: str) -> Image.Image:
    return Image.new("RGB", (400, 400), colour)


def stripes(period: int = 4) -> Image.Image:
    """Black and white rows, on which neither dark nor light type reads."""
    rows = np.where(np.arange(400) // period % 2, 255, 0).astype(np.uint8)
    return Image.fromarray(np.repeat(np.repeat(rows[:, None], 400, 1)[..., None], 3, 2))


def ground(master: Any, layout: Layout | None = None, product: Box | None = None, **options: Any) -> TextGround:
    return prepare_text_ground(master, facts(product), layout or a_layout(), a_placement(), TENANT, **options)


@pytest.mark.parametrize(("colour", "ink"), [("#FFFFFF", "ink"), ("#101010", "paper")])
def test_a_calm_ground_takes_the_ink_that_reads_and_no_scrim(colour: str, ink: str) -> None:
    made = ground(plain(colour))
    assert made.ink == {"copy": getattr(TENANT.brand.palette, ink)}
    assert made.strokes == ()
    assert made.image.tobytes() == plain(colour).tobytes()


def test_a_busy_ground_gets_a_scrim_on_which_the_ink_reads() -> None:
    made = ground(stripes(), product=Box(300, 600, 700, 950))
    box = dict(made.room.boxes)["copy"]
    assert len(made.strokes) == 1
    assert lowest_contrast(made.ink["copy"], luminance_range(stripes(), box)) < READABLE
    assert lowest_contrast(made.ink["copy"], luminance_range(made.image, box)) >= READABLE - 0.3


def test_a_scrim_spares_the_product_of_a_still() -> None:
    product = Box(300, 600, 700, 950)
    made = ground(stripes(), product=product)
    inner = PixelBox(140, 260, 260, 360).edges
    apart = np.abs(np.asarray(made.image.crop(inner), np.int16) - np.asarray(stripes().crop(inner), np.int16))
    assert apart.max() <= 3


def test_words_on_a_plate_need_no_readable_ground() -> None:
    styles = {"headline": {"size": ["note", "display"], "plate": "button"}}
    made = ground(stripes(), a_layout(styles=styles))
    assert (made.ink, made.strokes) == ({}, ())


def test_all_moments_of_a_moving_picture_are_made_readable() -> None:
    made = ground(Moments(plain("#FFFFFF"), (plain("#101010"), plain("#808080"))))
    box = dict(made.room.boxes)["copy"]
    assert len(made.others) == 2
    for moment in (made.image, *made.others):
        assert lowest_contrast(made.ink["copy"], luminance_range(moment, box)) >= READABLE


def test_the_ground_colour_shows_where_the_key_visual_does_not_reach() -> None:
    layout = a_layout(key_visual={"area": [0, 0, 1000, 500]}, ground="primary")
    made = ground(plain("#808080"), layout)
    assert made.visual == PixelBox(0, 0, 400, 200)
    colour = tuple(bytes.fromhex(TENANT.brand.palette.primary[1:]))
    assert made.image.getpixel((200, 399)) == colour
    assert made.image.getpixel((10, 190)) == (128, 128, 128)


def test_round_corners_of_the_key_visual_show_the_ground() -> None:
    layout = a_layout(key_visual={"area": [100, 100, 900, 900], "corner": 100}, ground="paper")
    made = ground(plain("#808080"), layout)
    paper = tuple(bytes.fromhex(TENANT.brand.palette.paper[1:]))
    assert made.image.getpixel((41, 41)) == paper
    assert made.image.getpixel((200, 350)) == (128, 128, 128)


def test_strokes_over_the_key_visual_are_the_ground() -> None:
    panels = {"panel": {"area": [0, 600, 1000, 1000], "colour": "primary", "opacity": 60, "corner": 20}}
    made = ground(plain("#C0A080"), a_layout(panels=panels))
    canvas = plain("#C0A080").convert("RGBA")
    over = Image.alpha_composite(canvas, paint_layer(canvas.size, made.strokes)).convert("RGB")
    assert np.abs(np.asarray(over, np.int16) - np.asarray(made.image, np.int16)).max() <= 2


def test_areas_are_mirrored_for_the_direction_that_is_asked_for() -> None:
    layout = a_layout(blocks={"copy": {"area": [100, 100, 500, 300], "slots": ["headline"]}})
    left_to_right, right_to_left = (ground(plain("#FFFFFF"), layout, rtl=rtl) for rtl in (False, True))
    (_, first), (_, second) = left_to_right.room.boxes[0], right_to_left.room.boxes[0]
    assert (first.left, first.right) == (400 - second.right, 400 - second.left)


def test_without_a_direction_that_of_the_masters_side_is_taken() -> None:
    made = prepare_text_ground(plain("#FFFFFF"), facts(mirrored=True), a_layout(), a_placement(), TENANT)
    assert made.room.frame.rtl


def test_a_close_up_shows_the_product_in_its_own_area() -> None:
    master = plain("#FFFFFF")
    master.paste("#00A000", (180, 180, 220, 220))
    layout = a_layout(close_up={"area": [500, 500, 1000, 1000], "product_height": 800})
    made = ground(master, layout, product=Box(450, 450, 550, 550))
    red, green, _ = made.image.getpixel((300, 300))
    assert green > red + 100
    assert made.image.getpixel((200, 190)) == (0, 160, 0)
