"""Models for tests of evaluation: a real pipeline with random weights, and a handler that draws the right renders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from foundry.card.card import ModelCard
from lab.evaluation.evaluate import Screening
from lab.evaluation.matched_render import matched_render
from lab.evaluation.prompts import prompt_set
from lab.evaluation.scaling import in_box
from models.drawing import Drawn, DrawRequest
from models.screening.pixel_checks import check_pixels


def a_card(registry: Path, **changes: Any) -> ModelCard:
    """The card of a pipeline that lies in `registry`/tiny, written beside it."""
    content: dict[str, Any] = {
        "id": "tiny", "version": "1", "title": "Tiny & random", "task": "text-to-image",
        "source": {"kind": "directory", "folder": "tiny"}, "licence": "Apache-2.0", "allowed_use": "Tests.",
        "training_data": "None; its weights are random.", "prompt_language": "plain",
        "sizes": {"square": [64, 64], "story": [64, 96]}, "steps": 2, "cpu_threads": 1, "stage": "draft",
        "unit_cost": {"money": "0", "accelerator_seconds": "0.1"},
    }  # fmt: skip
    content |= changes
    if registry.is_dir():
        (registry / "tiny.yaml").write_text(yaml.safe_dump(content))
    return ModelCard.model_validate({**content, "path": registry / "tiny.yaml"})


def measured_screening(card: ModelCard) -> Screening:
    """The screen that needs no network, by the thresholds of a card."""
    return Screening(card.name, partial(check_pixels, screen=card))


def write_pipeline(folder: Path) -> None:
    """A Stable Diffusion folder with random weights."""
    import torch
    from diffusers import (
        AutoencoderTiny,
        DPMSolverMultistepScheduler,
        StableDiffusionPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    from lab.training.backdrop.tokenizer import write_tokenizer

    torch.manual_seed(0)
    write_tokenizer(folder / "tokenizer")
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    text = CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=tokenizer.model_max_length, bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    StableDiffusionPipeline(
        vae=AutoencoderTiny(
            latent_channels=4, encoder_block_out_channels=(8, 8), num_encoder_blocks=(1, 1),
            decoder_block_out_channels=(8, 8), num_decoder_blocks=(1, 1),
        ),
        text_encoder=CLIPTextModel(text),
        tokenizer=tokenizer,
        unet=UNet2DConditionModel(
            sample_size=8, in_channels=4, out_channels=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), block_out_channels=(8, 16), layers_per_block=1,
            norm_num_groups=4, cross_attention_dim=16, attention_head_dim=2,
        ),
        scheduler=DPMSolverMultistepScheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder, safe_serialization=True)  # fmt: skip


class Palette:
    """The model of the rendering handler; it has no pipeline."""


class RenderingHandler:
    """Answers every prompt of the set with its own render, at the order's size: what a perfect pupil would draw.

    Prompts whose words hold one of `wrong` get the render of the set's first prompt instead.
    """

    def __init__(self, wrong: tuple[str, ...] = ()) -> None:
        self.wrong = wrong

    def load_model(self) -> Palette:
        """Nothing to load."""
        return Palette()

    def run_inference(self, batch: Sequence[DrawRequest], model: Palette) -> list[Drawn]:
        """One render per request, in order."""
        return [self._drawn(request) for request in batch]

    def _drawn(self, request: DrawRequest) -> Drawn:
        order = request.order
        asked = next(one for one in prompt_set().prompts if order.prompt.startswith(one.prompt))
        shown = prompt_set().prompts[0] if any(word in order.prompt for word in self.wrong) else asked
        picture = in_box(matched_render(shown, request.seed % 1000), order.width_px, order.height_px)
        return Drawn(request, picture.astype(np.float32) / 255, "rendered", ())
