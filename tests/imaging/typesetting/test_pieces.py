"""One slot's lines with their plate: as wide as they may be, as high as they need, placed where they read well."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from foundry.layout.layout import TypeStyle
from imaging.pixels.geometry import PixelBox
from imaging.typesetting.lettering import Style, leading, measure
from imaging.typesetting.pieces import BADGE_ROOM, PADS, SlotPiece, set_piece

STYLE = Style("Inter", "bold", 40, False, "en-US")
TEXT = "Wake up radiant, every single morning"


def a_kind(plate: str = "none", lines: int = 3) -> TypeStyle:
    return TypeStyle.model_validate({"size": ["note", "display"], "lines": lines, "plate": plate})


def a_piece(text: str = TEXT, plate: str = "none", width: int = 420, lines: int = 3, style: Style = STYLE) -> SlotPiece:
    piece = set_piece("headline", text, a_kind(plate, lines), style, width)
    assert piece is not None
    return piece


def test_a_piece_without_a_plate_is_as_large_as_its_ink() -> None:
    piece = a_piece()
    assert len(piece.lines) == 2
    assert piece.width == max(line.width for line in piece.lines) <= 420
    assert piece.step == round(leading(TEXT) * 40)
    assert piece.height == piece.lines[0].above + piece.lines[-1].below + piece.step


def test_words_that_need_more_lines_or_more_room_make_no_piece() -> None:
    assert set_piece("headline", TEXT, a_kind(lines=1), STYLE, 420) is None
    assert set_piece("headline", "W" * 30, a_kind(), STYLE, 420) is None
    assert set_piece("headline", TEXT, a_kind("button"), STYLE, 2 * round(PADS["button"][0] * 40)) is None
    assert set_piece("headline", TEXT, a_kind(), STYLE, 0) is None


@pytest.mark.parametrize("plate", ["pill", "button"])
def test_a_plate_leaves_its_space_around_the_words(plate: str) -> None:
    piece = a_piece("Shop now", plate, lines=1)
    pad, usual, least = (round(ems * 40) for ems in PADS[plate])
    assert piece.width == piece.lines[0].width + 2 * pad
    assert piece.height == max(usual, piece.lines[0].above + piece.lines[0].below + least)


def test_a_badge_is_a_circle_around_its_words() -> None:
    piece = a_piece("20% off today", "badge", lines=3)
    ink = piece.lines[0].above + piece.lines[-1].below + piece.step * (len(piece.lines) - 1)
    assert piece.width == piece.height
    assert piece.width == pytest.approx(math.hypot(max(line.width for line in piece.lines), ink) * BADGE_ROOM, abs=1)


def test_a_small_badge_keeps_a_least_diameter() -> None:
    assert a_piece("5", "badge").width == round(3.4 * 40)


@pytest.mark.parametrize(("align", "rtl"), [("start", False), ("end", False), ("center", False), ("start", True)])
def test_lines_share_the_edge_of_their_alignment(align: str, rtl: bool) -> None:
    piece = a_piece(width=320)
    box = PixelBox(50, 70, 50 + piece.width, 70 + piece.height)
    placed = piece.place_lines(box, align, rtl)
    assert len(placed) > 1
    edges = {
        "left": {left for left, _, _ in placed},
        "right": {left + line.width for left, _, line in placed},
        "middle": {(2 * left + line.width) // 2 for left, _, line in placed},
    }
    shared = "middle" if align == "center" else "left" if (align == "start") != rtl else "right"
    assert max(edges[shared]) - min(edges[shared]) <= 1


def test_baselines_are_a_step_apart_and_ink_fills_the_box() -> None:
    piece = a_piece(width=320)
    box = PixelBox(0, 100, piece.width, 100 + piece.height)
    baselines = [baseline for _, baseline, _ in piece.place_lines(box, "start", False)]
    assert {below - above for above, below in pairwise(baselines)} == {piece.step}
    assert baselines[0] - piece.lines[0].above == box.top
    assert baselines[-1] + piece.lines[-1].below == box.bottom


def test_latin_words_on_a_plate_are_centred_by_their_capitals() -> None:
    plain, accented = a_piece("Shop now", "button", lines=1), a_piece("Égypte", "button", lines=1)
    height = measure("H", STYLE).above
    for piece in (plain, accented):
        box = PixelBox(0, 0, piece.width, piece.height)
        ((_, baseline, _),) = piece.place_lines(box, "start", False)
        assert baseline - height == (piece.height - height) // 2


def test_a_flawed_piece_says_so() -> None:
    assert a_piece("Na").flaw == 0
    assert a_piece("A\nbroadsheet of words", width=900).flaw > 0
