"""The focus and the calmest area are found on pictures whose subject and calm are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundry.plan.shot import Box
from imaging.pixels.geometry import PixelBox
from imaging.pixels.sight import find_focus, find_quiet_area, saliency

EXAMPLES = Path(__file__).parents[3] / "examples" / "products"
SCENES = max((Path(__file__).parents[3] / "models" / "cards" / "evidence" / "backdrop").glob("*/pictures"))
SIZE = (600, 400)


def a_scene(scene: str, product: str, across: float, down: float) -> tuple[Image.Image, Box]:
    """A drawn scene with a product's middle at the given shares, and the product's box in thousandths."""
    with Image.open(SCENES / f"{scene}-1-0.webp") as drawn:
        picture = drawn.convert("RGB").resize(SIZE)
    with Image.open(EXAMPLES / f"{product}.png") as cut:
        subject = cut.convert("RGBA").crop(cut.getbbox())
    subject.thumbnail((200, 180))
    left, top = round(across * SIZE[0] - subject.width / 2), round(down * SIZE[1] - subject.height / 2)
    picture.paste(subject, (left, top), subject)
    edges = (left / 0.6, top / 0.4, (left + subject.width) / 0.6, (top + subject.height) / 0.4)
    return picture, Box(*(round(edge) for edge in edges))


@pytest.mark.parametrize("scene", ["arch", "hills", "dunes", "leaves", "room"])
@pytest.mark.parametrize("product", ["aurelle-serum", "northpeak-mug"])
@pytest.mark.parametrize(("across", "down"), [(0.28, 0.6), (0.72, 0.4), (0.5, 0.7)])
def test_the_focus_is_the_product_wherever_it_stands(scene: str, product: str, across: float, down: float) -> None:
    picture, subject = a_scene(scene, product, across, down)
    found = find_focus(picture)
    inside = (found.left + found.right) / 2, (found.top + found.bottom) / 2
    assert subject.left < inside[0] < subject.right
    assert subject.top < inside[1] < subject.bottom
    assert found.right - found.left < 2 * (subject.right - subject.left)
    assert found.bottom - found.top > (subject.bottom - subject.top) / 3


def test_mirroring_the_picture_mirrors_its_focus() -> None:
    picture, _ = a_scene("dunes", "aurelle-serum", 0.3, 0.5)
    found, mirrored = find_focus(picture), find_focus(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    assert abs(mirrored.left - (1000 - found.right)) <= 25
    assert (mirrored.top, mirrored.bottom) == pytest.approx((found.top, found.bottom), abs=25)


@pytest.mark.parametrize("size", [(1, 1), (900, 3), (320, 50), (64, 64)])
def test_an_empty_picture_of_any_shape_is_kept_whole(size: tuple[int, int]) -> None:
    assert find_focus(Image.new("RGB", size, "#C9B8A4")) == Box(0, 0, 1000, 1000)


def test_saliency_is_small_and_the_same_every_time() -> None:
    picture, _ = a_scene("arch", "northpeak-mug", 0.5, 0.5)
    first, second = saliency(picture), saliency(picture.copy())
    assert first.dtype == np.float32
    assert max(first.shape) == 48
    assert (first.min(), first.max()) == (0, 1)
    assert np.array_equal(first, second)


def busy_and_calm() -> Image.Image:
    """Foliage-like noise on the left, a soft gradient in the middle, a hard edge on the right."""
    noise = np.random.default_rng(5).integers(0, 255, (60, 60), np.uint8).repeat(5, 0).repeat(5, 1)
    soft = np.tile(np.linspace(120, 150, 300).astype(np.uint8), (300, 1))
    hard = np.full((300, 300), 40, np.uint8)
    hard[:, 150:] = 220
    return Image.fromarray(np.concatenate([noise, soft, hard], axis=1)).convert("RGB")


AREAS = (PixelBox(10, 10, 290, 290), PixelBox(310, 10, 590, 290), PixelBox(610, 10, 890, 290))


def test_the_quietest_area_is_the_soft_one_with_its_figures() -> None:
    found = find_quiet_area(busy_and_calm(), AREAS)
    assert found.index == 1
    assert found.luminance_deviation < 5
    assert found.edge_density == 0
    assert 45 < found.mean_lightness < 65
    noisy = find_quiet_area(busy_and_calm(), AREAS[:1])
    assert noisy.edge_density > 0.2
    assert noisy.unrest > 0.9 > 0.1 > found.unrest


def test_a_hard_edge_is_busier_than_a_gradient_and_calmer_than_noise() -> None:
    picture = busy_and_calm()
    noise, soft, hard = (find_quiet_area(picture, (area,)).unrest for area in AREAS)
    assert soft < hard < noise


def test_of_equal_areas_the_first_is_taken_and_none_is_an_error() -> None:
    flat = Image.new("RGB", (900, 300), "#888888")
    assert find_quiet_area(flat, AREAS).index == 0
    with pytest.raises(ValueError, match="at least one"):
        find_quiet_area(flat, ())


def test_areas_thinner_than_a_place_or_partly_outside_are_measured() -> None:
    picture = busy_and_calm()
    thin, outside = PixelBox(450, 0, 451, 300), PixelBox(850, -40, 2000, 900)
    assert find_quiet_area(picture, (thin, outside)).index == 0
