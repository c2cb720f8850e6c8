"""One line of text: its runs, its measures, and its drawing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from imaging.typesetting.lettering.shaping import Style, TextRun, advance, clean, draw, font, measure, runs, set_line

STYLE = Style("Inter", "regular", 32, False, "en-US")
ARABIC = Style("Inter", "regular", 32, True, "ar-EG")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("a\tb\x00c", "a b c"),
        ("e\u0301", "é"),
        ("a\ud800b", "a\ufffdb"),
        ("two\nlines", "two\nlines"),
        ("a\u2028b", "a b"),
    ],
)
def test_text_is_composed_and_controls_become_spaces(given: str, wanted: str) -> None:
    assert clean(given) == wanted


def test_a_run_turns_with_the_parity_of_its_level() -> None:
    assert [TextRun("x", "f", level).direction for level in (0, 1, 2, 3)] == ["ltr", "rtl", "ltr", "rtl"]


def test_a_line_is_cut_where_font_or_direction_changes() -> None:
    found = runs("Radiance سيروم 2027", "Inter", "regular", True, "ar-EG")
    assert "".join(text for text, _, _ in found) == "Radiance سيروم 2027"
    assert [turned for _, _, turned in found if not turned]
    assert [turned for _, _, turned in found if turned]
    assert len({Path(path).stem for _, path, _ in found}) >= 2


def test_punctuation_stays_in_the_face_of_the_word_before_it() -> None:
    (only,) = runs("Radiant!", "Inter", "regular", False)
    assert only[0] == "Radiant!"


def test_the_advance_is_proportional_to_the_size() -> None:
    small, large = (advance("Radiant", Style("Inter", "regular", size, False)) for size in (20, 200))
    assert large / small == pytest.approx(10, rel=0.03)
    assert advance("", STYLE) == 0


def test_a_line_shows_its_part_of_a_paragraph_without_the_space_at_its_end() -> None:
    text = "Wake up radiant"
    line = set_line(text, 0, 8, "", STYLE)
    assert (line.text, line.source) == ("Wake up", "Wake up ")
    assert line.width == measure("Wake up", STYLE).width


def test_a_hyphen_is_written_where_a_word_is_divided_and_soft_hyphens_are_hidden() -> None:
    line = set_line("Auf\u00adtrag", 0, 4, "-", STYLE)
    assert line.text == "Auf-"
    assert set_line("Auf\u00adtrag", 0, 9, "", STYLE).text == "Auftrag"


def test_runs_of_a_line_go_from_left_to_right() -> None:
    line = measure("خصم 20% على Trail", ARABIC)
    assert line.runs[0].text.strip() == "Trail"
    assert line.runs[-1].text.strip() == "خصم"


@pytest.mark.parametrize("text", ["jff", "Ågy", "ﷺ", "Q", " ", "fjällräven"])
def test_ink_lies_within_the_lines_measures(text: str) -> None:
    line = measure(text, STYLE)
    canvas = Image.new("L", (line.width + 20, line.above + line.below + 20))
    draw(ImageDraw.Draw(canvas), 10, 10 + line.above, line, STYLE, "white")
    left, top, right, bottom = canvas.getbbox() or (10, 10, 10, 10)
    assert left >= 10
    assert top >= 10
    assert right <= 10 + line.width
    assert bottom <= 10 + line.above + line.below


def test_a_newline_within_one_line_is_a_space() -> None:
    assert measure("two\nlines", STYLE).text == "two lines"


def test_every_thread_has_its_own_fonts_and_keeps_them() -> None:
    path = runs("a", "Inter", "regular", False)[0][1]
    assert font(path, 20) is font(path, 20)
    other: list[object] = []
    thread = threading.Thread(target=lambda: other.append(font(path, 20)))
    thread.start()
    thread.join()
    assert other[0] is not font(path, 20)
