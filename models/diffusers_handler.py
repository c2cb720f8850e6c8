"""Draws with any diffusers text-to-image folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from apache_beam.ml.inference.base import ModelHandler

from foundry.card import ModelCard
from models.drawing import Drawn, DrawRequest, Pixels
from models.prompt import Prompt, compile_for
from models.registry import verify


@dataclass
class LoadedPipeline:
    """A pipeline and the lock that calls to it queue at: its scheduler keeps state between steps."""

    pipeline: Any
    device: str
    lock: threading.Lock


class DiffusersHandler(ModelHandler[DrawRequest, Drawn, LoadedPipeline]):
    """Draws requests with one card's pipeline, batched by size and steps; results keep the order.

    Each picture starts from noise of its own generator, made on the CPU, so that neither its batch nor its
    device changes it beyond the card's tolerance. `device` is "cuda", "cpu" or None for the best there is.
    """

    def __init__(self, card: ModelCard, *, device: str | None = None):
        super().__init__()
        self.card, self.device = card, device

    def load_model(self) -> LoadedPipeline:
        """Verify the weights and load them; WeightsRefused if they are not what the card says."""
        import torch
        from diffusers import DiffusionPipeline
        from diffusers.utils import logging

        logging.set_verbosity_error()
        verify(self.card)
        device = self.device or ("cuda" if torch.cuda.is_available() else "cpu")
        precision = "float32" if device == "cpu" else self.card.precision
        pipeline = DiffusionPipeline.from_pretrained(
            self.card.folder,
            torch_dtype=getattr(torch, precision),
            use_safetensors=True,
            local_files_only=True,
        )
        pipeline.set_progress_bar_config(disable=True)
        return LoadedPipeline(pipeline.to(device), device, threading.Lock())

    def run_inference(
        self,
        batch: Sequence[DrawRequest],
        model: LoadedPipeline,
        inference_args: dict[str, Any] | None = None,
    ) -> list[Drawn]:
        """One result per request, in order."""
        most = self.card.batch.cuda if model.device.startswith("cuda") else self.card.batch.cpu
        drawn: dict[int, Drawn] = {}
        for positions in alike(batch, most):
            requests = [batch[position] for position in positions]
            drawn.update(zip(positions, self._draw(requests, model), strict=True))
        return [drawn[position] for position in range(len(batch))]

    def _draw(self, requests: list[DrawRequest], model: LoadedPipeline) -> Iterator[Drawn]:
        import torch

        prompts = [compile_for(self.card, request.order) for request in requests]
        size = requests[0].order
        with model.lock:
            if model.device == "cpu":
                torch.set_num_threads(self.card.cpu_threads)
            pictures = model.pipeline(
                prompt=[prompt.text for prompt in prompts],
                generator=[torch.Generator("cpu").manual_seed(r.seed) for r in requests],
                width=size.width_px,
                height=size.height_px,
                num_inference_steps=size.steps,
                guidance_scale=float(self.card.guidance),
                output_type="np",
                **_negative(prompts),
            ).images
        for request, prompt, picture in zip(requests, prompts, pictures, strict=True):
            yield Drawn(request, _pixels(picture), prompt.text, prompt.ignored)

    def get_num_bytes(self, batch: Sequence[DrawRequest]) -> int:
        """Roughly; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def _negative(prompts: list[Prompt]) -> dict[str, list[str]]:
    avoided = [prompt.negative for prompt in prompts]
    return {"negative_prompt": avoided} if any(avoided) else {}


def _pixels(picture: Any) -> Pixels:
    return np.ascontiguousarray(picture, dtype=np.float32)


def alike(batch: Sequence[DrawRequest], most: int) -> Iterator[list[int]]:
    """Positions of requests of one size and step count, at most `most` at a time."""
    groups: dict[tuple[int, int, int], list[int]] = {}
    for position, request in enumerate(batch):
        order = request.order
        groups.setdefault((order.width_px, order.height_px, order.steps), []).append(position)
    for positions in groups.values():
        for start in range(0, len(positions), most):
            yield positions[start : start + most]
