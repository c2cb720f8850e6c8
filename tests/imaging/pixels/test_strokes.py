"""Strokes are painted on a canvas as they would be on a layer of their own, and veils spare the product."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from imaging.pixels.geometry import PixelBox
from imaging.pixels.strokes import Stroke, dim_stroke, paint_layer, paint_stroke, round_mask, show_through, veil

SIZE = (120, 80)
BOX = PixelBox(10, 20, 70, 60)


def a_mask(size: tuple[int, int] = (60, 40)) -> Image.Image:
    return Image.fromarray(np.tile(np.linspace(0, 255, size[0]).astype(np.uint8), (size[1], 1)))


def a_cut_out() -> Image.Image:
    picture = Image.new("RGBA", (60, 40), "#C0301060")
    picture.putalpha(a_mask())
    return picture


STROKES = {
    "colour": Stroke(BOX, "#204080"),
    "colour through a mask": Stroke(BOX, "#204080", a_mask()),
    "picture": Stroke(BOX, Image.new("RGB", (60, 40), "#30C060")),
    "picture with alpha": Stroke(BOX, a_cut_out()),
    "picture through a mask": Stroke(BOX, Image.new("RGB", (60, 40), "#30C060"), a_mask()),
}


def painted(stroke: Stroke, ground: str = "#F0E0D0") -> Image.Image:
    canvas = Image.new("RGB", SIZE, ground)
    paint_stroke(canvas, stroke)
    return canvas


@pytest.mark.parametrize("name", STROKES)
def test_a_layer_of_strokes_over_a_ground_is_the_painted_ground(name: str) -> None:
    stroke = STROKES[name]
    layer = paint_layer(SIZE, [stroke])
    ground = Image.new("RGBA", SIZE, "#F0E0D0")
    over = np.asarray(Image.alpha_composite(ground, layer).convert("RGB"), np.int16)
    assert np.abs(over - np.asarray(painted(stroke), np.int16)).max() <= 1


@pytest.mark.parametrize("name", STROKES)
def test_nothing_outside_its_box_is_painted(name: str) -> None:
    pixels = np.asarray(painted(STROKES[name])).copy()
    pixels[BOX.top : BOX.bottom, BOX.left : BOX.right] = (0xF0, 0xE0, 0xD0)
    assert (pixels == (0xF0, 0xE0, 0xD0)).all()


def test_a_stroke_that_leaves_the_frame_is_cut_at_its_edges() -> None:
    layer = paint_layer(
        SIZE, [Stroke(PixelBox(-20, -10, 40, 30), "#204080"), Stroke(PixelBox(100, 60, 160, 100), "#204080")]
    )
    alpha = np.asarray(layer.getchannel("A"))
    assert alpha[:30, :40].min() == 255
    assert alpha[60:, 100:].min() == 255
    assert np.count_nonzero(alpha) == 30 * 40 + 20 * 20


def test_later_strokes_lie_over_earlier_ones() -> None:
    layer = paint_layer(SIZE, [Stroke(BOX, "#FF0000"), Stroke(BOX, "#0000FF")])
    assert layer.getpixel((20, 30)) == (0, 0, 255, 255)
    assert layer.getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_a_dimmed_stroke_covers_by_its_strength(strength: float) -> None:
    dimmed = dim_stroke(Stroke(BOX, "#000000"), strength)
    pixels = np.asarray(painted(dimmed, "#FFFFFF"))
    assert pixels[30, 30, 0] == pytest.approx(255 * (1 - strength), abs=1)


def test_what_shows_through_a_stroke_is_what_the_canvas_would_show_and_the_canvas_stays() -> None:
    canvas = Image.new("RGB", SIZE, "#F0E0D0")
    before = canvas.tobytes()
    stroke = veil(SIZE, BOX, "#000000", None)
    inner = PixelBox(20, 25, 60, 55)
    seen = show_through(canvas, dim_stroke(stroke, 0.5), inner)
    assert canvas.tobytes() == before
    paint_stroke(canvas, dim_stroke(stroke, 0.5))
    assert seen.tobytes() == canvas.crop(inner.edges).tobytes()


def test_a_veil_covers_its_box_fades_out_and_spares_the_product() -> None:
    size, box, product = (800, 600), PixelBox(100, 100, 400, 300), PixelBox(500, 350, 700, 550)
    canvas = Image.new("RGB", size, "#FFFFFF")
    paint_stroke(canvas, veil(size, box, "#000000", product))
    light = np.asarray(canvas.convert("L")).astype(int)
    assert light[200, 250] < 20
    assert light[450, 600] > 235
    across = light[200, 400:500]
    assert (np.diff(across) >= 0).all()
    assert across[-1] - across[0] > 100


def test_a_veil_that_covers_nothing_is_a_stroke_of_one_pixel() -> None:
    size = (80, 80)
    found = veil(size, PixelBox(30, 30, 32, 32), "#000000", PixelBox(0, 0, 80, 80))
    assert (found.box.width, found.box.height) == (1, 1)


def test_a_round_mask_is_open_in_its_middle_closed_at_its_corners_and_symmetrical() -> None:
    mask = np.asarray(round_mask(60, 40, 15)).astype(int)
    assert mask[20, 30] == mask[0, 30] == 255
    assert mask[0, 0] == 0
    assert np.abs(mask - mask[::-1]).max() <= 1
    assert np.abs(mask - mask[:, ::-1]).max() <= 1
    assert np.asarray(round_mask(60, 40, 0)).min() == 255
