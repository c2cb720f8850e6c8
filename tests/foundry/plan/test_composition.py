"""Compositions: the product's area per bucket, and its mirror image."""

from __future__ import annotations

import pytest

from foundry.plan.composition import Composition, compositions
from foundry.plan.shot import Box

ASIDE = Composition(width_px=2000, height_px=1000, product_area=(500, 100, 900, 900))


def test_a_mirrored_area_lies_on_the_other_side() -> None:
    assert ASIDE.box(mirrored=False) == Box(500, 100, 900, 900)
    assert ASIDE.box(mirrored=True) == Box(100, 100, 500, 900)


@pytest.mark.parametrize(
    ("area", "sided"), [((500, 0, 900, 900), True), ((300, 0, 700, 900), False), ((320, 0, 740, 900), False)]
)
def test_a_product_near_the_middle_has_no_side(area: tuple[int, int, int, int], sided: bool) -> None:
    assert ASIDE.model_copy(update={"product_area": area}).has_sides is sided


def test_anything_that_moves_the_product_changes_the_digest() -> None:
    moved = Composition(width_px=2000, height_px=1000, product_area=(501, 100, 900, 900))
    lower = Composition(width_px=2000, height_px=1000, product_area=(500, 100, 900, 900), horizon=700)
    assert len({ASIDE.digest, moved.digest, lower.digest}) == 3


def test_the_shipped_compositions_serve_every_bucket_within_the_frame() -> None:
    assert set(compositions()) == {"square", "portrait", "story", "landscape"}
    for composition in compositions().values():
        left, top, right, bottom = composition.product_area
        assert 0 <= left < right <= 1000
        assert 0 <= top < bottom <= 1000
