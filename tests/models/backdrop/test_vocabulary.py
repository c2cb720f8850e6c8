"""Each word has one meaning, and every scene words and colours."""

from __future__ import annotations

import re

import pytest

from lab.renders.scenes import SCENES
from models.backdrop.prompt_compiler import compile_prompt
from models.backdrop.vocabulary import (
    DEEPER,
    DEFAULT_COLOURS,
    LIGHT_WORDS,
    PALER,
    ROLE_WORDS,
    SMALL_WORDS,
    STRONG,
    WEAK,
    WEIGHTS,
)


def test_every_scene_has_words_and_colours_of_its_own() -> None:
    assert set(STRONG.values()) == set(SCENES) == set(DEFAULT_COLOURS)
    assert set(WEAK.values()) <= set(SCENES)
    assert set(WEIGHTS) <= set(SCENES)
    assert not set(STRONG) & set(WEAK)


@pytest.mark.parametrize("kind", SCENES)
def test_a_scenes_own_name_means_it(kind: str) -> None:
    assert compile_prompt(kind).scene_kind == kind


@pytest.mark.parametrize("word", sorted(STRONG))
def test_a_strong_word_alone_decides_the_scene(word: str) -> None:
    assert compile_prompt(word).scene_kind == STRONG[word]


def test_sides_and_roles_are_those_of_the_captions() -> None:
    assert set(LIGHT_WORDS.values()) == {"left", "right", "top"}
    assert set(ROLE_WORDS.values()) == {"wall", "floor", "accent"}


def test_words_are_plain_lower_case_and_shades_do_not_contradict() -> None:
    words = {*STRONG, *WEAK, *LIGHT_WORDS, *ROLE_WORDS, *SMALL_WORDS, *PALER, *DEEPER}
    assert all(re.fullmatch("[a-z]+", word) for word in words)
    assert not PALER & DEEPER


def test_default_colours_are_three_for_each_scene() -> None:
    for colours in DEFAULT_COLOURS.values():
        assert len(colours) == 3
        assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in colours)
