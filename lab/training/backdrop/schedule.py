"""The amounts of training, and the learning rate."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = [(512, 512), (448, 576), (384, 704), (704, 384)]
"""Widths and heights of the training pictures, which are the sizes that the model draws."""


@dataclass(frozen=True, kw_only=True)
class BackdropSchedule:
    """The numbers of pictures and steps of the training, and its learning rate.

    `twins` are pairs. The decoder makes its steps twice: at half size, then at full size. `batch` and `rate` are
    the denoiser's.
    """

    pictures: int = 8_640
    twins: int = 2_160
    decoder_steps: int = 6_000
    denoiser_steps: int = 4_000
    batch: int = 32
    rate: float = 8e-4
    threads: int = 1
    seed: int = 1


WARM_STEPS, FALLING = 150, 0.30
"""Steps of the warm-up, and share of all steps in which the rate falls."""


def learning_rate(step: int, steps: int, most: float) -> float:
    """Return the learning rate at a step: it rises, stays at `most`, and falls over the last 30 % (Hägele et al. 2024).

    Only the fall depends on `steps`, so that a run may be prolonged from a checkpoint before it.
    """
    left = (steps - step) / (FALLING * steps)
    return float(most * min(1.0, (step + 1) / WARM_STEPS, max(left, 0.01)))
