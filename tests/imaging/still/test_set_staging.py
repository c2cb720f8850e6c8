"""Cutouts in rendered sets: their pixels stay exact, and their foot is on the ground."""

from __future__ import annotations

import numpy as np
from PIL import Image

from foundry.colour import lab_of_srgb
from foundry.plan.shot import Box
from imaging.pixels.arrays import Pixels
from imaging.still.product_placement import place_product
from imaging.still.set_staging import BRIGHTEST, lay_cutout

AREA = Box(300, 300, 700, 800)


def jar() -> Image.Image:
    """Return a coloured disc on a clear ground."""
    y, x = np.mgrid[0:300, 0:240]
    pixels = np.zeros((300, 240, 4), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = x, y // 2, 90
    pixels[..., 3] = np.clip(255 * (118 - np.hypot(x - 120, (y - 150) * 0.8)), 0, 255)
    return Image.fromarray(pixels)


def ground() -> Pixels:
    """Return a light grey picture."""
    return np.full((600, 600, 3), 0.8, np.float32)


def test_a_cutouts_own_pixels_are_exact() -> None:
    staged = lay_cutout(ground(), jar(), AREA)
    cut, left, top = place_product(jar(), AREA, (600, 600))
    own = np.asarray(cut, np.float32) / 255
    there = staged.pixels[top : top + cut.height, left : left + cut.width]
    solid = own[..., 3] == 1

    apart = np.linalg.norm(lab_of_srgb(there) - lab_of_srgb(own[..., :3]), axis=-1)
    assert apart[solid].max() < 0.1


def test_its_edge_is_between_product_and_ground() -> None:
    staged = lay_cutout(ground(), jar(), AREA)
    cut, left, top = place_product(jar(), AREA, (600, 600))
    own = np.asarray(cut, np.float32) / 255
    there = staged.pixels[top : top + cut.height, left : left + cut.width]
    edge = (own[..., 3] > 0) & (own[..., 3] < 1)
    low, high = np.minimum(own[..., :3], 0.8)[edge], np.maximum(own[..., :3], 0.8)[edge]

    assert (there[edge] <= high + 0.01).all()
    upper = np.arange(cut.height)[:, None] < cut.height // 2
    assert (there[edge & upper] >= (low - 0.01)[(edge & upper)[edge]]).all()


def test_the_ground_is_darkest_at_the_foot_and_untouched_above() -> None:
    staged = lay_cutout(ground(), jar(), AREA)
    assert staged.product_box is not None
    foot = staged.product_box.bottom * 600 // 1000

    assert staged.pixels[foot + 2, 300].max() < 0.78
    assert np.array_equal(staged.pixels[:150], ground()[:150])


def test_light_changes_a_product_within_bounds_only() -> None:
    light = np.full((20, 16, 3), 9, np.float32)

    plain, lit = (lay_cutout(ground(), jar(), AREA, gain).pixels[330, 300] for gain in (None, light))

    assert (lit > plain).all()
    assert (lit < plain * BRIGHTEST**0.5 + 0.02).all()


def test_a_product_may_reach_over_the_edge_of_the_picture() -> None:
    staged = lay_cutout(ground(), jar(), Box(600, 500, 1200, 1100))

    assert staged.pixels.shape == (600, 600, 3)


def test_the_line_of_the_foot_has_no_edge_beside_the_product() -> None:
    square = Image.new("RGBA", (200, 300), (90, 60, 40, 255))

    staged = lay_cutout(ground(), square, AREA)

    assert staged.product_box is not None
    foot, left = (staged.product_box.bottom * 600 // 1000, staged.product_box.left * 600 // 1000)
    beside = staged.pixels[foot - 2, :left, 0]
    assert np.abs(np.diff(beside[: left - 3])).max() < 0.05
    assert beside[left - 4] < 0.79
