"""Files of trained weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write a .safetensors file, which appears under its name when it is whole."""
    from safetensors.torch import save_file

    scratch = path.with_suffix(".tmp")
    save_file({name: value.contiguous().clone() for name, value in tensors.items()}, scratch)
    scratch.rename(path)
