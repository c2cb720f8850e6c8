"""The end of a prompt that a card does not read, by its own figures or by its tokenizers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from foundry.card.card import ModelCard, Source
from models.prompt_length import PromptReach, reach_of
from models.registry import card

BACKDROP = card("backdrop", "text-to-image")
WORDS = " ".join(f"word{number}" for number in range(60))


def with_folder(folder: Path) -> ModelCard:
    source = Source(kind="directory", folder=str(folder))
    return BACKDROP.model_copy(update={"prompt_language": "plain", "source": source, "path": folder / "card.yaml"})


def a_tokenizer(folder: Path, length: object) -> None:
    folder.mkdir(parents=True)
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": length}))


def test_the_embedded_models_captions_are_never_too_long() -> None:
    assert reach_of(BACKDROP) == PromptReach()
    assert PromptReach().unread_end(WORDS) == ""


def test_a_fast_tokenizer_counts_its_tokens_and_finds_the_place() -> None:
    reach = reach_of(BACKDROP.model_copy(update={"prompt_language": "plain"}))
    assert reach.tokens == 24
    assert reach.tokenizer is not None
    text = "light left " * 11
    assert reach.unread_end(text.strip()) == ""
    assert reach.unread_end(text + "silk wall") == "silk wall"


def test_the_longest_of_several_tokenizers_decides_and_no_limit_is_none(tmp_path: Path) -> None:
    a_tokenizer(tmp_path / "tokenizer", 12)
    a_tokenizer(tmp_path / "tokenizer_2", 22)
    a_tokenizer(tmp_path / "tokenizer_3", 10**30)
    reach = reach_of(with_folder(tmp_path))
    assert reach == PromptReach(tokens=22)
    assert reach.unread_end(WORDS).startswith("word20 word21")


@pytest.mark.parametrize("length", [None, "77", 10**30, -1, 1.5])
def test_a_tokenizer_that_does_not_say_sets_no_limit(tmp_path: Path, length: object) -> None:
    a_tokenizer(tmp_path / "tokenizer", length)
    assert reach_of(with_folder(tmp_path)) == PromptReach()


def test_the_card_has_the_last_word_and_may_count_characters(tmp_path: Path) -> None:
    a_tokenizer(tmp_path / "tokenizer", 1_000)
    said = with_folder(tmp_path).model_copy(update={"prompt_tokens": 12, "prompt_characters": 20})
    reach = reach_of(said)
    assert (reach.tokens, reach.characters) == (12, 20)
    assert reach.unread_end("x" * 20) == ""
    assert reach.unread_end(WORDS) == WORDS[20:]
