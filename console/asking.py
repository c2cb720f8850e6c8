"""Questions of an adoption, asked at the keyboard one after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable

from console.printing import say
from foundry.adoption.said import Question

Read = Callable[[], str]
"""Returns the next line that is typed, with its end; "" once nothing more will come."""


def somebody_answers() -> bool:
    """Return True if questions can be asked: a person reads stderr and types on stdin."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: Question, read: Read = sys.stdin.readline) -> str | None:
    """Ask one question until there is an answer, and return it; None once nothing more is typed.

    A choice may be typed by its number or its value. Enter alone gives the default; a question that needs no answer
    and has no default is passed over with "".
    """
    say(f"\n{question.text}", err=True)
    for number, choice in enumerate(question.choices, start=1):
        say(f"  {number}  {choice.value}" + (f": {choice.label}" if choice.label != choice.value else ""), err=True)
    while True:
        say(_prompt(question), err=True)
        line = read()
        if not line:
            return None
        answer = _answer_in(line.strip(), question)
        if answer is not None:
            return answer


def _prompt(question: Question) -> str:
    wanted = f"1 to {len(question.choices)}" if question.choices else "your answer"
    if question.default:
        return f"({wanted}; Enter: {question.default})"
    return f"({wanted})" if question.needed else f"({wanted}; Enter: leave it open)"


def _answer_in(typed: str, question: Question) -> str | None:
    """Return the answer that was typed; None for one that the question does not offer."""
    if not typed:
        return question.default or (None if question.needed else "")
    if not question.choices:
        return typed
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(question.choices):
        return question.choices[int(typed) - 1].value
    return next((each.value for each in question.choices if each.value.casefold() == typed.casefold()), None)
