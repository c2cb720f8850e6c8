"""Questions about leaves whose meaning is in doubt, and the leaves that may be a headline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from foundry.adoption.claims import Doubt, Listed
from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import COPY, Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.notebook import Notebook
from foundry.adoption.shapes import address_in, file_name_in

_LONGEST_HEADLINE, _WORDS_OF_A_NAME = 120, 4
_SHOWN = 60


def ask_doubts(doubts: Iterable[Doubt], notebook: Notebook) -> None:
    """Ask once for each key what its values mean. The answer holds for the whole file."""
    for doubt in doubts:
        phrase = doubt.key or key_phrase(doubt.leaf)
        choices = [Choice(reading.meaning.value, reading.reason) for reading in doubt.readings]
        if all(choice.value != Meaning.NOTE.value for choice in choices):
            choices.append(Choice(Meaning.NOTE.value, "keep it in the metadata"))
        text = f"What is {phrase!r}, which says {doubt.leaf.text[:_SHOWN]!r}?"
        notebook.ask(f"meaning {phrase}", text, choices, [doubt.leaf], default=choices[0].value, shared=True)


def key_phrase(leaf: Leaf) -> str:
    """Return the innermost key of a leaf as small words."""
    return next((str(key) for key in reversed(leaf.path) if isinstance(key, str) and key), "value").casefold()


def possible_headlines(doubts: Iterable[Doubt], listed: Iterable[Listed]) -> list[Leaf]:
    """Return the leaves that may be a headline: those in doubt about copy, then short texts of several words."""
    return list(dict.fromkeys(_possible(doubts, listed)))


def possible_brands(listed: Iterable[Listed]) -> list[Leaf]:
    """Return the leaves that no rule understood and that may be a name: a few words that begin with a capital."""
    return [
        each.leaf
        for each in listed
        if each.leaf.kind == "text"
        and 0 < len(each.leaf.text.split()) <= _WORDS_OF_A_NAME
        and each.leaf.text[0].isupper()
        and not _is_address(each.leaf.text)
    ]


def _possible(doubts: Iterable[Doubt], listed: Iterable[Listed]) -> Iterator[Leaf]:
    for doubt in doubts:
        if any(reading.meaning in COPY for reading in doubt.readings):
            yield doubt.leaf
    for each in listed:
        text = each.leaf.text
        several = " " in text.strip() or not text.isascii()
        if each.leaf.kind == "text" and several and len(text) <= _LONGEST_HEADLINE and not _is_address(text):
            yield each.leaf


def _is_address(text: str) -> bool:
    return bool(address_in(text) or file_name_in(text))
