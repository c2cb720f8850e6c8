"""What a pipeline takes is read from its signatures."""

from __future__ import annotations

from diffusers import FluxPipeline, KandinskyV22CombinedPipeline, StableDiffusionPipeline

from models.diffusion.embeddings import names_of
from models.diffusion.signatures import call_parameters, default_of, encoder_parameters


def test_a_calls_arguments_are_known_without_self() -> None:
    takes = call_parameters(StableDiffusionPipeline)
    assert "negative_prompt" in takes
    assert "self" not in takes
    assert default_of(takes, "guidance_scale") == 7.5


def test_an_argument_without_a_default_has_none() -> None:
    takes = encoder_parameters(StableDiffusionPipeline)
    assert default_of(takes, "prompt") is None
    assert default_of(takes, "lora_scale") is None


def test_a_family_without_a_prompt_encoder_takes_no_embeddings() -> None:
    assert encoder_parameters(KandinskyV22CombinedPipeline) == {}
    assert names_of(KandinskyV22CombinedPipeline) == ()


def test_the_names_of_embeddings_are_those_that_encoder_and_call_share() -> None:
    assert names_of(StableDiffusionPipeline) == ("prompt_embeds", "negative_prompt_embeds")
    assert names_of(FluxPipeline) == ("prompt_embeds", "pooled_prompt_embeds")
