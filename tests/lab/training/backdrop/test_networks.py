"""Codes hold a picture's colours, mirror with their signs, and the decoder grows by a level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lab.renders.scenes import render
from lab.training.backdrop.networks import (
    BLOCKS,
    CODE,
    LATENT_CHANNELS,
    SIDES,
    PatchCodes,
    add_level,
    decoder,
    half_size,
    initialise_words,
    text_encoder,
)
from lab.training.backdrop.tokenizer import MAX_TOKENS, write_tokenizer
from tests.lab.renders.test_scenes import recipe

KINDS = ("sweep", "room", "marble", "sunset", "leaves", "bokeh")


@pytest.fixture(scope="module")
def pictures() -> list[NDArray[np.uint8]]:
    return [render(recipe(kind)) for kind in KINDS]


@pytest.fixture(scope="module")
def codes(pictures: list[NDArray[np.uint8]]) -> PatchCodes:
    return PatchCodes.fit(pictures)


def test_codes_are_a_sixteenth_of_the_picture_each_way(codes: PatchCodes, pictures: list[NDArray[np.uint8]]) -> None:
    stored = codes.encode(pictures[0])
    assert stored.shape == (LATENT_CHANNELS, 64 // CODE, 96 // CODE)
    assert stored.dtype == np.float16


def test_the_leading_code_has_unit_deviation_and_the_others_less(
    codes: PatchCodes, pictures: list[NDArray[np.uint8]]
) -> None:
    spread = np.stack([codes.encode(picture) for picture in pictures]).astype(np.float32).std(axis=(0, 2, 3))
    assert spread[0] == pytest.approx(1, abs=0.4)
    assert spread[0] == spread.max()


def test_codes_of_a_mirrored_picture_are_the_mirrored_codes_with_signs(
    codes: PatchCodes, pictures: list[NDArray[np.uint8]]
) -> None:
    assert set(codes.signs.tolist()) == {-1.0, 1.0}
    plain, mirrored = codes.encode(pictures[4]), codes.encode(np.ascontiguousarray(pictures[4][:, ::-1]))
    again = plain[:, :, ::-1].astype(np.float32) * codes.signs[:, None, None]
    assert np.abs(again - mirrored).max() < 0.01


def test_codes_come_back_from_their_file(codes: PatchCodes, pictures: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    codes.save(tmp_path / "codes.npz")
    again = PatchCodes.load(tmp_path / "codes.npz")
    assert np.array_equal(again.encode(pictures[2]), codes.encode(pictures[2]))


def test_half_the_size_is_the_rounded_mean_of_four_and_drops_an_odd_edge() -> None:
    picture = np.zeros((3, 2, 3), np.uint8)
    picture[:2, :2, 0] = [[10, 11], [10, 11]]
    assert half_size(picture).tolist() == [[[11, 0, 0]]]


def test_a_decoder_enlarges_codes_to_half_and_then_to_the_whole_picture() -> None:
    latents = torch.zeros(1, LATENT_CHANNELS, 2, 3)
    torch.manual_seed(1)
    small = decoder(len(BLOCKS) - 1).eval()
    whole = add_level(small).eval()
    with torch.no_grad():
        assert small.decode(latents).sample.shape == (1, 3, 16, 24)
        assert whole.decode(latents).sample.shape == (1, 3, 32, 48)


def test_a_grown_decoder_begins_with_the_picture_of_the_smaller_one() -> None:
    torch.manual_seed(1)
    small = decoder(len(BLOCKS) - 1).eval()
    whole = add_level(small).eval()
    latents = torch.randn(1, LATENT_CHANNELS, 4, 4)
    with torch.no_grad():
        half, full = small.decode(latents).sample, whole.decode(latents).sample
    averaged = torch.nn.functional.avg_pool2d(full, 2)
    assert (averaged - half).abs().mean() < 0.25 * half.abs().mean() + 0.02


def test_near_levels_of_a_colour_begin_near_and_sides_far_apart(tmp_path: Path) -> None:
    from transformers import CLIPTokenizer

    write_tokenizer(tmp_path)
    tokenizer = CLIPTokenizer.from_pretrained(tmp_path)
    torch.manual_seed(1)
    text = text_encoder(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id, MAX_TOKENS)
    initialise_words(text, tokenizer)
    table = text.get_input_embeddings().weight.detach()

    def row(word: str) -> torch.Tensor:
        return table[tokenizer.convert_tokens_to_ids(f"{word}</w>")]

    assert (row("lj") - row("lk")).norm() < (row("lj") - row("lq")).norm()
    cosines = [torch.cosine_similarity(row(a), row(b), dim=0) for a, b in (SIDES[:2], SIDES[1:])]
    assert max(abs(float(cosine)) for cosine in cosines) < 0.1
    assert row("left").norm() > 10 * row("lj").norm()
