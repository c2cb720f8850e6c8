"""Questions at the keyboard: choices, defaults, and another try for an answer that is not offered."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from console.asking import ask
from foundry.adoption.said import Choice, Question

DATES = Question(
    "date order",
    "Is 5/6/2027 the fifth of June or the sixth of May?",
    (Choice("day first", "5 June"), Choice("month first", "6 May")),
    default="day first",
)
HEADLINE = Question("headline", "Which line is the headline?")
OPTIONAL = Question("legal", "Is there a legal line?", needed=False)


def answered(question: Question, *typed: str) -> str | None:
    lines = iter([f"{line}\n" for line in typed])
    return ask(question, lambda: next(lines, ""))


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("2", "month first"), ("Month First", "month first"), ("", "day first"), (" 1 ", "day first")],
)
def test_a_choice_is_typed_by_number_or_value_or_enter_takes_the_default(typed: str, answer: str) -> None:
    assert answered(DATES, typed) == answer


def test_what_is_not_offered_is_asked_again() -> None:
    assert answered(DATES, "3", "0", "June", "²", "1") == "day first"
    assert answered(HEADLINE, "", "  ", "Freshly poured.") == "Freshly poured."


def test_a_question_that_needs_no_answer_is_passed_over_with_enter() -> None:
    assert answered(OPTIONAL, "") == ""


@pytest.mark.parametrize("typed", [[], ["9"]])
def test_the_end_of_the_input_is_no_answer(typed: Iterable[str]) -> None:
    assert answered(DATES, *typed) is None


def test_a_question_shows_its_choices_and_nothing_in_it_acts_on_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answered(Question("x", "Is \x1b[2Jthis it?", (Choice("yes", "it is"), Choice("no", "no"))), "1")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == ["", "Is \\u001b[2Jthis it?", "  1  yes: it is", "  2  no", "(1 to 2)"]
