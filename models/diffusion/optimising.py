"""Optimisations of a pipeline. They may change its last bits, and are held to the card's parity mark."""

from __future__ import annotations

from typing import Any

from foundry.card.card import Optimisations


def optimise(pipeline: Any, wanted: Optimisations) -> None:
    """Apply the wanted optimisations in place: memory layout, then eight-bit weights, then compilation."""
    denoiser = getattr(pipeline, "transformer", None) or pipeline.unet
    if wanted.channels_last:
        for part in (denoiser, getattr(pipeline, "vae", None)):
            _channels_last(part)
    if wanted.quantise != "none":
        _quantise(denoiser, wanted.quantise)
    if wanted.compile:
        _compile(denoiser)


def _channels_last(part: Any) -> None:
    """Change the memory layout if no kernel has five dimensions, as video kernels do, which take another layout."""
    import torch

    if part is not None and all(parameter.ndim != 5 for parameter in part.parameters()):
        part.to(memory_format=torch.channels_last)


def _quantise(denoiser: Any, kind: str) -> None:
    from torchao.quantization import Float8WeightOnlyConfig, Int8WeightOnlyConfig, quantize_

    quantize_(denoiser, Int8WeightOnlyConfig() if kind == "int8" else Float8WeightOnlyConfig())


def _compile(denoiser: Any) -> None:
    """Compile block by block where the model names its repeated blocks: they compile once, and a new size sooner."""
    if getattr(denoiser, "_repeated_blocks", None):
        denoiser.compile_repeated_blocks(dynamic=False)
    else:
        denoiser.compile(dynamic=False)
