"""The set that a scene's words choose, and what they fill it with. The vocabulary is that of the embedded model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from foundry.sets.set_file import SetFile
from models.backdrop.prompt_compiler import CompiledPrompt, KnownScene, compile_prompt

USUAL = "sweep"
"""The scene of words that name none."""
OWN_WORD = 3
"""Votes of a set's own word: those of a strong word of the vocabulary."""


@dataclass(frozen=True)
class SetChoice:
    """A set with the reading of a scene's words; `named` if the brief names the set itself."""

    set: SetFile
    read: CompiledPrompt
    named: bool = False

    @property
    def is_the_scene(self) -> bool:
        """False if the words that were understood are too few to be what the words say."""
        return self.named or self.read.is_the_scene


def choose_set(
    prompt: str, palette: Sequence[str], sets: Mapping[str, SetFile], named: SetFile | None = None
) -> SetChoice:
    """Return the set for free words and a palette of "#RRGGBB" colours; `named` is the one that the brief names.

    A set's votes are those of the kind of scene that it is the set for, and of its own words. Among sets with as many
    votes, the vocabulary's own kind comes first, and then the order of the ids. `sets` must not be empty.
    """
    plain = compile_prompt(prompt, palette)
    found = named or _most_voted(prompt, plain, sets)
    own = own_words(prompt, found)
    kind = found.scene or (plain.scene_kind if plain.votes else USUAL)
    colours = _colours(found)
    return SetChoice(found, compile_prompt(prompt, palette, decided=KnownScene(kind, colours, own)), named is not None)


def own_words(prompt: str, file: SetFile) -> frozenset[str]:
    """Return the words of a prompt that a set knows by itself. A word of the set with a hyphen is several in a row."""
    return _words_among(_split(prompt.lower()), file)


def _words_among(words: tuple[str, ...], file: SetFile) -> frozenset[str]:
    """Return those of a prompt's words that a set knows by itself."""
    found: set[str] = set()
    for said in file.words:
        parts = _split(said)
        if parts[0] in words and any(words[at : at + len(parts)] == parts for at in range(len(words))):
            found |= set(parts)
    return frozenset(found)


@lru_cache(maxsize=4_096)
def _split(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", text))


def _most_voted(prompt: str, plain: CompiledPrompt, sets: Mapping[str, SetFile]) -> SetFile:
    words = _split(prompt.lower())

    def rank(file: SetFile) -> tuple[int, bool, bool]:
        kind = file.scene == plain.scene_kind
        votes = plain.votes_by_kind.get(file.scene or "", 0) if kind else 0
        return (votes + OWN_WORD * len(_words_among(words, file)), kind, file.scene == USUAL)

    return max((sets[name] for name in sorted(sets)), key=rank)


def _colours(file: SetFile) -> tuple[str, str, str] | None:
    if file.colours is None or not all(colour.startswith("#") for colour in file.colours):
        return None
    wall, floor, accent = file.colours
    return wall.upper(), floor.upper(), accent.upper()
