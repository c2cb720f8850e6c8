"""The senses of a key: the meanings that its words name, each with a score and the clause that speaks for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.understanding.keys import Phrase, is_uncased, phrase_of, spelled, without_numbers
from foundry.adoption.understanding.misspelt import look_alikes
from foundry.adoption.understanding.vocabulary import spellings, vocabulary

EXACT, INSIDE, LOOSE = 0.95, 0.97, 0.92
OUTSIDE = 0.8
"""Score of a word that means something else inside the section where it stands."""
COMPOUND, PART, REST = 0.75, 0.66, 0.5
_LABELS = {Meaning.AVOID: "what to avoid", Meaning.LEGAL: "the legal line", Meaning.NOTE: "a note"}
_BRACKETS = re.compile(r"([^()]{1,120})\(([^()]{2,60})\)\s*[:?*]?\s*")
_HEAD_COMES_FIRST = ("fr", "es", "pt")
MISSPELT, GUESSED = 0.75, 0.58
"""Scores of a word with a wrong letter: the second is asked about."""
_OF_A_SHAPE = frozenset({
    Meaning.LOCALE, Meaning.PRICE, Meaning.EMBARGO, Meaning.EXPIRY, Meaning.BRAND_COLOUR, Meaning.PRODUCT_PICTURE,
    Meaning.BRAND_LOGO, Meaning.PLACEMENT, Meaning.CURRENCY,
})  # fmt: skip
"""Meanings whose values have a shape of their own, so that the value vouches for the word."""
_SHOWN = frozenset({Meaning.SCENE, Meaning.SCENE_NAME, Meaning.STYLE, Meaning.PRODUCT_PICTURE})
_WITHOUT = frozenset({
    "avoid", "exclude", "excluded", "not", "never", "without", "dont", "forbidden", "prohibited", "banned", "vermeiden",
    "nicht", "keine", "ohne", "verboten", "éviter", "interdit", "interdits", "sans", "evitar", "excluir", "prohibido",
    "prohibidas", "proibido", "proibidas", "sin", "sem",
})  # fmt: skip
"""Words of a key that turn pictures to show into pictures to do without."""
_MOST_WORDS = 16
"""Words of the longest key that is looked up; a longer one is a sentence."""
_PREPOSITIONS = frozenset({"for", "of", "in", "on", "by", "per", "für", "von", "pro", "pour", "par", "para", "por"})


@dataclass(frozen=True)
class Sense:
    """One meaning of a key. language: of the word that names it; empty for a word of a section."""

    meaning: Meaning
    score: float
    reason: str
    language: str = ""


@lru_cache(maxsize=8192)
def senses_of(key: str, section: Section | None) -> tuple[Sense, ...]:
    """Return the senses of a key in a section, the best of each meaning, the best first."""
    return senses_of_phrase(phrase_of(key), key, section)


@lru_cache(maxsize=8192)
def sure_sense_of(key: str, section: Section | None) -> Sense | None:
    """Return the best sense of a key that is a phrase of the vocabulary but for numbers and words that add nothing."""
    phrase = phrase_of(key)
    for read in (_whole, _numbered, _reduced) if len(phrase) <= _MOST_WORDS else ():
        if found := _best(read(phrase, key, section)):
            return found[0]
    return None


def senses_of_phrase(phrase: Phrase, key: str, section: Section | None) -> tuple[Sense, ...]:
    """Return the senses of a phrase; sentences call it by its key as it stands."""
    if len(phrase) > _MOST_WORDS:
        return ()
    for read in (_whole, _numbered, _bracketed, _reduced, _turned, _compound, _negated, _contained, _misspelt):
        if found := _best(read(phrase, key, section)):
            unwanted = found[0].meaning in _SHOWN and _is_unwanted(phrase)
            return _without(key, found[0].score) if unwanted else found
    return ()


def _is_unwanted(phrase: Phrase) -> bool:
    """Return True for a key that negates what it names, such as `no_go_imagery` or `do_not_use`."""
    return phrase[:1] == ("no",) or not _WITHOUT.isdisjoint(phrase)


def _negated(phrase: Phrase, key: str, section: Section | None) -> Iterator[Sense]:
    """Yield what a key of the scenes says to avoid, whatever its other words are: `do_not_use`."""
    if section is Section.SCENES and _is_unwanted(phrase):
        yield from _without(key, INSIDE - 0.1)


def _without(key: str, score: float) -> tuple[Sense, ...]:
    return (Sense(Meaning.AVOID, score, f"the key '{key}' names what to do without"),)


def is_known(key: str, section: Section | None = None) -> bool:
    """Return True if the vocabulary has a key as it stands, without a part left over."""
    phrase = phrase_of(key)
    named = any(spelling in vocabulary().sections for spelling in (phrase, *spellings(phrase)))
    return named or bool(_best(_whole(phrase, key, section)))


def is_passing(key: str) -> bool:
    """Return True if all words of a key add nothing to a phrase."""
    phrase = phrase_of(key)
    return bool(phrase) and all(word in vocabulary().passing for word in phrase)


@lru_cache(maxsize=8192)
def sections_of(key: str) -> tuple[Section, ...]:
    """Return the sections that a key names, with or without words that add nothing."""
    known = vocabulary().sections
    phrase = phrase_of(key)
    if phrase in vocabulary().meanings and phrase not in known:
        return ()
    for words in _spans(without_numbers(phrase), passing_only=True):
        for spelling in (words, *spellings(words)):
            if spelling in known:
                return known[spelling]
    return ()


@lru_cache(maxsize=8192)
def several_of(key: str) -> Section | None:
    """Return the section of which a key holds several, as a list or as a map by their names."""
    known = vocabulary().several
    for words in _spans(phrase_of(key), passing_only=True):
        for spelling in (words, *spellings(words)):
            if spelling in known:
                return known[spelling]
    return None


def _label(meaning: Meaning) -> str:
    return _LABELS.get(meaning, f"the {meaning}")


def _best(found: Iterator[Sense]) -> tuple[Sense, ...]:
    best: dict[Meaning, Sense] = {}
    for sense in found:
        if sense.meaning not in best or best[sense.meaning].score < sense.score:
            best[sense.meaning] = sense
    return tuple(sorted(best.values(), key=lambda sense: -sense.score))


def _whole(phrase: Phrase, key: str, section: Section | None) -> Iterator[Sense]:
    words = vocabulary()
    inside = False
    for spelling, loss in _with_spellings(phrase):
        for meaning in words.inside.get(section, {}).get(spelling, ()) if section else ():
            inside = True
            yield Sense(meaning, INSIDE - loss, f"inside the {section}, the key '{key}' is {_label(meaning)}")
    for spelling, loss in _with_spellings(phrase):
        score = (OUTSIDE if inside else EXACT) - loss
        for meaning, language in words.meanings.get(spelling, ()):
            yield Sense(meaning, score, f"the key '{key}' is a word for {_label(meaning)}", language)


def _with_spellings(phrase: Phrase) -> Iterator[tuple[Phrase, float]]:
    yield phrase, 0.0
    if phrase and (singular := _singular(phrase)) != phrase:
        yield singular, 0.05
    for spelling in spellings(phrase):
        yield spelling, EXACT - LOOSE


def _singular(phrase: Phrase) -> Phrase:
    last = phrase[-1]
    known = vocabulary().meanings
    if phrase in known or len(last) < 4 or is_uncased(last):
        return phrase
    return (*phrase[:-1], last[:-1] if last.endswith("s") else f"{last}s")


def _numbered(phrase: Phrase, key: str, section: Section | None) -> Iterator[Sense]:
    bare = without_numbers(phrase)
    if bare != phrase:
        for sense in _whole(bare, key, section):
            yield Sense(sense.meaning, sense.score - 0.02, sense.reason, sense.language)


def _bracketed(_phrase: Phrase, key: str, section: Section | None) -> Iterator[Sense]:
    """Yield the senses of "Who do we talk to? (audience)": of the words inside the brackets, or of those before."""
    found = _BRACKETS.fullmatch(unicodedata.normalize("NFKC", key))
    for part in (found[2], found[1]) if found else ():
        for sense in _whole(phrase_of(part), part, section):
            yield Sense(sense.meaning, sense.score - 0.03, sense.reason, sense.language)


def _reduced(phrase: Phrase, key: str, section: Section | None) -> Iterator[Sense]:
    """Yield the senses of the longest parts of a phrase around which stand only words that add nothing."""
    bare = without_numbers(phrase)
    length = 0
    for words in _spans(bare, passing_only=True):
        if words == bare or len(words) < length or all(word in vocabulary().passing for word in words):
            continue
        for sense in _whole(words, spelled(words), section):
            length = len(words)
            score = sense.score - 0.04 - 0.02 * (len(bare) - len(words))
            yield Sense(sense.meaning, score, f"the key '{key}' has the word '{spelled(words)}'", sense.language)


def _turned(phrase: Phrase, key: str, section: Section | None) -> Iterator[Sense]:
    """Yield the senses of "name of the campaign", which is a campaign name."""
    at = next((index for index, word in enumerate(phrase) if word in _PREPOSITIONS and index), 0)
    if not at:
        return
    head = phrase[:at]
    rest = tuple(word for word in phrase[at + 1 :] if word not in ("the", "der", "die", "das", "la", "le", "el"))
    for words, loss in (((*rest, *head), 0.04), (head, 0.15)):
        for sense in _whole(words, key, section):
            yield Sense(sense.meaning, sense.score - loss, f"the key '{key}' names the {sense.meaning}", sense.language)


def _compound(phrase: Phrase, key: str, _section: Section | None) -> Iterator[Sense]:
    """Yield the senses of the word that ends a compound (Kampagnenbudget), or stands in a text without blanks."""
    words, last = vocabulary(), phrase[-1] if phrase else ""
    if any(is_uncased(word) for word in phrase):
        whole = "".join(phrase)
        inside = [part for part in words.parts if part in whole]
        part = next((part for part in inside if whole.endswith(part)), next(iter(inside), ""))
        if part:
            score = PART + 0.25 * len(part) / len(whole) + (0.03 if whole.endswith(part) else 0)
            yield from _of_part(part, key, min(score, LOOSE))
        return
    for ending in words.endings:
        if len(last) > len(ending) + 2 and last.endswith(ending):
            yield from _of_part(ending, key, COMPOUND, languages=("de",))
            return


def _of_part(part: str, key: str, score: float, languages: tuple[str, ...] = ()) -> Iterator[Sense]:
    for meaning, language in vocabulary().meanings[(part,)]:
        if not languages or language in languages:
            yield Sense(meaning, score, f"the key '{key}' contains '{part}'", language)


def _contained(phrase: Phrase, key: str, section: Section | None) -> Iterator[Sense]:
    """Yield the senses of the parts of a phrase; that at its head counts for more."""
    bare = without_numbers(phrase)
    for words in _spans(bare, passing_only=False):
        if all(word in vocabulary().passing for word in words):
            continue
        for sense in _whole(words, spelled(words), section):
            first = sense.language in _HEAD_COMES_FIRST
            at_head = bare[: len(words)] == words if first else bare[-len(words) :] == words
            score = (PART if at_head else REST) + 0.15 * (len(words) / len(bare) - 0.5)
            yield Sense(sense.meaning, score, f"the key '{key}' contains '{spelled(words)}'", sense.language)


def _misspelt(phrase: Phrase, key: str, _section: Section | None) -> Iterator[Sense]:
    """Yield the senses of words that a phrase is but for one letter: `locals`, `prodcuts`."""
    for word in look_alikes(spelled(phrase)):
        for meaning, language in vocabulary().meanings[tuple(word.split())]:
            score = MISSPELT if meaning in _OF_A_SHAPE else GUESSED
            yield Sense(meaning, score, f"the key '{key}' looks like '{word}'", language)


def _spans(phrase: Phrase, *, passing_only: bool) -> Iterator[Phrase]:
    """Yield the parts of a phrase, longest first; with `passing_only`, those around which words add nothing."""
    passing = vocabulary().passing
    most = min(len(phrase), vocabulary().longest)
    for length in range(most, 0, -1):
        for begin in range(len(phrase) - length + 1):
            around = (*phrase[:begin], *phrase[begin + length :])
            if not passing_only or all(word in passing for word in around):
                yield phrase[begin : begin + length]
