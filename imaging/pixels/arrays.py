"""The array type in which functions of one process hand pixels to each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
"""(height, width, 3), float32 in [0, 1], sRGB encoded."""
