"""Cameras: windows stay inside the picture, push-ins keep their focus, pans mirror."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.film.camera import SIDEWAYS, CameraWindow, camera_path
from tests.support.film_parts import a_take

CAMERAS = ("hold", "push-in", "pull-out", *SIDEWAYS)
WHOLE = CameraWindow(10, 20, 540, 960)


@settings(max_examples=80, deadline=None)
@given(
    camera=st.sampled_from(CAMERAS),
    amount=st.integers(0, 400),
    focus=st.tuples(st.floats(10, 550), st.floats(20, 980)),
    mirrored=st.booleans(),
    frame=st.integers(-5, 80),
)
def test_a_window_never_leaves_the_part_that_the_layout_shows(
    camera: str, amount: int, focus: tuple[float, float], mirrored: bool, frame: int
) -> None:
    window = camera_path(a_take(0, 48, camera=camera, amount=amount), WHOLE, focus, mirrored).at(frame)
    assert window.left >= WHOLE.left - 1e-6
    assert window.top >= WHOLE.top - 1e-6
    assert window.left + window.width <= WHOLE.left + WHOLE.width + 1e-6
    assert window.top + window.height <= WHOLE.top + WHOLE.height + 1e-6
    assert window.width / window.height == pytest.approx(WHOLE.width / WHOLE.height)


def test_a_push_in_keeps_its_focus_in_place_in_the_frame() -> None:
    near = WHOLE.zoom(100, (280, 500))
    assert (near.width, near.height) == (486, 864)
    assert (280 - near.left) / near.width == pytest.approx((280 - WHOLE.left) / WHOLE.width)
    assert (500 - near.top) / near.height == pytest.approx((500 - WHOLE.top) / WHOLE.height)


def test_closing_in_has_an_even_pace() -> None:
    near = WHOLE.zoom(360, (280, 500))
    middle = WHOLE.interpolate(near, 0.5)
    assert middle.width / WHOLE.width == pytest.approx(near.width / middle.width)
    assert WHOLE.interpolate(near, 0) == WHOLE
    assert WHOLE.interpolate(near, 1).left == pytest.approx(near.left)


@pytest.mark.parametrize(("camera", "opposite"), [("pan-left", "pan-right"), ("pan-right", "pan-left")])
def test_a_pan_of_a_mirrored_picture_goes_the_other_way(camera: str, opposite: str) -> None:
    mirrored = camera_path(a_take(camera=camera), WHOLE, (280, 500), True)
    plain = camera_path(a_take(camera=opposite), WHOLE, (280, 500), False)
    assert (mirrored.first, mirrored.last) == (plain.first, plain.last)
    tilt = [camera_path(a_take(camera="tilt-up"), WHOLE, (280, 500), side) for side in (False, True)]
    assert tilt[0] == tilt[1]


def test_a_camera_rests_after_its_move_and_a_held_one_never_moves() -> None:
    way = camera_path(a_take(0, 48, camera="push-in", moving=12), WHOLE, (280, 500), False)
    assert way.at(12) == way.at(47) == way.last
    assert way.narrowest == way.last.width
    held = camera_path(a_take(camera="hold"), WHOLE, (280, 500), False)
    assert (held.frames, held.at(5)) == (0, WHOLE)
