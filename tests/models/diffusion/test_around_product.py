"""The scene is drawn around a product, and the product's pixels are the product's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundry.plan.composition import Composition
from imaging.still.staging import stage_product
from models.diffusion.around_product import guide_for
from models.diffusion.diffusers_handler import DiffusersHandler
from tests.support.briefs import product_picture
from tests.support.drawing import a_request, an_order, pictures
from tests.support.tiny_pipelines import tiny

COMPOSITION = Composition(width_px=480, height_px=480, product_area=(600, 200, 900, 900))


@pytest.fixture
def product(tmp_path: Path) -> Image.Image:
    with Image.open(product_picture(tmp_path / "product.png")) as picture:
        return picture.convert("RGBA")


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", [(240, 240), (240, 320)])
def test_the_guide_has_the_product_where_the_master_will(
    product: Image.Image, mirrored: bool, size: tuple[int, int]
) -> None:
    order = an_order(width_px=size[0], height_px=size[1], mirrored=mirrored)
    guide = guide_for(order, product, COMPOSITION)
    assert guide.image is not None
    assert guide.mask is not None
    assert guide.image.shape == (size[1], size[0], 3)
    staged = stage_product(np.full((480, 480, 3), 0.5, np.float32), product, COMPOSITION, mirrored)
    assert staged.product_box is not None
    shown = guide.mask[:, ::-1] if mirrored else guide.mask
    rows, columns = np.nonzero(shown == 0)
    spare = (size[1] - 240) / 2
    found = (columns.min(), rows.min() - spare, columns.max() + 1, rows.max() + 1 - spare)
    box = staged.product_box
    for edge, wanted in zip(found, (box.left, box.top, box.right, box.bottom), strict=True):
        assert abs(edge - wanted * 0.24) <= 1.5


def test_the_soft_edge_lies_outside_the_product(product: Image.Image) -> None:
    guide = guide_for(an_order(width_px=240, height_px=240), product, COMPOSITION)
    assert guide.mask is not None
    between = (guide.mask > 0) & (guide.mask < 1)
    assert between.any()
    assert (guide.mask == 1).mean() > 0.5
    beside = np.zeros_like(between)
    beside[:, 1:] |= guide.mask[:, :-1] == 0
    beside[:, :-1] |= guide.mask[:, 1:] == 0
    assert between[beside & (guide.mask > 0)].all()


def test_a_drawing_around_a_product_keeps_its_pixels_exactly(product: Image.Image, tmp_path: Path) -> None:
    handler = DiffusersHandler(tiny("stable-diffusion", tmp_path, staging="inpaint"), device="cpu")
    order = an_order(width_px=128, height_px=128, palette=("#EFDFC2", "#C4633F"))
    guide = guide_for(order, product, COMPOSITION)
    assert guide.image is not None
    assert guide.mask is not None
    request = a_request(width_px=128, height_px=128, palette=order.palette, guide=guide)
    (made,) = pictures(handler, handler.load_model(), request)
    kept = guide.mask == 0
    assert kept.mean() > 0.05
    assert np.array_equal(made[kept], guide.image[kept])
    assert np.abs(made[guide.mask == 1] - guide.image[guide.mask == 1]).mean() > 0.05
