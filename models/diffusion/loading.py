"""Loading of a card's folder as a pipeline."""

from __future__ import annotations

import threading
from typing import Any

from foundry.card.card import ModelCard
from models.diffusion.loaded import LoadedPipeline
from models.diffusion.optimising import optimise
from models.diffusion.refusals import UnknownScheduler
from models.registry import verify


def best_device() -> str:
    """Return "cuda" if this machine has one, else "cpu"."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def load(card: ModelCard, device: str, precision: str) -> LoadedPipeline:
    """Verify a card's weights and load them as a pipeline; WeightsRefused if they are not what the card says.

    `precision` is the name of a torch type.
    """
    import torch
    from diffusers import DiffusionPipeline
    from diffusers.utils import logging
    from transformers.utils import logging as transformers_logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    verify(card)
    pipeline = DiffusionPipeline.from_pretrained(
        card.folder,
        dtype=getattr(torch, precision),
        use_safetensors=True,
        local_files_only=True,
    )
    pipeline.set_progress_bar_config(disable=True)
    reschedule(pipeline, card)
    optimise(pipeline.to(device), card.optimisations)
    return LoadedPipeline(pipeline=pipeline, device=device, lock=threading.Lock())


def reschedule(pipeline: Any, card: ModelCard) -> None:
    """Put the card's scheduler and settings in place of the folder's; UnknownScheduler if the library has none such."""
    import diffusers

    wanted = card.scheduler
    if not wanted.name and not wanted.settings:
        return
    kind = getattr(diffusers, wanted.name, None) if wanted.name else type(pipeline.scheduler)
    if kind is None or not hasattr(kind, "add_noise") or not hasattr(kind, "set_timesteps"):
        raise UnknownScheduler(card.id, wanted.name)
    scheduler = kind.from_config(pipeline.scheduler.config, **wanted.settings)
    for part in (pipeline, getattr(pipeline, "decoder_pipe", None)):
        if part is not None:
            part.register_modules(scheduler=scheduler)


def weight_bytes(pipeline: Any) -> int:
    """Return the bytes of a pipeline's parameters and buffers."""
    parts = [part for part in pipeline.components.values() if hasattr(part, "parameters")]
    tensors = [tensor for part in parts for tensor in (*part.parameters(), *part.buffers())]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
