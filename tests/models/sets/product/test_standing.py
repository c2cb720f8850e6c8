"""A product's place in the drawing is that in which staging puts its pixels into the master."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from foundry.inputs.product_view import View
from foundry.plan.shot import Box
from imaging.still.product_placement import place_product
from models.sets.product.standing import Frames, stand_cutout, stand_model, stand_nothing

BOX = Box(250, 430, 750, 850)


def bottle() -> Image.Image:
    """Return a picture with clear margins."""
    pixels = np.zeros((400, 300, 4), np.uint8)
    pixels[40:380, 100:180] = (120, 60, 30, 255)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("drawing", [(512, 640), (320, 320)])
def test_a_cutout_stands_where_its_pixels_will_be_put(drawing: tuple[int, int]) -> None:
    master = (2576, 3220)
    cut, left, top = place_product(bottle(), BOX, master)

    area = stand_cutout(bottle(), BOX, Frames(master, drawing)).stand

    scale = min(drawing[0] / master[0], drawing[1] / master[1])
    margin = ((drawing[0] - master[0] * scale) / 2, (drawing[1] - master[1] * scale) / 2)
    assert area.left * drawing[0] == pytest.approx(margin[0] + left * scale)
    assert area.bottom * drawing[1] == pytest.approx(margin[1] + (top + cut.height) * scale)


def test_its_file_holds_the_visible_part_alone() -> None:
    standing = stand_cutout(bottle(), BOX, Frames((2880, 2880), (320, 320)))

    file = Image.open(io.BytesIO(standing.files[standing.products[0].file]))
    assert np.asarray(file)[..., 3].min() == 255
    assert file.height / file.width == pytest.approx(340 / 80, rel=0.02)


def test_an_area_goes_to_the_drawing_and_back() -> None:
    frames = Frames((2576, 3220), (320, 320))

    assert frames.box_of(stand_nothing(BOX, frames).stand) == BOX


def test_a_model_stands_in_the_place_of_its_views_picture_and_turns_the_other_way() -> None:
    frames = Frames((2576, 3220), (512, 640))

    standing = stand_model(b"glTF....", View(azimuth_deg=30), bottle(), BOX, frames)

    assert standing.stand == stand_cutout(bottle(), BOX, frames).stand
    assert (standing.products[0].turn_deg, standing.products[0].file) == (-30, "product.glb")
