"""Frames as planes: layout of samples, transitions, and sprites with coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imaging.film.canvas import (
    FrameCanvas,
    blend,
    even_box,
    make_sprite,
    new_canvas,
    paint_sprite,
    planes_of_srgb,
    wipe,
)
from imaging.film.signal import Signal
from imaging.pixels.geometry import PixelBox

SIZE = (32, 24)
YUV, RGB = Signal("yuv420p"), Signal("rgb24")


def flat(signal: Signal, level: int) -> FrameCanvas:
    canvas = new_canvas(signal, SIZE)
    canvas.fill(planes_of_srgb(signal, np.full((SIZE[1], SIZE[0], 3), level, np.uint8)))
    return canvas


@pytest.mark.parametrize(
    ("pixel_format", "chroma", "dtype"),
    [
        ("yuv420p", (12, 16), np.uint8),
        ("yuv420p10le", (12, 16), np.uint16),
        ("yuv422p10le", (24, 16), np.uint16),
        ("rgb24", (24, 32), np.uint8),
    ],
)
def test_planes_have_the_formats_sizes_and_depth(pixel_format: str, chroma: tuple[int, int], dtype: type) -> None:
    canvas = new_canvas(Signal(pixel_format), SIZE)
    assert [plane.shape for plane in canvas.planes] == [(24, 32), chroma, chroma]
    assert {plane.dtype for plane in canvas.planes} == {np.dtype(dtype)}


def test_painting_writes_to_the_frame_that_the_encoder_takes() -> None:
    canvas = flat(YUV, 255)
    frame = canvas.video_frame()
    assert np.asarray(frame.to_ndarray())[:24, :32].min() == 235
    canvas.region(PixelBox(4, 6, 8, 10))[0][:] = 16
    again = frame.to_ndarray()
    assert again[6:10, 4:8].max() == 16
    assert (again[:24, :32] == 16).sum() == 16


def test_rgb_planes_are_joined_to_a_frame_of_the_same_pixels() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
    canvas = new_canvas(RGB, SIZE)
    canvas.fill(planes_of_srgb(RGB, picture))
    assert np.array_equal(canvas.video_frame().to_ndarray(format="rgb24"), picture)


def test_padding_of_rows_is_always_the_same() -> None:
    frames = [new_canvas(YUV, (18, 18)).video_frame() for _ in range(2)]
    for plane, other in zip(frames[0].planes, frames[1].planes, strict=True):
        rows = [np.frombuffer(each, np.uint8).reshape(-1, each.line_size)[:, each.width :] for each in (plane, other)]
        assert np.array_equal(*rows)


@pytest.mark.parametrize(("share", "luma"), [(0.0, 16), (1.0, 235), (0.5, 126)])
def test_a_blend_is_the_mean_by_share(share: float, luma: int) -> None:
    onto = new_canvas(YUV, SIZE)
    blend(flat(YUV, 0), flat(YUV, 255), share, onto)
    assert abs(int(onto.planes[0][5, 5]) - luma) <= 1


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_a_wipe_shows_its_share_from_the_readers_side_in_every_plane(share: float, mirrored: bool) -> None:
    over, under, onto = flat(YUV, 255), flat(YUV, 0), new_canvas(YUV, SIZE)
    over.planes[1][:] = 200
    wipe(under, over, share, onto, mirrored)
    for plane, level in ((onto.planes[0], 235), (onto.planes[1], 200)):
        shown = plane == level
        assert shown.mean() == pytest.approx(share)
        columns = shown.all(axis=0)
        edge = columns[-1] if mirrored else columns[0]
        assert edge == (share > 0)


@settings(max_examples=80, deadline=None)
@given(left=st.integers(-9, 40), top=st.integers(-9, 30), width=st.integers(1, 20), height=st.integers(1, 20))
def test_an_even_box_holds_what_is_in_the_frame(left: int, top: int, width: int, height: int) -> None:
    box = PixelBox(left, top, left + width, top + height)
    found = even_box(box, SIZE)
    assert all(edge % 2 == 0 for edge in (found.left, found.top, found.right, found.bottom))
    assert found.left <= max(left, 0)
    assert found.top <= max(top, 0)
    assert min(box.right, SIZE[0]) <= found.right <= SIZE[0]
    assert min(box.bottom, SIZE[1]) <= found.bottom <= SIZE[1]


def test_an_opaque_sprite_covers_and_a_clear_pixel_does_not() -> None:
    layer = Image.new("RGBA", (8, 8), "white")
    layer.paste((0, 0, 0, 0), (4, 0, 8, 8))
    sprite = make_sprite(YUV, layer, (4, 4), SIZE)
    assert sprite is not None
    canvas = flat(YUV, 0)
    paint_sprite(canvas, sprite, 1.0)
    assert canvas.planes[0][4:12, 4:8].min() == 235
    assert canvas.planes[0][4:12, 8:12].max() == 16
    assert canvas.planes[0][:4].max() == 16


def test_opacity_scales_a_sprite() -> None:
    sprite = make_sprite(YUV, Image.new("RGBA", (8, 8), "white"), (4, 4), SIZE)
    assert sprite is not None
    canvas = flat(YUV, 0)
    paint_sprite(canvas, sprite, 0.5)
    assert abs(int(canvas.planes[0][8, 8]) - 126) <= 1


def test_a_sprite_between_pixels_loses_no_coverage() -> None:
    for at in ((4.0, 4.0), (4.25, 4.5), (4.9, 4.1)):
        sprite = make_sprite(YUV, Image.new("RGBA", (8, 8), "white"), at, SIZE)
        assert sprite is not None
        assert float(sprite.cover[0].sum()) == pytest.approx(64, abs=0.01)


@pytest.mark.parametrize("at", [(40.0, 4.0), (-20.0, 4.0), (4.0, 30.0), (4.0, -12.0)])
def test_a_sprite_outside_the_frame_is_none(at: tuple[float, float]) -> None:
    assert make_sprite(YUV, Image.new("RGBA", (8, 8), "white"), at, SIZE) is None
