"""The makers of materials."""

from __future__ import annotations

from collections.abc import Callable

from models.sets.graph import Floats, Material

Maker = Callable[[Floats, float, int], Material]
"""From a linear colour (3,), the size of the pattern in heights of the product, and a seed."""
