"""Calls of the box for pictures that are to be enlarged; whatever is wrong with one is a BadInput."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.box import MIB, Boxed, BoxLimits, boxed
from foundry.errors import BadInput, Unusable
from models.upscaling.source_picture import SourceFacts

LIMITS = BoxLimits(memory_bytes=3_072 * MIB, cpu_s=60, wall_s=600, answer_bytes=640 * MIB)
"""More than the largest picture takes: 8,192 pixels squared of four channels with 16 bits, decoded and put in order."""


def source_of(function: str, path: Path) -> tuple[SourceFacts, bytes]:
    """Return the facts of a picture and its ICC profile."""
    try:
        answer = _ask(function, path)
        return answer.value_as(SourceFacts), answer.array("uint8", (None,)).tobytes()
    except Unusable as error:
        raise BadInput(str(path), f"{error.limit}; {error.remedy}") from error


def levels_of(function: str, path: Path, **arguments: Any) -> NDArray[Any]:
    """Return levels of a picture, (height, width, channels) with 8 or 16 bits."""
    try:
        answer = _ask(function, path, **arguments)
        kind = "uint16" if answer.arrays and answer.arrays[0].dtype == np.uint16 else "uint8"
        return answer.array(kind, (None, None, None))
    except Unusable as error:
        raise BadInput(str(path), f"{error.limit}; {error.remedy}") from error


def _ask(function: str, path: Path, **arguments: Any) -> Boxed:
    return boxed(function, path, limits=LIMITS, raises=(BadInput,), called=str(path), name=str(path), **arguments)
