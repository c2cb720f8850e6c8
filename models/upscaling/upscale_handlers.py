"""Beam's handlers that enlarge drawings to the master's size: a learned upscaler, and a classical resampler."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from apache_beam.ml.inference.base import ModelHandler
from PIL import Image

from foundry.card.card import ModelCard
from foundry.metering.device_time import drawing_device
from foundry.metering.payers import note
from foundry.plan.composition import master_size
from imaging.pixels.arrays import Pixels
from imaging.pixels.resample import centred_crop
from models.device_steps import device_step
from models.drawing import Drawing, Enlarged
from models.upscaling.enlarge import enlarge
from models.upscaling.learned_upscaler import LearnedUpscaler, load_upscaler


def upscaler_of(card: ModelCard) -> ModelHandler[Drawing, Enlarged, Any]:
    """Return the handler that serves an upscaler's card: a network where there are weights, else the resampler."""
    return ResampleHandler(card) if card.source.kind == "code" else UpscaleHandler(card)


@dataclass
class LoadedUpscaler:
    """A network and the lock that calls to it queue at, so that one master's tiles are in memory at a time."""

    learned: LearnedUpscaler
    lock: threading.Lock


class UpscaleHandler(ModelHandler[Drawing, Enlarged, LoadedUpscaler]):  # type: ignore[misc]  # Beam's base is untyped
    """Enlarges drawings with one card's network, to the exact size of the master; float32 in [0, 1], sRGB encoded.

    On the CPU the card fixes the number of threads of a tile and everything is float32, so that the same drawing gives
    the same bytes; on CUDA the card's precision holds. `device` is "cuda", "cpu" or None for the best there is.
    """

    def __init__(self, card: ModelCard, *, device: str | None = None) -> None:
        super().__init__()
        self.card, self.device = card, device

    def load_model(self) -> LoadedUpscaler:
        """Verify the weights and load them; WeightsRefused if they are not what the card says."""
        return LoadedUpscaler(load_upscaler(self.card, self.device), threading.Lock())

    def run_inference(
        self,
        batch: Sequence[Drawing],
        model: LoadedUpscaler,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - part of Beam's interface
    ) -> list[Enlarged]:
        """Return one master-sized picture per drawing, in order."""
        return [self._enlarge(drawing, model) for drawing in batch]

    def _enlarge(self, drawing: Drawing, model: LoadedUpscaler) -> Enlarged:
        width, height = master_size(drawing.order.bucket, self.card)
        device = model.learned.device
        with model.lock, device_step("upscale", device):
            note(model_calls=1)
            pixels = enlarge(drawing.pixels, model.learned, width, height)
        return Enlarged(drawing, pixels)

    def get_num_bytes(self, batch: Sequence[Drawing]) -> int:
        """Return the bytes of the drawings; Beam's default would pickle every batch to find out."""
        return sum(drawing.pixels.nbytes for drawing in batch)


class NoWeights:
    """A stand-in for a model without weights, which Beam shares among threads."""


class ResampleHandler(ModelHandler[Drawing, Enlarged, NoWeights]):  # type: ignore[misc]  # Beam's base is untyped
    """Enlarges by Lanczos over float pixels, so that 8-bit steps of a small drawing are not enlarged into bands."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.card = card

    def load_model(self) -> NoWeights:
        """Load nothing; return what Beam requires."""
        return NoWeights()

    def run_inference(
        self,
        batch: Sequence[Drawing],
        model: NoWeights,  # noqa: ARG002 - part of Beam's interface
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - part of Beam's interface
    ) -> list[Enlarged]:
        """Return one master-sized picture per drawing, in order."""
        with drawing_device.kept_waiting("host_copy"):
            return [Enlarged(each, resample_drawing(each, master_size(each.order.bucket, self.card))) for each in batch]

    def get_num_bytes(self, batch: Sequence[Drawing]) -> int:
        """Return the bytes of the drawings."""
        return sum(drawing.pixels.nbytes for drawing in batch)


def resample_drawing(drawing: Drawing, size: tuple[int, int]) -> Pixels:
    """Return the drawing at a size (width, height), cropped in the middle to the exact aspect."""
    height, width = drawing.pixels.shape[:2]
    crop = centred_crop(width, height, *size)
    box = (crop.left, crop.top, crop.right, crop.bottom)
    made = np.empty((size[1], size[0], 3), np.float32)
    for channel in range(3):  # into one array, because a master's planes are far larger than a core's cache
        plane = Image.fromarray(np.ascontiguousarray(drawing.pixels[..., channel]))
        larger = plane.resize(size, Image.Resampling.LANCZOS, box=box)
        np.clip(np.asarray(larger, np.float32), 0, 1, out=made[..., channel])
    return made
