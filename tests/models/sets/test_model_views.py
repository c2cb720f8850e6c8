"""Views of product models that the renderer of sets makes."""

from __future__ import annotations

import numpy as np
import pytest

from foundry.inputs.picture import decode
from foundry.inputs.product_view import View
from models.sets.model_views import render_view
from models.sets.renderer.refusals import RenderRefused
from tests.models.sets.product.made_models import box_scene, glb
from tests.support.sets import renderer


def test_a_view_is_the_product_alone_at_its_size() -> None:
    view = View(edge_px=96, samples=4, elevation_deg=0)

    shown = np.asarray(decode(render_view(glb(*box_scene()), view, renderer())), np.float32) / 255

    assert shown.shape[0] == 96
    assert shown.shape[1] == pytest.approx(48, abs=3)
    middle = shown[20:-20, 12:-12]
    assert middle[..., 3].min() > 0.98
    assert (middle[..., 0] > middle[..., 2] + 0.2).all()
    assert np.abs(shown[48, 1:-1, :3] - shown[48, 24, :3]).max() < 0.3


@pytest.mark.parametrize("elevation", [-10, 90])
def test_a_view_from_below_or_right_above_asks_for_blender(elevation: int) -> None:
    with pytest.raises(RenderRefused, match="install Blender"):
        render_view(b"glTF", View(elevation_deg=elevation), renderer())
