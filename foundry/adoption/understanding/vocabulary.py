"""The words of words.yaml, by phrase: the meanings and sections that they name, in any spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.understanding.keys import Phrase, folded, is_uncased, phrase_of, spelled, umlauts_spelled
from foundry.documents import read_yaml

Name = TypeVar("Name")
WORDS = Path(__file__).parent.parent / "words.yaml"
_SMALL = frozenset({
    "de", "du", "des", "la", "le", "les", "l", "d", "del", "da", "do", "dos", "of", "the", "der", "die", "das", "a",
    "to",
})  # fmt: skip
"""Words that people leave out of a phrase: `fecha inicio` is the fecha de inicio."""
_SHORTEST_ENDING = 4
"""Letters of the shortest word that is looked for at the end of a compound such as Kampagnenbudget."""


@dataclass(frozen=True)
class Vocabulary:
    """Phrases with what they name.

    meanings: by phrase, each with the language of the word. inside: phrases that only a section gives a sense.
    several: phrases of keys that hold several campaigns, products or scenes. passing: words that add nothing to a
    phrase. parts: words without case, longest first, that are looked for inside longer ones. endings: words that end
    compounds, longest first. loose: phrases without their marks, each with the phrases that they may stand for.
    """

    meanings: Mapping[Phrase, tuple[tuple[Meaning, str], ...]]
    inside: Mapping[Section, Mapping[Phrase, tuple[Meaning, ...]]]
    sections: Mapping[Phrase, tuple[Section, ...]]
    several: Mapping[Phrase, Section]
    passing: frozenset[str]
    parts: tuple[str, ...]
    endings: tuple[str, ...]
    loose: Mapping[Phrase, tuple[Phrase, ...]]
    longest: int


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the vocabulary that the project comes with."""
    content = read_yaml(WORDS)
    meanings = _by_phrase(_named_words(content["meanings"]))
    inside = {
        Section(section): {
            phrase: tuple(Meaning(name) for name in names) for phrase, names in _by_phrase(_plain_words(words)).items()
        }
        for section, words in content["inside"].items()
    }
    sections = {
        phrase: tuple(Section(name) for name in names)
        for phrase, names in _by_phrase(_plain_words(content["sections"])).items()
    }
    several = {phrase_of(word): Section(name) for name, words in content["several"].items() for word in words}
    words = [spelled(phrase) for phrase in meanings if len(phrase) == 1]
    return Vocabulary(
        {phrase: tuple((Meaning(name), language) for name, language in found) for phrase, found in meanings.items()},
        inside,
        sections,
        several,
        frozenset(str(word).casefold() for word in content["passing"]),
        tuple(sorted((word for word in words if is_uncased(word)), key=len, reverse=True)),
        tuple(sorted((w for w in words if not is_uncased(w) and len(w) >= _SHORTEST_ENDING), key=len, reverse=True)),
        _loose([*meanings, *sections, *several, *(phrase for words in inside.values() for phrase in words)]),
        max(map(len, meanings)),
    )


def spellings(phrase: Phrase) -> tuple[Phrase, ...]:
    """Return the phrases of the vocabulary that a phrase stands for but for its accents, without the phrase itself."""
    return tuple(found for found in vocabulary().loose.get(folded(phrase), ()) if found != phrase)


def _named_words(content: Mapping[str, Mapping[str, Iterable[Any]]]) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, languages in content.items():
        for language, words in languages.items():
            for word in words:
                yield str(word), (name, language)


def _plain_words(content: Mapping[str, Iterable[Any]]) -> Iterator[tuple[str, str]]:
    for name, words in content.items():
        for word in words:
            yield str(word), name


def _by_phrase(words: Iterable[tuple[str, Name]]) -> dict[Phrase, tuple[Name, ...]]:
    found: dict[Phrase, dict[Name, None]] = {}
    for word, name in words:
        found.setdefault(phrase_of(word), {})[name] = None
    return {phrase: tuple(names) for phrase, names in found.items() if phrase}


def _loose(phrases: Iterable[Phrase]) -> dict[Phrase, tuple[Phrase, ...]]:
    found: dict[Phrase, dict[Phrase, None]] = {}
    for phrase in phrases:
        short = tuple(word for word in folded(phrase) if word not in _SMALL)
        for spelling in {folded(phrase), umlauts_spelled(phrase), *((short,) if len(short) > 1 else ())}:
            found.setdefault(spelling, {})[phrase] = None
    return {spelling: tuple(meant) for spelling, meant in found.items()}
