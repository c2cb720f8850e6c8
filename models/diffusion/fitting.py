"""Sizes that a network can draw, and the margins around the size that is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from imaging.pixels.arrays import Pixels


@dataclass(frozen=True)
class DrawingCanvas:
    """The size that is drawn, and the place of the wanted picture in it; all in pixels."""

    width: int
    height: int
    left: int
    top: int
    wanted: tuple[int, int]

    def pad(self, picture: Pixels) -> Pixels:
        """Return a picture of the wanted size, (height, width[, 3]), with its edge pixels repeated over the canvas."""
        width, height = self.wanted
        margins = [(self.top, self.height - height - self.top), (self.left, self.width - width - self.left)]
        return np.pad(picture, margins + [(0, 0)] * (picture.ndim - 2), mode="edge")

    def crop(self, picture: Pixels) -> Pixels:
        """Return the wanted part of a canvas, (height, width, 3)."""
        width, height = self.wanted
        return picture[self.top : self.top + height, self.left : self.left + width]


def canvas_for(pipeline: Any, width: int, height: int) -> DrawingCanvas:
    """Return the smallest canvas of the family's step that holds the wanted size in its middle."""
    step = size_step(pipeline)
    wide, high = -(-width // step) * step, -(-height // step) * step
    return DrawingCanvas(wide, high, (wide - width) // 2, (high - height) // 2, (width, height))


def size_step(pipeline: Any) -> int:
    """Return the pixels that every edge must be a multiple of: the latent's scale times the denoiser's patch."""
    processor = getattr(pipeline, "image_processor", None)
    packed = getattr(getattr(processor, "config", None), "vae_scale_factor", 1)
    latent = getattr(pipeline, "vae_scale_factor", 0)
    if not latent:  # prior and decoder in one pipeline: the picture's autoencoder is the decoder's
        decoder = getattr(pipeline, "decoder_pipe", None)
        latent = getattr(decoder, "movq_scale_factor", 8) ** 2 if decoder else 8
    transformer = getattr(pipeline, "transformer", None)
    patch = getattr(transformer.config, "patch_size", 1) if transformer is not None else 1
    return int(max(packed, latent * patch))
