"""The training renders are fixed by their recipes; its codes mirror; the script ends in a pipeline that draws."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from foundry.colour import lab_of_hex, lab_of_srgb
from lab.renders.captions import MAX_TOKENS, caption_of, held_back, recipes, words, write_tokenizer
from lab.renders.scenes import LIGHTS, SCENES, Recipe, render
from lab.training.backdrop.networks import PatchCodes

SIZE = (128, 128)


def recipe(kind: str, light: str = "left", **changes: object) -> Recipe:
    made = Recipe(kind, light, "top", "#8FA088", "#D8B98A", "#3F74B8", *SIZE, 7)
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", SCENES)
def test_a_render_is_fixed_by_its_recipe_and_changes_with_seed_and_palette(kind: str) -> None:
    picture = render(recipe(kind))
    assert picture.shape == (128, 128, 3)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, render(recipe(kind)))
    assert not np.array_equal(picture, render(recipe(kind, seed=8)))
    other = render(recipe(kind, wall="#1E2F52", floor="#36393D"))
    assert np.abs(picture.astype(int) - other).mean() > 10


@pytest.mark.parametrize("kind", ["sweep", "room", "podium", "arch", "window", "terrazzo"])
def test_walls_have_the_asked_colour_and_light_comes_from_the_asked_side(kind: str) -> None:
    means = {}
    for light in LIGHTS:
        wall = render(recipe(kind, light))[4:18] / np.float32(255)
        lab = lab_of_srgb(wall.astype(np.float32))
        assert np.linalg.norm(np.median(lab, axis=(0, 1))[1:] - lab_of_hex("#8FA088")[1:]) < 8
        means[light] = lab[..., 0]
    assert means["left"][:, :30].mean() > means["left"][:, -30:].mean() + 3
    assert means["right"][:, -30:].mean() > means["right"][:, :30].mean() + 3


def test_recipes_show_every_scene_and_no_pair_that_is_held_back() -> None:
    made = recipes(216, [SIZE, (160, 96)], 3)
    assert {one.kind for one in made} == set(SCENES)
    assert {one.light for one in made} == set(LIGHTS)
    assert not any(held_back(one.kind, one.wall) for one in made)
    assert made == recipes(216, [SIZE, (160, 96)], 3)


def test_the_tokenizer_knows_every_word_whole_and_cuts_no_caption(tmp_path: Path) -> None:
    from transformers import CLIPTokenizer

    write_tokenizer(tmp_path)
    tokenizer = CLIPTokenizer.from_pretrained(tmp_path)
    split = [word for word in words() if len(tokenizer(word).input_ids) != 3]
    assert split == []
    lengths = {len(tokenizer(caption_of(one)).input_ids) for one in recipes(40, [SIZE], 1)}
    assert max(lengths) < MAX_TOKENS


def test_codes_of_a_mirrored_picture_are_the_mirrored_codes_with_signs() -> None:
    pictures = [render(recipe(kind)) for kind in SCENES]
    codes = PatchCodes.fit(pictures)
    plain, turned = codes.encode(pictures[0]), codes.encode(np.ascontiguousarray(pictures[0][:, ::-1]))
    again = plain[:, :, ::-1].astype(np.float32) * codes.signs[:, None, None]
    assert np.abs(again - turned).max() < 0.01


def test_the_training_script_makes_a_pipeline_that_draws(tmp_path: Path) -> None:
    import torch
    from diffusers import DiffusionPipeline

    from lab.training.backdrop.__main__ import main

    small = [
        "--pictures",
        "8",
        "--twins",
        "4",
        "--decoder-steps",
        "2",
        "--denoiser-steps",
        "2",
        "--batch",
        "2",
        "--threads",
        "1",
    ]
    main(["--out", str(tmp_path / "model"), "--work", str(tmp_path / "work"), *small])
    pipeline = DiffusionPipeline.from_pretrained(tmp_path / "model", torch_dtype=torch.float32, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    drawn = pipeline(["snow"], width=128, height=128, num_inference_steps=2, output_type="np").images
    assert drawn.shape == (1, 128, 128, 3)
    assert np.isfinite(drawn).all()

    again = ["--start", str(tmp_path / "model"), "--stages", "data", "decoder", "denoiser", "export"]
    begun = [*small[:7], "0", *small[8:]]  # no step of the denoiser: what comes out is what went in
    main(["--out", str(tmp_path / "prolonged"), "--work", str(tmp_path / "work2"), *begun, *again])
    for part in ("unet", "vae"):
        name = f"{part}/diffusion_pytorch_model.safetensors"
        assert (tmp_path / "prolonged" / name).read_bytes() == (tmp_path / "model" / name).read_bytes()
