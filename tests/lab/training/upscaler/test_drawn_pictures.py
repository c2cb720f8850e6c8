"""The upscaler's training pictures are functions of their numbers, and of every kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lab.training.upscaler.drawn_pictures import EDGE, KINDS, draw_picture, leaves, scene
from tests.support.coarse_pictures import differs_by

Draw = Callable[[np.random.Generator], Any]
DRAWN = {
    "leaves": "404f4480af986e9c77657a645162536486725e967f51684c59695c537a5b4781667086658c9a8659675094af8e819b7f",
    "words": "33264738294b38294b352648442f404831414c35404f363f4e32485332475232485331485d455d6147616047605b455e",
    "lines": "a27f6b9d7d6aa4826aa5806d96796d9785919a796999766e9377667f7fa893746e834ab98b826e9a857c8b66698e695f",
    "scene": "59b6f863c8fc63c8fc59b6f84fa4ee56b1f656b1f64fa4ee2e8dda3194e33194e32e8dda118fe21192e61192e6118fe2",
    "grain": "754c6c754b6b764a6a754c6c764969764868764868764969754b6b764969764768764969754d6d754c6c764b6b754d6c",
}
"""Mean colours of 4 x 4 parts of each kind, by the generator of seed 5."""


@pytest.mark.parametrize("draw", KINDS, ids=lambda draw: draw.__name__)
def test_a_kind_is_drawn_as_it_was_when_the_model_was_trained(draw: Draw) -> None:
    picture = draw(np.random.default_rng(5))
    assert picture.shape == (EDGE, EDGE, 3)
    assert picture.dtype == np.uint8
    assert differs_by(picture, DRAWN[draw.__name__]) < 1.5


def test_shapes_lie_over_each_other_with_edges_between_them() -> None:
    picture = leaves(np.random.default_rng(3)).astype(int)
    steps = np.abs(np.diff(picture, axis=1)).max(axis=2)
    assert (steps > 30).mean() > 0.005
    assert (steps < 8).mean() > 0.5


def test_a_picture_follows_from_its_number_alone() -> None:
    assert np.array_equal(draw_picture(11), draw_picture(11))
    assert not np.array_equal(draw_picture(11), draw_picture(12))


def test_the_kinds_shares_sum_to_one() -> None:
    assert sum(KINDS.values()) == pytest.approx(1)
    assert KINDS[leaves] > 0.5 > KINDS[scene]
