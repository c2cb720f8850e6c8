"""Optimisations are held to the plain pipeline, and memory that runs out costs no shot."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.errors import FoundryError
from imaging.pixels.ssim import ssim
from lab.parity import Differences, measure_parity
from models.diffusion.diffusers_handler import DiffusersHandler
from models.diffusion.memory import draw_in_fitting_batches, out_of_memory
from models.diffusion.refusals import DoesNotFit
from models.registry import card
from tests.support.drawing import WORDS, a_picture, a_request, levels, pictures
from tests.support.tiny_pipelines import tiny

TODAY = date(2026, 1, 2)
ONE_SIZE = {"square": [64, 64]}


def test_ssim_agrees_with_scikit_image() -> None:
    from skimage.metrics import structural_similarity

    chance = np.random.default_rng(0)
    for strength in (0, 4, 30, 120):
        one = (a_picture(1) * 255).astype(np.uint8)
        other = np.clip(one + chance.normal(0, strength, one.shape), 0, 255).astype(np.uint8)
        wanted = structural_similarity(
            one, other, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, channel_axis=-1
        )
        assert ssim(one, other) == pytest.approx(wanted, abs=1e-9)


def test_a_plain_card_is_at_parity_with_itself_and_the_file_says_what_promotion_reads(tmp_path: Path) -> None:
    model = tiny("stable-diffusion", tmp_path, sizes={"square": [64, 64], "story": [32, 64]})
    report = measure_parity(model, made_on=TODAY, device="cpu")
    assert report.passed
    assert report.figures.optimised == Differences(max_levels=0, mean_levels=0.0, ssim=1.0, pictures=8)
    assert 0 <= report.figures.batched.max_levels <= model.tolerance
    path = report.write(tmp_path)
    assert path == tmp_path / "evidence" / "stable-diffusion" / "1" / "parity.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert (stored["digest"], stored["passed"], stored["made_on"]) == (model.digest, True, "2026-01-02")
    assert report.lines()[-1] == "stable-diffusion@1: passed"


@pytest.mark.parametrize(
    ("family", "changes"),
    [
        ("stable-diffusion", {"precision": "bfloat16"}),
        ("stable-diffusion", {"optimisations": {"channels_last": True}}),
        ("qwen-image", {"optimisations": {"channels_last": True}}),
        ("flux", {"optimisations": {"quantise": "int8"}}),
        ("flux", {"optimisations": {"quantise": "fp8"}}),
    ],
    ids=str,
)
def test_each_optimisation_is_measured_and_the_mark_decides(
    family: str, changes: dict[str, Any], tmp_path: Path
) -> None:
    loose = {"max_levels": 255, "mean_levels": "60", "ssim": "0"}
    model = tiny(family, tmp_path, sizes=ONE_SIZE, tolerance=8, steps=2, parity=loose, **changes)
    report = measure_parity(model, made_on=TODAY, device="cpu")
    optimised = report.figures.optimised
    assert report.passed
    assert optimised.ssim > 0.5
    if "precision" in changes or model.optimisations.quantise != "none":
        assert optimised.max_levels > 0
        strict = model.model_copy(update={"parity": model.parity.model_copy(update={"max_levels": 0})})
        assert not measure_parity(strict, made_on=TODAY, device="cpu").passed


@pytest.mark.slow
@pytest.mark.parametrize("family", ["stable-diffusion", "flux"])
def test_a_compiled_denoiser_is_at_parity(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "compiled"))
    model = tiny(family, tmp_path, sizes=ONE_SIZE, tolerance=8, steps=2, optimisations={"compile": True})
    report = measure_parity(model, made_on=TODAY, device="cpu")
    assert report.passed, report.lines()


def test_what_does_not_draw_from_weights_has_no_parity() -> None:
    with pytest.raises(FoundryError, match="not text-to-image with weights"):
        measure_parity(card("lanczos", "upscale"), made_on=TODAY)


class Scarce:
    """A device that holds so many pictures at once."""

    def __init__(self, room: int, kind: type[Exception] = RuntimeError):
        self.room, self.kind, self.calls = room, kind, []  # type: ignore[var-annotated]

    def __call__(self, module: Any, inputs: Any, named: Any) -> None:
        latents = inputs[0] if inputs else named["hidden_states"]
        pair = 2  # words and words to avoid
        self.calls.append(len(latents) // pair)
        if len(latents) > self.room * pair:
            raise self.kind("CUDA out of memory. Tried to allocate 2.00 GiB")


@pytest.mark.parametrize("room", [3, 1])
def test_memory_that_runs_out_halves_the_batch_and_no_shot_is_lost_or_moved(room: int, tmp_path: Path) -> None:
    model = tiny("stable-diffusion", tmp_path, steps=1)
    handler = DiffusersHandler(model, device="cpu")
    loaded = handler.load_model()
    requests = [a_request(words, seed, steps=1) for seed, words in enumerate(WORDS)]
    wanted = pictures(handler, loaded, *requests)
    scarce = Scarce(room)
    hook = loaded.pipeline.unet.register_forward_pre_hook(scarce, with_kwargs=True)
    made = pictures(handler, loaded, *requests)
    assert all(levels(one, other) <= model.tolerance for one, other in zip(made, wanted, strict=True))
    assert loaded.fits == {(64, 64): 2 if room == 3 else 1}
    scarce.calls.clear()
    pictures(handler, loaded, *requests)
    assert max(scarce.calls) <= room  # the size that worked is remembered
    hook.remove()


def test_one_picture_that_does_not_fit_is_an_error_that_names_card_size_and_memory(tmp_path: Path) -> None:
    handler = DiffusersHandler(tiny("stable-diffusion", tmp_path), device="cpu")
    loaded = handler.load_model()
    loaded.pipeline.unet.register_forward_pre_hook(Scarce(0), with_kwargs=True)
    with pytest.raises(DoesNotFit, match="stable-diffusion@1: one picture of 64x64 does not fit in the memory of cpu"):
        handler.run_inference([a_request(), a_request(seed=2)], loaded)


def test_only_a_lack_of_memory_is_tried_again() -> None:
    import torch

    assert out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert out_of_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"))
    assert not out_of_memory(RuntimeError("shape mismatch"))
    calls = []

    def broken(batch: Any) -> list[int]:
        calls.append(len(batch))
        raise ValueError("out of memory, says a bug")

    with pytest.raises(ValueError):
        draw_in_fitting_batches([1, 2, 3], 3, broken)
    assert calls == [3]
