"""One drawing in the forms that judges measure, each worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from foundry.colour import BT709
from imaging.pixels.arrays import Pixels
from models.drawing import Drawn
from models.screening.onnx_networks import Networks
from models.screening.protected_likeness import ProtectedFeatures
from models.screening.unsafe import UnsafeReading, read_content


@dataclass(frozen=True)
class JudgedDrawing:
    """A drawing, the networks that may judge it, and the pictures that it must not resemble."""

    drawn: Drawn
    networks: Networks
    protected: tuple[ProtectedFeatures, ...] = ()

    @cached_property
    def bytes8(self) -> NDArray[np.uint8]:
        """(height, width, 3) sRGB, 8 bits, as a viewer would get it."""
        return np.rint(np.clip(self.drawn.pixels, 0, 1) * 255).astype(np.uint8)

    @cached_property
    def luma(self) -> Pixels:
        """(height, width) float32 in [0, 1], BT.709 weights on the encoded values."""
        return np.asarray(self.drawn.pixels @ BT709, np.float32)

    @cached_property
    def unsafe_reading(self) -> UnsafeReading:
        """The unsafe-content network's probability and features, which two judges share."""
        return read_content(self.bytes8, self.networks)
