"""Embeddings are computed once per pair of prompts, kept for a while, and batched at one length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from models.diffusion.embeddings import PromptEmbeddings, encode, stack
from models.diffusion.guidance import guidance_of

WALL, SEA, OAK = ("a red wall", ""), ("the sea", "people"), ("oak", "")


def test_a_pair_is_encoded_once_and_the_oldest_is_dropped(pipeline_of: Callable[[str], Any]) -> None:
    pipeline, kept = pipeline_of("stable-diffusion"), PromptEmbeddings(kept=2)
    guidance = guidance_of(pipeline, 5.0)

    def of(*pairs: tuple[str, str]) -> Any:
        return kept.arguments(pipeline, pairs, guidance, ())

    wall = of(WALL)["prompt_embeds"]
    assert of(WALL)["prompt_embeds"] is wall
    of(SEA)
    assert of(WALL)["prompt_embeds"] is wall
    of(OAK)  # the sea was used longest ago
    assert of(WALL)["prompt_embeds"] is wall
    of(SEA)
    of(OAK)
    again = of(WALL)["prompt_embeds"]
    assert again is not wall
    assert torch.equal(again, wall)
    kept.forget()
    assert of(WALL)["prompt_embeds"] is not again


def test_other_adapters_have_other_embeddings(pipeline_of: Callable[[str], Any]) -> None:
    pipeline, kept = pipeline_of("stable-diffusion"), PromptEmbeddings()
    guidance = guidance_of(pipeline, 5.0)
    plain, worn = (kept.arguments(pipeline, [WALL], guidance, adapters) for adapters in ((), ("look",)))
    assert plain is not None
    assert worn is not None
    assert plain["prompt_embeds"] is not worn["prompt_embeds"]


def test_a_negative_prompt_is_encoded_only_for_a_second_pass(pipeline_of: Callable[[str], Any]) -> None:
    pipeline = pipeline_of("stable-diffusion")
    assert set(encode(pipeline, SEA, guidance_of(pipeline, 5.0))) == {"prompt_embeds", "negative_prompt_embeds"}
    once = encode(pipeline, WALL, guidance_of(pipeline, 1.0))
    assert once["negative_prompt_embeds"] is None
    other = pipeline_of("qwen-image")
    assert "negative_prompt_embeds" in encode(other, SEA, guidance_of(other, 4.0))
    assert "negative_prompt_embeds" not in encode(other, SEA, guidance_of(other, 1.0))


def test_a_family_that_cannot_be_handed_embeddings_gets_plain_prompts(pipeline_of: Callable[[str], Any]) -> None:
    pipeline = pipeline_of("kandinsky")
    assert PromptEmbeddings().arguments(pipeline, [WALL], guidance_of(pipeline, 5.0), ()) is None


def text(length: int, value: float = 1.0, mask: bool | None = True) -> dict[str, Any]:
    """One text's embeddings of this length; `mask` None leaves the mask's name out, False its value."""
    found: dict[str, Any] = {"prompt_embeds": torch.full((1, length, 2), value)}
    if mask is not None:
        found["prompt_embeds_mask"] = torch.ones(1, length, dtype=torch.long) if mask else None
    return found


@pytest.mark.parametrize("mask", [True, False])
def test_texts_of_other_lengths_are_padded_and_masked(mask: bool) -> None:
    batch = stack([text(2, mask=mask), text(4, 3.0, mask=mask)])
    assert batch is not None
    assert batch["prompt_embeds"][:, :, 0].tolist() == [[1, 1, 0, 0], [3, 3, 3, 3]]
    assert batch["prompt_embeds_mask"].tolist() == [[1, 1, 0, 0], [1, 1, 1, 1]]


def test_texts_of_other_lengths_without_any_mask_make_no_batch() -> None:
    assert stack([text(2, mask=None), text(4, mask=None)]) is None
    assert stack([text(2, mask=None), text(2, mask=None)]) is not None


def test_texts_of_one_length_stay_without_a_mask() -> None:
    batch = stack([text(3, mask=False), text(3, mask=False)])
    assert batch is not None
    assert set(batch) == {"prompt_embeds"}
    assert set(stack([text(3, mask=False)]) or {}) == {"prompt_embeds"}
