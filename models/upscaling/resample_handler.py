"""Enlarges drawings to the master's size with a classical resampler, behind the upscalers' interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from apache_beam.ml.inference.base import ModelHandler
from PIL import Image

from foundry.card.card import ModelCard
from foundry.plan.composition import compositions
from imaging.pixels.arrays import Pixels
from models.drawing import Drawing, Enlarged


class Resampler:
    """What Beam shares among threads; there are no weights in it."""


class ResampleHandler(ModelHandler[Drawing, Enlarged, Resampler]):
    """Lanczos over float pixels, so that eight-bit steps of a small drawing are not enlarged into bands."""

    def __init__(self, card: ModelCard):
        super().__init__()
        self.card = card

    def load_model(self) -> Resampler:
        """There is nothing to load."""
        return Resampler()

    def run_inference(
        self,
        batch: Sequence[Drawing],
        model: Resampler,
        inference_args: dict[str, Any] | None = None,
    ) -> list[Enlarged]:
        """One master-sized picture per drawing, in order."""
        return [Enlarged(drawing, enlarge(drawing)) for drawing in batch]

    def get_num_bytes(self, batch: Sequence[Drawing]) -> int:
        """The drawings' bytes."""
        return sum(drawing.pixels.nbytes for drawing in batch)


def enlarge(drawing: Drawing) -> Pixels:
    """The drawing at its composition's size, cropped in the middle to the exact aspect."""
    target = compositions()[drawing.order.bucket]
    height, width = drawing.pixels.shape[:2]
    ratio = min(width / target.width_px, height / target.height_px)
    w, h = target.width_px * ratio, target.height_px * ratio
    box = ((width - w) / 2, (height - h) / 2, (width + w) / 2, (height + h) / 2)
    size = (target.width_px, target.height_px)
    planes = [
        Image.fromarray(np.ascontiguousarray(drawing.pixels[..., channel])).resize(
            size, Image.Resampling.LANCZOS, box=box
        )
        for channel in range(3)
    ]
    return np.clip(np.stack([np.asarray(p, np.float32) for p in planes], axis=-1), 0, 1)
