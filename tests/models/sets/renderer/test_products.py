"""Products in rendered sets."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from foundry.plan.shot import Box
from imaging.pixels.arrays import Pixels
from models.sets.ask import Area, SetAsk, StandIn
from models.sets.product.standing import Frames, stand_cutout
from models.sets.renderer.refusals import RenderRefused
from tests.models.sets.product.made_models import box_scene, glb
from tests.support.sets import an_ask, renderer

STAND = Area(left=0.3, top=0.4, right=0.7, bottom=0.85)


def asked(products: tuple[StandIn, ...], stand: Area = STAND) -> SetAsk:
    """Return a small picture of a plain set with products."""
    return an_ask(
        width_px=64, height_px=64, wall="#E8E8E8", floor="#E8E8E8", accent="#D0D0D0", products=products, stand=stand
    )


def blue_cutout() -> Image.Image:
    """Return a plain blue box on a clear ground."""
    pixels = np.zeros((90, 60, 4), np.uint8)
    pixels[10:80, 10:50] = (10, 20, 200, 255)
    return Image.fromarray(pixels)


def blueness(pixels: Pixels) -> Pixels:
    """Return by how much blue is over red."""
    return np.asarray(pixels[..., 2] - pixels[..., 0])


def test_a_cutout_leaves_its_shadow_and_none_of_its_pixels() -> None:
    standing = stand_cutout(blue_cutout(), Box(300, 400, 700, 850), Frames((640, 640), (64, 64)))

    found = renderer().render(asked(standing.products, standing.stand), standing.files)

    assert found.staged is not None
    assert not found.staged.relit
    assert found.staged.light is not None
    inside = found.staged.coverage > 0.9
    assert inside.sum() > 200
    assert blueness(found.pixels)[inside].max() < 0.15


def test_a_model_is_seen_where_it_stands() -> None:
    plate = StandIn(kind="geometry", file="product.glb", area=STAND)

    found = renderer().render(asked((plate,)), {"product.glb": glb(*box_scene())})

    assert found.staged is not None
    assert found.staged.relit
    rows, columns = np.nonzero(found.staged.coverage > 0.5)
    assert rows.min() == pytest.approx(STAND.top * 64, abs=2)
    assert rows.max() == pytest.approx(STAND.bottom * 64 - 1, abs=2)
    assert np.mean(columns) == pytest.approx(31.5, abs=1.5)
    seen = found.pixels[found.staged.coverage > 0.9]
    assert (seen[:, 0] > seen[:, 2] + 0.1).mean() > 0.9


def test_a_broken_model_is_a_sentence() -> None:
    plate = StandIn(kind="geometry", file="product.glb", area=STAND)

    with pytest.raises(RenderRefused, match="product model"):
        renderer().render(asked((plate,)), {"product.glb": glb(*box_scene())[:300]})
