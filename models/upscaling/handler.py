"""Enlarges drawings to the master's size with a learned upscaler."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apache_beam.ml.inference.base import ModelHandler

from foundry.card.card import ModelCard
from foundry.plan.composition import compositions
from models.drawing import Drawing, Enlarged
from models.upscaling.enlarge import enlarged
from models.upscaling.learned import Learned, load
from models.upscaling.resample_handler import ResampleHandler


def upscaler_of(card: ModelCard) -> ModelHandler[Drawing, Enlarged, Any]:
    """The handler that serves an upscaler's card: a network where there are weights, else the resampler."""
    return ResampleHandler(card) if card.source.kind == "code" else UpscaleHandler(card)


@dataclass
class LoadedUpscaler:
    """A network and the lock that calls to it queue at, so that one master's tiles are in memory at a time."""

    learned: Learned
    lock: threading.Lock


class UpscaleHandler(ModelHandler[Drawing, Enlarged, LoadedUpscaler]):
    """Learned enlargement of one card, at the composition's exact size; float32 in [0, 1], sRGB encoded.

    On the CPU the card fixes the number of threads of a tile and everything is float32, so that the same drawing gives
    the same bytes; on CUDA the card's precision holds. `device` is "cuda", "cpu" or None for the best there is.
    """

    def __init__(self, card: ModelCard, *, device: str | None = None):
        super().__init__()
        self.card, self.device = card, device

    def load_model(self) -> LoadedUpscaler:
        """Verify the weights and load them; WeightsRefused if they are not what the card says."""
        return LoadedUpscaler(load(self.card, self.device), threading.Lock())

    def run_inference(
        self,
        batch: Sequence[Drawing],
        model: LoadedUpscaler,
        inference_args: dict[str, Any] | None = None,
    ) -> list[Enlarged]:
        """One master-sized picture per drawing, in order."""
        return [self._enlarged(drawing, model) for drawing in batch]

    def _enlarged(self, drawing: Drawing, model: LoadedUpscaler) -> Enlarged:
        target = compositions()[drawing.order.bucket]
        with model.lock:
            pixels = enlarged(drawing.pixels, model.learned, target.width_px, target.height_px)
        return Enlarged(drawing, pixels)

    def get_num_bytes(self, batch: Sequence[Drawing]) -> int:
        """The drawings' bytes; Beam's default would pickle every batch to find out."""
        return sum(drawing.pixels.nbytes for drawing in batch)
