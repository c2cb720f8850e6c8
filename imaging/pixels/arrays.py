"""The arrays in which pixels travel between functions of one process."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Pixels = NDArray[Any]
"""(height, width, 3), float32 in [0, 1], sRGB encoded."""
