"""Boxes in pixels, and the areas of a layout in a placement."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.channel.placement import placements
from foundry.layout.files import layout_for
from foundry.layout.layout import Block, Place
from imaging.pixels.geometry import LayoutFrame, PixelBox, aligned_offset, block_boxes, layout_frame, safe_box
from tests.support.briefs import a_tenant

EDGES = st.integers(-60, 60)
FRAME = LayoutFrame((400, 300), PixelBox(40, 30, 360, 270), 300, (4, 3, 10), False)


@st.composite
def boxes(draw: st.DrawFn) -> PixelBox:
    """Boxes with at least one pixel."""
    left, top = draw(EDGES), draw(EDGES)
    return PixelBox(left, top, left + draw(st.integers(1, 60)), top + draw(st.integers(1, 60)))


def pixels_of(box: PixelBox) -> set[tuple[int, int]]:
    return {(x, y) for x in range(box.left, box.right) for y in range(box.top, box.bottom)}


@settings(max_examples=50, deadline=None)
@given(boxes(), boxes())
def test_boxes_overlap_where_they_share_a_pixel_and_the_cut_is_what_they_share(one: PixelBox, other: PixelBox) -> None:
    shared = pixels_of(one) & pixels_of(other)
    assert one.overlaps(other) == other.overlaps(one) == bool(shared)
    assert pixels_of(one.within(other)) == shared
    assert one.within(other).is_inside(other)
    assert one.is_inside(other) == (pixels_of(one) <= pixels_of(other))


@settings(max_examples=50, deadline=None)
@given(boxes(), boxes())
def test_the_rest_of_a_box_lies_in_it_beside_the_other_and_is_the_largest(one: PixelBox, other: PixelBox) -> None:
    rest = one.without(other)
    assert rest.is_inside(one)
    assert not pixels_of(rest) & pixels_of(other)
    across, down = (other.left - one.left, one.right - other.right), (other.top - one.top, one.bottom - other.bottom)
    largest = max(0, *(width * one.height for width in across), *(height * one.width for height in down))
    assert rest.width * rest.height == (largest if one.overlaps(other) else one.width * one.height)


def test_a_box_that_is_covered_whole_leaves_an_empty_one() -> None:
    rest = PixelBox(10, 10, 20, 20).without(PixelBox(0, 0, 30, 30))
    assert rest.width * rest.height == 0


@pytest.mark.parametrize(
    ("align", "rtl", "offset"),
    [("start", False, 0), ("start", True, 9), ("end", False, 9), ("end", True, 0), ("center", False, 4),
     ("center", True, 4)],
)  # fmt: skip
def test_start_and_end_follow_the_direction_of_reading(align: str, rtl: bool, offset: int) -> None:
    assert aligned_offset(align, 9, rtl) == offset


def test_the_safe_area_is_rounded_down_on_both_sides() -> None:
    story = placements()["meta/story"]
    box, safe = safe_box(story), story.safe_area
    assert (box.left, box.top) == (1080 * safe.left // 1000, 1920 * safe.top // 1000)
    assert (box.right, box.bottom) == (1080 - 1080 * safe.right // 1000, 1920 - 1920 * safe.bottom // 1000)


def test_lengths_are_thousandths_of_the_reference_edge() -> None:
    assert FRAME.whole == PixelBox(0, 0, 400, 300)
    assert [FRAME.length(thousandths) for thousandths in (0, 10, 1000)] == [0, 3, 300]


def test_tracks_are_numbered_from_one_and_both_ends_belong_to_the_area() -> None:
    whole = FRAME.box(Place(columns=(1, 4), rows=(1, 3)))
    assert whole == FRAME.safe
    first, second = FRAME.box(Place(columns=(1, 1), rows=(1, 1))), FRAME.box(Place(columns=(2, 2), rows=(1, 1)))
    assert second.left - first.right == pytest.approx(10, abs=1)
    assert first.width == pytest.approx((320 - 30) / 4, abs=1)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 1000), min_size=2, max_size=2, unique=True).map(sorted), st.sampled_from(["safe", "frame"])
)
def test_an_area_is_mirrored_within_what_it_divides(across: list[int], of: str) -> None:
    place = Place.model_validate({"box": (across[0], 0, across[1], 1000), "of": of})
    turned = LayoutFrame(FRAME.size, FRAME.safe, 300, FRAME.grid, True).box(place)
    plain, region = FRAME.box(place), FRAME.safe if of == "safe" else FRAME.whole
    assert turned.left - region.left == pytest.approx(region.right - plain.right, abs=1)
    assert (turned.top, turned.bottom) == (plain.top, plain.bottom)


def test_the_reference_is_the_edge_that_the_layout_names() -> None:
    place, tenant = placements()["google/leaderboard"], a_tenant()
    layout = layout_for(place, tenant)
    found = {
        edge: layout_frame(layout.model_copy(update={"reference": edge}), place, False).reference_px
        for edge in ("short", "height", "width")
    }
    assert found == {"short": 90, "height": 90, "width": 728}


def test_a_blocks_areas_are_cut_to_the_safe_area_and_keep_off_the_logo() -> None:
    block = Block.model_validate({"areas": [[0, 0, 1000, 500], [0, 500, 1000, 1000]], "slots": ["headline"]})
    upper, lower = block_boxes(block, FRAME, None)
    assert (upper, lower) == (PixelBox(40, 30, 360, 150), PixelBox(40, 150, 360, 270))
    logo = PixelBox(40, 30, 120, 60)
    kept_off = block_boxes(block, FRAME, logo)
    assert kept_off == (PixelBox(40, 60, 360, 150), lower)
