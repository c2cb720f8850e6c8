"""A call gets only arguments that its family takes, and an inpainted picture keeps what its mask keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from foundry.card.adapter_use import AdapterUse
from models.diffusion.calling import guide_arguments, keep_masked, prompt_arguments, size_arguments
from models.diffusion.fitting import canvas_for
from models.diffusion.guidance import Guidance
from models.diffusion.signatures import call_parameters
from models.drawing import Guide
from tests.support.drawing import a_mask, a_picture, a_request


def test_size_steps_and_one_generator_per_seed_are_given(pipeline_of: Callable[[str], Any]) -> None:
    pipeline = pipeline_of("stable-diffusion")
    requests = [a_request(seed=seed, width_px=60, height_px=52) for seed in (3, 4)]
    given = size_arguments(pipeline, requests, canvas_for(pipeline, 60, 52))
    assert (given["width"], given["height"], given["num_inference_steps"], given["output_type"]) == (64, 56, 3, "np")
    wanted = [torch.Generator("cpu").manual_seed(seed).get_state() for seed in (3, 4)]
    assert all(torch.equal(one.get_state(), state) for one, state in zip(given["generator"], wanted, strict=True))
    assert "use_resolution_binning" not in given
    sigma = pipeline_of("pixart-sigma")
    assert size_arguments(sigma, requests, canvas_for(sigma, 64, 56))["use_resolution_binning"] is False


def test_a_negative_prompt_is_given_where_there_is_one_and_it_is_used(pipeline_of: Callable[[str], Any]) -> None:
    takes = call_parameters(type(pipeline_of("kandinsky")))
    pairs = [("a wall", ""), ("the sea", "people")]
    used, ignored = Guidance({}, negatives=True), Guidance({}, negatives=False)
    assert prompt_arguments(pairs, used, takes) == {"prompt": ["a wall", "the sea"], "negative_prompt": ["", "people"]}
    assert prompt_arguments(pairs, ignored, takes) == {"prompt": ["a wall", "the sea"]}
    assert prompt_arguments(pairs[:1], used, takes) == {"prompt": ["a wall"]}


def test_a_guides_pictures_are_given_in_eight_bits_at_the_canvas_size() -> None:
    from diffusers import StableDiffusionInpaintPipeline

    pipeline = StableDiffusionInpaintPipeline.__new__(StableDiffusionInpaintPipeline)
    guide = Guide(image=a_picture(size=56), mask=a_mask(56), strength=0.5)
    given = guide_arguments(pipeline, [guide], canvas_for(object(), 56, 56), None)
    assert given["image"][0].size == given["mask_image"][0].size == (56, 56)
    assert set(np.unique(np.asarray(given["mask_image"][0]))) == {0, 255}
    assert (np.asarray(given["mask_image"][0]) > 0).tolist() == (a_mask(56) > 0).tolist()
    assert given["strength"] == 0.5


def test_a_controlnets_map_has_the_name_that_its_class_gives_it() -> None:
    from diffusers import StableDiffusionControlNetImg2ImgPipeline, StableDiffusionControlNetPipeline

    guide = Guide(control=a_picture())
    use = AdapterUse("c" * 64, 800)
    for family, name in (
        (StableDiffusionControlNetPipeline, "image"),
        (StableDiffusionControlNetImg2ImgPipeline, "control_image"),
    ):
        given = guide_arguments(family.__new__(family), [guide], canvas_for(object(), 64, 64), use)
        assert set(given) == {name, "controlnet_conditioning_scale"}
        assert given["controlnet_conditioning_scale"] == 0.8


def test_kept_pixels_are_exact_and_the_soft_edge_is_mixed() -> None:
    drawn, image, mask = np.full((64, 64, 3), 0.9, np.float32), a_picture(), a_mask()
    mixed = keep_masked(drawn, Guide(image=image, mask=mask))
    assert np.array_equal(mixed[mask == 0], image[mask == 0])
    assert np.allclose(mixed[mask == 1], 0.9)
    soft = (mask > 0) & (mask < 1)
    assert soft.any()
    assert np.allclose(mixed[soft], 0.9 * mask[soft, None] + image[soft] * (1 - mask[soft, None]))


def test_without_a_mask_the_picture_stays_as_it_was_drawn() -> None:
    drawn = a_picture()
    assert keep_masked(drawn, Guide(image=a_picture(1))) is drawn
    assert keep_masked(drawn, Guide()) is drawn
