"""The tokenizer knows every word of the captions whole."""

from __future__ import annotations

import pytest
from transformers import CLIPTokenizer

from lab.renders.recipes import caption_of, draw_recipes
from lab.renders.scenes import SCENES
from lab.training.backdrop.tokenizer import MAX_TOKENS, caption_words, write_tokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> CLIPTokenizer:
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(folder)
    return CLIPTokenizer.from_pretrained(folder)


def test_every_word_is_one_token_between_start_and_end(tokenizer: CLIPTokenizer) -> None:
    assert [word for word in caption_words() if len(tokenizer(word).input_ids) != 3] == []
    assert set(SCENES) <= set(caption_words())


def test_no_caption_is_cut(tokenizer: CLIPTokenizer) -> None:
    lengths = {len(tokenizer(caption_of(one)).input_ids) for one in draw_recipes(40, [(128, 128)], 1)}
    assert max(lengths) < MAX_TOKENS


def test_different_captions_have_different_tokens(tokenizer: CLIPTokenizer) -> None:
    captions = {caption_of(one) for one in draw_recipes(60, [(128, 128)], 2)}
    assert len({tuple(tokenizer(caption).input_ids) for caption in captions}) == len(captions)
