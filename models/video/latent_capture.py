"""Capture of the latents that a video pipeline would decode, with everything that it does to them before.

Families scale, unpack and crop their latents differently, each in its own pipeline. So the pipeline is left to do it:
for one call its VAE's `decode` only keeps what it is given, and returns tickets, frames of one pixel that carry their
number. The tickets that the pipeline returns are the frames that it would have returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class CapturedLatents:
    """The arguments of a decoding that did not take place, and which of its frames the pipeline keeps.

    `latents` are (1, channels, frames, height, width), scaled for the VAE; `frames` is the number of decoded frames,
    and `kept` are the ones that the pipeline returns.
    """

    latents: Any = None
    arguments: tuple[Any, ...] = ()
    frames: int = 0
    kept: range = field(default=range(0))

    def keep(self, tickets: Any) -> None:
        """Note which frames the pipeline returned, from its output (1, frames, 3, 1, 1) in [0, 1]."""
        numbers = [round(float(ticket) * self.frames) for ticket in tickets[0, :, 0, 0, 0]]
        self.kept = range(numbers[0], numbers[-1] + 1)
        if numbers != list(self.kept):
            raise ValueError(f"the pipeline reorders its frames: {numbers}; it needs a decoding of its own")


@contextmanager
def capture_latents(vae: Any, temporal_ratio: int) -> Iterator[CapturedLatents]:
    """Replace `vae.decode`, within the block, by one that decodes nothing; the caller holds the pipeline's lock."""
    import torch
    from diffusers.models.autoencoders.vae import DecoderOutput

    captured = CapturedLatents()

    def decode(latents: Any, *arguments: Any, return_dict: bool = True) -> Any:
        frames = (latents.shape[2] - 1) * temporal_ratio + 1
        captured.latents, captured.arguments, captured.frames = latents, arguments, frames
        numbers = torch.arange(frames, dtype=torch.float32) / frames * 2 - 1
        tickets = numbers.view(1, 1, frames, 1, 1).expand(1, 3, frames, 1, 1)
        return DecoderOutput(sample=tickets) if return_dict else (tickets,)

    vae.decode = decode  # on the object, so the class's own method comes back when it is deleted
    try:
        yield captured
    finally:
        del vae.decode
