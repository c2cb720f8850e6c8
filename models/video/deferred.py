"""Runs a video pipeline up to its latents, with everything that it does to them before decoding.

Families scale, unpack and crop their latents differently, each in its own pipeline. So the pipeline is left to do it:
for one call its VAE's `decode` only keeps what it is given, and hands back tickets, frames of one pixel that carry
their number. Which tickets the pipeline returns says which frames it would have returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Deferred:
    """What the pipeline would have decoded: scaled latents (1, channels, frames, height, width) and the arguments."""

    latents: Any = None
    arguments: tuple[Any, ...] = ()
    frames: int = 0
    kept: range = field(default=range(0))

    def keep(self, tickets: Any) -> None:
        """Note which frames came back, from the pipeline's output (1, frames, 3, 1, 1) in [0, 1]."""
        numbers = [round(float(ticket) * self.frames) for ticket in tickets[0, :, 0, 0, 0]]
        self.kept = range(numbers[0], numbers[-1] + 1)
        if numbers != list(self.kept):
            raise ValueError(f"the pipeline reorders its frames: {numbers}; it needs a decoding of its own")


@contextmanager
def deferred_decoding(vae: Any, temporal_ratio: int) -> Iterator[Deferred]:
    """Within the block `vae.decode` decodes nothing. The caller holds the pipeline's lock."""
    import torch
    from diffusers.models.autoencoders.vae import DecoderOutput

    deferred = Deferred()

    def decode(latents: Any, *arguments: Any, return_dict: bool = True) -> Any:
        frames = (latents.shape[2] - 1) * temporal_ratio + 1
        deferred.latents, deferred.arguments, deferred.frames = latents, arguments, frames
        numbers = torch.arange(frames, dtype=torch.float32) / frames * 2 - 1
        tickets = numbers.view(1, 1, frames, 1, 1).expand(1, 3, frames, 1, 1)
        return DecoderOutput(sample=tickets) if return_dict else (tickets,)

    vae.decode = decode  # on the object, so the class's own method comes back when it is deleted
    try:
        yield deferred
    finally:
        del vae.decode
