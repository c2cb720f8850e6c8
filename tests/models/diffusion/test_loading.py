"""A card's folder becomes a pipeline with the card's scheduler, and its size in memory is known."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from foundry.card.card import Scheduler
from models.diffusion.loading import load, reschedule, weight_bytes
from models.diffusion.refusals import UnknownScheduler
from models.registry import WeightsRefused
from tests.support.tiny_pipelines import stable_diffusion, tiny


def test_a_folder_is_loaded_in_the_precision_that_is_asked_for(tmp_path: Path) -> None:
    loaded = load(tiny("stable-diffusion", tmp_path), "cpu", "bfloat16")
    assert loaded.denoiser.dtype == torch.bfloat16
    assert (loaded.device, loaded.worn, loaded.modes) == ("cpu", (), {})
    assert loaded.denoiser is loaded.pipeline.unet


def test_torn_weights_are_not_loaded(tmp_path: Path) -> None:
    card = tiny("stable-diffusion", tmp_path)
    path = card.folder / "unet" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(WeightsRefused, match="are not sound"):
        load(card, "cpu", "float32")


def test_the_cards_scheduler_replaces_the_folders(tmp_path: Path) -> None:
    card, pipeline = tiny("stable-diffusion", tmp_path), stable_diffusion()
    before = pipeline.scheduler
    reschedule(pipeline, card)
    assert pipeline.scheduler is before
    settings = {"algorithm_type": "sde-dpmsolver++"}
    named = card.model_copy(update={"scheduler": Scheduler(name="DPMSolverMultistepScheduler", settings=settings)})
    reschedule(pipeline, named)
    assert type(pipeline.scheduler).__name__ == "DPMSolverMultistepScheduler"
    assert pipeline.scheduler.config.algorithm_type == "sde-dpmsolver++"
    assert pipeline.scheduler.config.beta_schedule == "scaled_linear"  # of the folder


@pytest.mark.parametrize("name", ["NoSuchScheduler", "StableDiffusionPipeline"])
def test_a_name_that_is_no_scheduler_is_refused(tmp_path: Path, name: str) -> None:
    card = tiny("stable-diffusion", tmp_path).model_copy(update={"scheduler": Scheduler(name=name)})
    with pytest.raises(UnknownScheduler, match=f"scheduler.name '{name}' is no scheduler of diffusers"):
        reschedule(stable_diffusion(), card)


def test_the_bytes_of_a_pipeline_are_those_of_all_its_networks() -> None:
    pipeline = stable_diffusion()
    whole = weight_bytes(pipeline)
    floats = sum(p.numel() for part in (pipeline.unet, pipeline.vae, pipeline.text_encoder) for p in part.parameters())
    assert floats * 4 <= whole < floats * 4 + 10_000  # and a few buffers
    assert weight_bytes(pipeline.to(torch.float16)) < 0.51 * whole
