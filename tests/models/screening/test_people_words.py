"""Negative prompts that forbid people are recognised in many languages."""

from __future__ import annotations

import unicodedata

import pytest

from models.screening.people_words import BY_LANGUAGE, word_forbidding_people


@pytest.mark.parametrize(
    ("avoided", "word"),
    [
        ("clutter, People", "people"),
        ("keine Personen", "personen"),
        ("sans visages", "visages"),
        ("без людей", "людей"),
        ("लोग", "लोग"),
        ("ไม่มีคน", "คน"),
        ("人物", "人"),
        ("وجوه", "وجوه"),
        ("any kind of clutter, a barn, text", ""),
        ("", ""),
    ],
)
def test_people_are_forbidden_in_many_languages(avoided: str, word: str) -> None:
    assert word_forbidding_people(avoided) == word


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_every_word_of_a_language_is_found_alone_composed_or_decomposed(language: str) -> None:
    for word in BY_LANGUAGE[language].split():
        assert word_forbidding_people(f"x, {word}!") == word
        assert word_forbidding_people(unicodedata.normalize("NFD", word)) == word


def test_words_within_other_words_forbid_nothing() -> None:
    assert word_forbidding_people("manmade, womanly, facet, kidney") == ""


def test_the_first_word_is_named() -> None:
    assert word_forbidding_people("no face, no people") == "face"
