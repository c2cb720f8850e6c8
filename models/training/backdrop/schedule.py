"""How much of everything the training does."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = [(512, 512), (448, 576), (384, 704), (704, 384)]
"""Width and height of the training pictures, which are the sizes that the model draws."""


@dataclass(frozen=True)
class Schedule:
    """Pictures, steps, pictures per step, learning rate of the denoiser, threads and seed."""

    pictures: int = 8_640
    decoder_steps: int = 6_000
    denoiser_steps: int = 6_000
    batch: int = 16
    rate: float = 6e-4
    threads: int = 1
    seed: int = 1
