"""Scenes ready to paint: the veil comes with the text, and frames at rest are painted once."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from foundry.plan.timeline import Take
from imaging.film.camera import CameraWindow, camera_path
from imaging.film.canvas import new_canvas, planes_of_srgb
from imaging.film.film_scene import FilmScene, Veil, make_veil
from imaging.film.picture_sources import StillSource
from imaging.pixels.geometry import PixelBox
from tests.support.film_parts import SIGNAL, a_card_scene, a_static, a_take, an_entrance, stripes
from tests.support.small_films import SMALL


def a_veil(cover: float = 0.5) -> Veil:
    """Black over the top half."""
    box = PixelBox(0, 0, 180, 160)
    kept = tuple(np.full(size, round((1 - cover) * 255), np.uint8) for size in ((160, 180), (80, 90), (80, 90)))
    own = tuple(
        np.full(size, round(level * cover), np.uint8)
        for size, level in (((160, 180), 16), ((80, 90), 128), ((80, 90), 128))
    )
    return Veil(box, (kept[0], kept[1], kept[2]), (own[0], own[1], own[2]))


def a_scene(take: Take, veil: Veil | None = None, **changes: Any) -> FilmScene:
    """A striped picture under a camera that moves for twelve frames."""
    picture = stripes(360, 640)
    way = camera_path(take, CameraWindow(0, 0, 360, 640), (180, 320), False)
    source = StillSource(picture, SIGNAL, way, 180)
    made = FilmScene(take=take, static=a_static(), signal=SIGNAL, rate=Fraction(24), source=source, path=way, veil=veil)
    return dataclasses.replace(made, **changes)


def test_a_veil_darkens_its_box_and_nothing_else() -> None:
    bare, onto = (new_canvas(SIGNAL, SMALL.size) for _ in range(2))
    bare.fill(planes_of_srgb(SIGNAL, np.full((320, 180, 3), 255, np.uint8)))
    a_veil().apply(bare, onto)
    assert abs(int(onto.planes[0][80, 90]) - (235 + 16) // 2) <= 1
    assert onto.planes[0][160:].min() == 235
    assert abs(int(onto.planes[1][40, 45]) - 128) <= 1


def test_a_layout_has_a_veil_where_something_lies_over_its_picture() -> None:
    veil = make_veil(a_static(), SIGNAL)
    assert veil is not None, "the logo lies over it"
    assert veil.box.is_inside(PixelBox(0, 0, 180, 320))
    assert [plane.shape for plane in veil.kept] == [plane.shape for plane in veil.own]
    everything = veil.kept[0].size
    assert 0 < (veil.kept[0] < 255).sum() < everything


def test_the_veil_comes_with_the_first_text() -> None:
    scene = a_scene(a_take(0, 24, an_entrance(start=12), an_entrance(start=6)), a_veil())
    shares = [scene.veil_share(frame) for frame in range(24)]
    assert shares[:6] == [0] * 6
    assert shares == sorted(shares)
    assert shares[12:] == [1] * 12
    assert 0 < shares[6] < shares[11] < 1


def test_a_scene_without_text_or_veil_shows_no_veil() -> None:
    assert a_scene(a_take(), a_veil()).veil_share(20) == 0
    assert a_scene(a_take(0, 24, an_entrance())).veil_share(20) == 0


def test_what_frames_a_picture_is_always_there() -> None:
    static = a_static()
    ground = dataclasses.replace(static.ground, visual=PixelBox(0, 0, 180, 200))
    framed = a_scene(a_take(), a_veil(), static=dataclasses.replace(static, ground=ground))
    assert not framed.fills_the_frame
    assert framed.veil_share(0) == 1
    assert framed.wordless_key
    assert a_scene(a_take()).wordless_key == ""


def test_frames_at_rest_are_one_object_and_moving_ones_differ() -> None:
    scene = a_scene(a_take(0, 24, camera="push-in", moving=12))
    assert [scene.is_at_rest(frame) for frame in (0, 11, 12, 23)] == [False, False, True, True]
    moving = [scene.canvas(frame).planes[0].copy() for frame in (0, 6)]
    assert not np.array_equal(*moving)
    assert scene.canvas(12) is scene.canvas(23)
    assert not np.array_equal(scene.canvas(12).planes[0], moving[1])


def test_the_veil_fades_between_the_bare_and_the_veiled_frame() -> None:
    scene = a_scene(a_take(0, 24, an_entrance(start=6)), a_veil())
    bare, half, full = (scene.canvas(frame).planes[0].astype(int) for frame in (0, 9, 20))
    assert (full[:160] <= bare[:160]).all()
    assert np.abs(half[:160] - (bare + full)[:160] / 2).max() < 12
    assert np.array_equal(half[160:], bare[160:])


@pytest.mark.parametrize("colour", ["#FF0000", "#00FF00"])
def test_a_card_stands_from_its_first_frame_and_is_told_apart_by_its_pixels(colour: str) -> None:
    card, other = a_card_scene(a_take(), colour), a_card_scene(a_take(), "#0000FF")
    assert card.is_at_rest(0)
    assert card.canvas(0) is card.canvas(9)
    assert card.wordless_key != other.wordless_key
    assert card.wordless_key == a_card_scene(a_take(), colour).wordless_key
