"""Texts become one safe line, in either direction of writing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry.delivery.plain_text import cut, ends_sentence, isolated, plain

TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text(st.characters(codec=None, exclude_categories=())), st.integers(2, 300))
def test_any_text_becomes_one_line_without_control_characters(text: str, most: int) -> None:
    line = plain(text, most)
    assert len(line) <= most
    assert line == line.strip()
    assert not [letter for letter in line if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")]
    assert TURNS.isdisjoint(line)
    line.encode()


@pytest.mark.parametrize(
    ("text", "most", "line"),
    [
        ("a\r\n  b\tc", 10, "a b c"),
        ("\u202eabc\u202c", 10, "abc"),
        ("a long line of words", 12, "a long line…"),
        ("Donaudampfschiff", 8, "Donauda…"),
        ("cafe\u0301s au lait", 5, "caf…"),
        ("ab 👩\u200d👩\u200d👧 c", 6, "ab…"),
        ("日本語のとても長い文章です", 6, "日本語のと…"),
    ],
)
def test_a_long_text_ends_at_a_space_or_a_whole_character(text: str, most: int, line: str) -> None:
    assert plain(text, most) == line


def test_a_text_that_fits_is_not_cut() -> None:
    assert cut("exact", 5) == "exact"


@pytest.mark.parametrize(
    ("text", "locale", "safe"),
    [
        ("Radiance", "de-DE", "Radiance"),
        ("Radiance", "ar-EG", "\u2068Radiance\u2069"),
        ("طقس هادئ", "ar-EG", "طقس هادئ"),
        ("طقس هادئ", "en-US", "\u2068طقس هادئ\u2069"),
        ("Radiance: طقس", "ar-EG", "\u2067Radiance: طقس\u2069"),
        ("Radiance: טקס", "de-DE", "\u2066Radiance: טקס\u2069"),
        ("٢٬٣٠٠", "ar-EG", "٢٬٣٠٠"),
        ("48 $", "he-IL", "48 $"),
    ],
)
def test_a_text_that_runs_against_its_locale_is_isolated(text: str, locale: str, safe: str) -> None:
    assert isolated(text, locale) == safe


@pytest.mark.parametrize(
    "text", ["Ja.", "Ja!", "はい。", "„Ja.“", "«Oui !»", "ج.م.", "क्या?", "क्या।", "\u2067نعم.\u2069"]
)
def test_sentence_ends_are_seen(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["", "45 €", "Jetzt", "5.0"])
def test_other_ends_are_no_sentence_ends(text: str) -> None:
    assert not ends_sentence(text)
