"""The array type in which functions of one process hand pixels to each other."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Pixels = NDArray[Any]
"""(height, width, 3), float32 in [0, 1], sRGB encoded."""
