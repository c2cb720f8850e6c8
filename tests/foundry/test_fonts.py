"""Hostile text is refused by name, or is set and drawn within its box; it is never slow and never an error."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from foundry.fonts import HARMLESS, UNSEEN, clusters, hostile_characters, missing_characters
from imaging.typesetting.lettering import Style, balance, draw, measure
from tests.support.counting import calls

REFUSED = {
    "override": "50% off \u202e%001",
    "embedding": "\u202babc\u202c",
    "isolate": "\u2067abc\u2069",
    "null": "a\x00b",
    "tab": "a\tb",
    "line separator": "a\u2028b",
    "lone surrogate": "a\ud800b",
    "private use": "\ue000",
    "private plane": "\U000f0000",
    "unassigned": "\U000e0fff",
    "byte order mark": "\ufeffab",
    "tag outside a flag": "a\U000e0041",
    "invisible operator": "a\u2062b",
    "annotation": "a\ufff9b\ufffa",
    "tower": "e" + "\u0316" * 40,
    "tower of Thai marks": "ก" + "็" * 6,
    "hidden run": "a\u200b\u200b\u200bb",
    "joined crowd": "👩" + "\u200d👩" * 20,
    "conjunct crowd": "क्" * 30 + "क",
}
ALLOWED = {
    "Hebrew with marks of direction": "C++ \u200fשלום\u200e 5",
    "Arabic with marks": "\u061c20\u200e%\u200e مَرْحَبًا",
    "Hebrew points": "שָׁלוֹם",
    "joiners of Persian and Hindi": "می\u200cخواهم क्\u200dष",
    "soft hyphen": "Auf\u00adtrag",
    "zero-width space": "a\u200bb",
    "flag with tags": "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "family": "👨🏻‍👩🏻‍👧🏻‍👦🏻",
    "Vietnamese": "Tiếng Việt ở đây",
    "emoji of Unicode 15": "🩷🫨",
    "newline": "two\nlines",
}
ODD = (
    "aé \u0301\u0316\u200b\u200d\u200c\u200e\u200f\u00ad\u2060\u202e\u2067\u2069\ue000\ufe0f\n\t\x00\u2028"
    "字か한กิ็قّאּक्🇩👩🏽1\u20e3-/.%€\u00a0\ufffc"
)
STYLES = (
    Style("Inter", "regular", 24, False, "en-US"),
    Style("Marcellus", "bold", 24, True, "ar-EG"),
    Style("Archivo", "regular", 17, False, "th-TH"),
    Style("Inter", "regular", 31, False, "ja-JP", names=("a", "字か")),
)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_turns_hides_or_piles_up_is_refused(text: str) -> None:
    assert hostile_characters(text) or missing_characters(text, ("Inter",))


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_what_writers_need_passes(text: str) -> None:
    assert hostile_characters(text) == ()
    assert missing_characters(text, ("Marcellus", "Archivo")) == ()


@settings(max_examples=250, deadline=None)
@given(st.one_of(st.text(st.sampled_from(ODD), max_size=60), st.text(max_size=30)), st.integers(0, 3))
def test_any_text_is_set_and_drawn_within_its_lines(text: str, which: int) -> None:
    style = STYLES[which]
    for line in balance(text, style, 180, hyphens=True):
        canvas = Image.new("L", (line.width + 40, line.above + line.below + 40))
        draw(ImageDraw.Draw(canvas), 20, 20 + line.above, line, style, "white")
        left, top, right, bottom = canvas.getbbox() or (20, 20, 20, 20)
        assert left >= 20
        assert top >= 20
        assert right <= 20 + line.width
        assert bottom <= 20 + line.above + line.below


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.locale)
@pytest.mark.parametrize(
    "unit", ["x", "wide ", "字", "か、", "กิน", "قلب ", "(א [", "\u2067", "e\u0301", "👩‍🚀", "1,", "a\u00ad", "\u200d"]
)
def test_the_work_grows_no_faster_than_the_text(unit: str, style: Style) -> None:
    def work(length: int) -> int:
        text = (unit * length)[:length]

        def whole() -> None:
            hostile_characters(text)
            assert balance(text, style, 400, hyphens=True)

        return calls(whole)

    work(100)
    assert work(4_000) < 6 * work(1_000)


def test_a_line_of_ten_thousand_letters_is_measured() -> None:
    assert measure("x" * 10_000, STYLES[0]).width > 50_000


def test_characters_that_pass_unexamined_stand_alone_beside_any_other() -> None:
    """A text of them needs no examination: none is hostile, none is a mark, and none joins another in a grapheme."""
    plain = [chr(code) for code in range(0x11_0000) if HARMLESS.fullmatch(chr(code))]
    assert not [c for c in plain if unicodedata.category(c)[0] in ("M", "C") and c != "\n"]
    assert not [c for c in plain if unicodedata.combining(c) or c in UNSEEN]
    assert [c for c in plain if len(clusters(f"a{c}a{c}{c}한{c}")) != 7] == []
