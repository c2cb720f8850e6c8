"""Products stand where they should, under the scene's light, with a shadow, and keep their pixels."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from foundry.plan.composition import Composition
from imaging.still.staging import gloss_of, light_side, stage_product

COMPOSITION = Composition(width_px=600, height_px=400, product_area=(600, 200, 900, 900))


def scene(left: float = 0.7, right: float = 0.7) -> np.ndarray:  # type: ignore[type-arg]
    line = np.linspace(left, right, 600, dtype=np.float32)[None, :, None]
    return np.broadcast_to(line, (400, 600, 3)).copy()


def product() -> Image.Image:
    picture = Image.new("RGBA", (100, 300))
    ImageDraw.Draw(picture).rectangle((0, 0, 99, 299), fill="#8040C0")
    return picture


def test_the_product_stands_on_the_areas_base_and_the_box_tells_where() -> None:
    staged = stage_product(scene(), product(), COMPOSITION, False)
    box = staged.product_box
    assert box is not None
    assert abs(box.bottom - 900) <= 2
    assert 600 <= box.left < box.right <= 900
    assert abs((box.left + box.right) / 2 - 750) <= 2


def test_mirroring_moves_the_product_and_turns_the_light() -> None:
    plain = stage_product(scene(0.9, 0.4), product(), COMPOSITION, False)
    turned = stage_product(scene(0.9, 0.4), product(), COMPOSITION, True)
    assert turned.product_box is not None
    assert turned.product_box.right <= 400
    assert plain.pixels[20, :100].mean() > plain.pixels[20, -100:].mean()
    assert turned.pixels[20, :100].mean() < turned.pixels[20, -100:].mean()


def test_the_ground_under_the_product_is_darker_and_far_ground_is_untouched() -> None:
    staged = stage_product(scene(), product(), COMPOSITION, False)
    untouched = stage_product(scene(), None, COMPOSITION, False)
    foot = staged.pixels[361:364, 420:480].mean()
    assert foot < 0.75 * untouched.pixels[361:364, 420:480].mean()
    assert np.array_equal(staged.pixels[:, :60], untouched.pixels[:, :60])


def test_the_cast_shadow_falls_away_from_the_light() -> None:
    for left, right, darker in ((0.9, 0.4, 1), (0.4, 0.9, -1)):
        scenery = scene(left, right)
        lost = (
            stage_product(scenery, None, COMPOSITION, False).pixels
            - stage_product(scenery, product(), COMPOSITION, False).pixels
        )
        beside = lost[335:356, 495:540].mean() - lost[335:356, 360:405].mean()
        assert beside * darker > 2 / 255


def test_a_glossy_ground_mirrors_the_product_and_a_matte_one_does_not() -> None:
    below = (slice(372, 380), slice(440, 460))
    purple = [
        stage_product(scene(), product(), COMPOSITION, False, caption=said).pixels[below].astype(float)
        for said in ("water light left", "dunes light left")
    ]
    assert gloss_of("water light left") > 0.3
    assert gloss_of("fabric light top") == 0
    green_share = [pixels[..., 1].sum() / pixels.sum() for pixels in purple]
    assert green_share[0] < green_share[1] - 0.01


def test_a_drawing_lit_from_the_wrong_side_is_turned_where_the_composition_has_no_sides() -> None:
    middle = Composition(width_px=600, height_px=400, product_area=(350, 200, 650, 900))
    drawn = scene(0.9, 0.4)
    for composition, said, first in ((middle, "right", 0.4), (middle, "left", 0.9), (COMPOSITION, "right", 0.9)):
        staged = stage_product(drawn, None, composition, False, caption=f"room light {said} room top")
        assert abs(staged.pixels[20, 0, 0] - first) < 0.02
    turned = stage_product(drawn, None, middle, True, caption="room light left room top")
    assert turned.pixels[20, 0].mean() < turned.pixels[20, -1].mean()


def test_the_products_own_pixels_stay_recognisable() -> None:
    staged = stage_product(scene(), product(), COMPOSITION, False)
    inside = staged.pixels[200:330, 432:468].reshape(-1, 3).astype(float).mean(axis=0)
    assert np.abs(inside * 255 - [0x80, 0x40, 0xC0]).max() < 40


def test_a_product_that_the_scene_was_drawn_around_keeps_its_exact_pixels_and_gets_no_second_shadow() -> None:
    staged = stage_product(scene(), product(), COMPOSITION, False, None)
    untouched = stage_product(scene(), None, COMPOSITION, False)
    inside = staged.pixels[200:330, 432:468].reshape(-1, 3)
    assert np.abs(inside * 255 - [0x80, 0x40, 0xC0]).max() < 0.6
    outside = np.ones(staged.pixels.shape[:2], bool)
    box = staged.product_box
    assert box is not None
    outside[
        box.top * 400 // 1000 - 1 : box.bottom * 400 // 1000 + 2, box.left * 6 // 10 - 1 : box.right * 6 // 10 + 2
    ] = False
    assert np.abs(staged.pixels - untouched.pixels)[outside].max() < 1e-4


def test_wide_and_tall_products_look_alike_in_size() -> None:
    wide = Image.new("RGBA", (300, 200), "#8040C0")
    box = stage_product(scene(), wide, COMPOSITION, False).product_box
    assert box is not None
    assert (box.right - box.left) * (box.bottom - box.top) <= 0.76 * 300 * 700


def test_the_side_of_the_light_is_measured() -> None:
    assert light_side(scene(0.9, 0.3)) < -0.5
    assert light_side(scene(0.3, 0.9)) > 0.5
    assert abs(light_side(scene())) < 0.05


def test_the_same_inputs_give_the_same_pixels() -> None:
    first, second = (stage_product(scene(), product(), COMPOSITION, False).pixels for _ in range(2))
    assert np.array_equal(first, second)
