"""Words of the vocabulary that a misspelt one stands for: those that are one letter away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from foundry.adoption.understanding.keys import spelled
from foundry.adoption.understanding.vocabulary import vocabulary

SHORTEST, LONGEST = 5, 30
"""Letters of the words that are looked at: one letter of a shorter word says too much."""


def look_alikes(word: str) -> Iterator[str]:
    """Yield the phrases of the vocabulary that are one letter away from `word`: left out, added, changed or swapped.

    The cost grows with the length of the word, not with the vocabulary.
    """
    if not SHORTEST <= len(word) <= LONGEST or not word.isascii():
        return
    near = _by_shortened()
    found = {phrase for short in (word, *_shortened(word)) for phrase in near.get(short, ())}
    yield from sorted(phrase for phrase in found if _is_one_letter_away(word, phrase))


@lru_cache(maxsize=1)
def _by_shortened() -> Mapping[str, tuple[str, ...]]:
    """Return the phrases by themselves, and by themselves without each of their letters."""
    found: dict[str, list[str]] = defaultdict(list)
    for phrase in map(spelled, vocabulary().meanings):
        if SHORTEST <= len(phrase) <= LONGEST and phrase.isascii():
            for short in {phrase, *_shortened(phrase)}:
                found[short].append(phrase)
    return {short: tuple(phrases) for short, phrases in found.items()}


def _shortened(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _is_one_letter_away(word: str, other: str) -> bool:
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    at = next(
        (index for index, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other))
    )
    if len(word) != len(other):
        longer, shorter = (word, other) if len(word) > len(other) else (other, word)
        return longer[at + 1 :] == shorter[at:]
    swapped = word[at : at + 2] == other[at : at + 2][::-1] and word[at + 2 :] == other[at + 2 :]
    return word[at + 1 :] == other[at + 1 :] or swapped
