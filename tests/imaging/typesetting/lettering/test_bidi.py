"""Our bidirectional order against ICU's: levels of made-up text, and the order of every line of real copy."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foundry.fonts import LONE
from imaging.typesetting.lettering import Style, TextLine, balance, measure
from imaging.typesetting.lettering.bidi import CLOSER, REMOVED, SAME, _kind, levels, line_levels, visual
from tests.support import reading_judge as judge

pytestmark = pytest.mark.icu
LETTERS = "aZאבגعربू123٣٤٥ %€₪+-.,:;()[]{}<>!?«»\u0301\u05b0\u200d\u200b\u200e\u200f\u061c\t"
EMBEDDINGS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
MIXED = {
    "ar-EG": (
        "خصم 20% على Radiance Serum (50 مل) حتى 31/05/2027!",
        "السعر ٢٬٣٠٠ ج.م (شامل الضريبة)؛ للاستفسار: +20 2 2345-6789 أو www.aurelle.example/ar",
        "اكتشفي [Aurelle] – «طقس هادئ» مع 15% فيتامين C، 3 خطوات فقط.",
        "Radiance هو السيروم رقم 1 في 2027 (بحسب Beauty Weekly، العدد 12).",
    ),
    "he-IL": (
        "מבצע: 149.90 ₪ במקום 199 ₪ (25% הנחה) על Trail 750!",
        "מוקד שירות: 03-555-0123, \u200f*2700, או www.northpeak.example (24/7).",
        "בקבוק Northpeak Trail 750 [חדש] שומר על 4°C עד 24 שעות.",
        "GPS, Wi-Fi ו-Bluetooth 5.3 – הכול בתוך Trail Watch (42 מ״מ).",
    ),
    "en-US": ("The word مرحبا means “hello” (עברית: שלום), 2 languages.", "Call 555-0123 or خط 19123 today."),
}


def drawn_order(line: TextLine) -> str:
    """The characters as they stand from left to right; those within a run from right to left are turned."""
    return "".join(run.text[::-1] if run.level % 2 else run.text for run in line.runs)


@pytest.mark.parametrize("width", [140, 260, 420, 900])
@pytest.mark.parametrize(("locale", "text"), [(locale, text) for locale, texts in MIXED.items() for text in texts])
def test_every_line_of_mixed_copy_stands_in_the_judges_order(locale: str, text: str, width: int) -> None:
    style = Style("Inter", "regular", 28, locale != "en-US", locale)
    at = 0
    for line in balance(text, style, width):
        start, at = at, at + len(line.source)
        stop = start + len(line.source.rstrip())
        assert text[start:at] == line.source
        wanted = "".join(text[index] for index in judge.visual_order(text, start, stop, style.rtl))
        assert drawn_order(line) == wanted


@settings(max_examples=400, deadline=None)
@given(st.text(st.sampled_from(LETTERS + EMBEDDINGS), min_size=1, max_size=40), st.booleans())
@example("a\u2068b\u2067\u202a(ע", True)
def test_levels_are_the_judges(text: str, rtl: bool) -> None:
    wanted, mixed = judge.levels(text, rtl)
    found = line_levels(text, levels(text, rtl), rtl)
    for at, character in enumerate(text):
        if _kind(character) in REMOVED or _mark_after_bracket(text, at):
            continue
        assert found[at] == wanted[at] if mixed else found[at] % 2 == wanted[at] % 2


def _mark_after_bracket(text: str, at: int) -> bool:
    """ICU 72 leaves a mark after a bracket where it was; N0 says that it follows its bracket, and ours does."""
    while at and _kind(text[at]) in ("NSM", *REMOVED):
        at -= 1
        if text[at] in CLOSER or text[at] in CLOSER.values():
            return True
    return False


def test_the_pairs_of_brackets_are_the_judges() -> None:
    every = (chr(code) for code in range(0x10000) if not LONE.match(chr(code)))
    pairs = {character: judge.closing_bracket(character) for character in every}
    assert {SAME.get(o, o): SAME.get(c, c) for o, c in pairs.items() if c} == CLOSER


def test_reordering_turns_what_is_nested() -> None:
    assert visual([0, 1, 1, 2, 2, 1, 0]) == [0, 5, 3, 4, 2, 1, 6]
    assert visual([]) == []


def test_a_percent_sign_follows_arabic_and_is_held_by_marks() -> None:
    style = Style("Inter", "regular", 30, True, "ar-EG")
    assert drawn_order(measure("خصم 20%", style)).startswith("%20")
    assert drawn_order(measure("خصم 20\u200e%\u200e", style)).startswith("20\u200e%")


def test_brackets_are_mirrored_from_right_to_left() -> None:
    style = Style("Inter", "regular", 60, True, "he-IL")
    opened, closed = measure("(", style), measure(")", Style("Inter", "regular", 60, False))
    assert opened.runs[0].direction == "rtl"
    assert opened.runs[0].path == closed.runs[0].path
    assert (opened.width, opened.above, opened.below) == (closed.width, closed.above, closed.below)
