"""Lines of paragraphs: few, even, whole, and no wider than they may be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.typesetting.lettering.breaking import DIVIDED, DIVIDED_BY_HAND, DIVIDED_IN_COMPOUND, WITHIN_PHRASE
from imaging.typesetting.lettering.paragraphs import (
    BROKEN_PHRASE,
    DIVISIONS,
    SHORT_LINE,
    balance,
    flaw,
    leading,
    plain_text,
    wrap,
)
from imaging.typesetting.lettering.shaping import Style, TextLine

STYLE = Style("Inter", "regular", 20, False, "en-US")
WORDS = st.lists(st.sampled_from(["a", "to", "serum", "radiant", "extraordinary", "of", "mornings", "I"]), min_size=1)
LONG_WORDS = st.lists(st.sampled_from(["serum", "radiant", "extraordinary", "mornings"]), min_size=1)
"""Words after which a line may end as well as after any other; a short word would rather begin the next line."""


def a_line(width: int, price: float = 0.0, source: str = "") -> TextLine:
    return TextLine("", width, 10, 2, price=price, source=source)


@settings(max_examples=50, deadline=None)
@given(WORDS, st.integers(60, 500))
def test_balanced_lines_are_as_few_as_greedy_ones_and_say_the_same(words: list[str], width: int) -> None:
    text = " ".join(words)
    greedy, even = wrap(text, STYLE, width), balance(text, STYLE, width)
    assert len(even) == len(greedy)
    assert plain_text(even) == plain_text(greedy) == text
    assert max(line.width for line in even) <= max(width, *(line.width for line in greedy))


@settings(max_examples=30, deadline=None)
@given(LONG_WORDS, st.integers(150, 500))
def test_the_shortest_of_several_lines_is_no_shorter_than_the_shortest_greedy_one(words: list[str], width: int) -> None:
    text = " ".join(words)
    greedy, even = wrap(text, STYLE, width), balance(text, STYLE, width)
    if 1 < len(greedy) <= 4:
        assert min(line.width for line in even) >= min(line.width for line in greedy) - 2


def test_every_paragraph_begins_a_line_and_empty_ones_are_left_out() -> None:
    lines = balance("One\n\n  \nTwo words here", STYLE, 110)
    assert [line.text for line in lines] == ["One", "Two words", "here"]
    assert balance("", STYLE, 80) == []


def test_a_word_that_is_wider_than_the_line_stands_alone() -> None:
    lines = wrap("an extraordinary day", STYLE, 90)
    assert [line.text for line in lines] == ["an", "extraordinary", "day"]
    assert lines[1].width > 90


def test_hyphens_divide_a_word_only_where_it_is_too_wide() -> None:
    plain = [line.text for line in balance("an extraordinary day", STYLE, 90)]
    divided = balance("an extraordinary day", STYLE, 90, hyphens=True)
    assert plain == ["an", "extraordinary", "day"]
    assert max(line.width for line in divided) <= 90
    assert plain_text(divided) == "an extraordinary day"
    assert [line.text for line in balance("an extraordinary day", STYLE, 400, hyphens=True)] == ["an extraordinary day"]


def test_one_line_more_is_spent_only_where_there_is_one_to_spare() -> None:
    style = Style("Inter", "regular", 20, False, "ja-JP")
    text = "ビタミンCを15％配合した美容液で、朝の肌に静かなうるおいを。"
    assert len(balance(text, style, 210, most=3)) == len(balance(text, style, 210)) == 3
    assert len(balance(text, style, 210, most=4)) == 4


@pytest.mark.parametrize(
    ("lines", "worth"),
    [
        ([], 0.0),
        ([a_line(100)], 0.0),
        ([a_line(100), a_line(90)], 0.0),
        ([a_line(100), a_line(30)], SHORT_LINE),
        ([a_line(100, WITHIN_PHRASE), a_line(90)], BROKEN_PHRASE),
        ([a_line(100, DIVIDED_BY_HAND), a_line(90)], DIVISIONS[DIVIDED_BY_HAND]),
        ([a_line(100, DIVIDED_IN_COMPOUND), a_line(90)], DIVISIONS[DIVIDED_IN_COMPOUND]),
        ([a_line(100, DIVIDED), a_line(20)], DIVISIONS[DIVIDED]),
    ],
)
def test_the_worst_flaw_of_lines_decides_how_much_smaller_type_should_rather_be(
    lines: list[TextLine], worth: float
) -> None:
    assert flaw(lines) == worth


def test_the_text_of_lines_has_neither_their_ends_nor_soft_hyphens() -> None:
    assert plain_text([a_line(1, source="Auf\u00ad"), a_line(1, source="trag \n"), a_line(1, source="heute ")]) == (
        "Auftrag  heute"
    )


def test_leading_is_that_of_the_script_that_needs_most() -> None:
    assert leading("Radiant") == 1.16
    assert leading("Radiant ทุก 輝く") == leading("ทุก") == 1.45
    assert leading("") == 1.16
