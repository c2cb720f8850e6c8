"""The checked header of a safetensors file, read without its tensors.

The library that later loads the tensors judges the file: header length, JSON, types, shapes, and offsets that leave no
gap, do not overlap and end where the file ends. Two rules of the format are added here because the library lets them
pass: a name stands in the header once, and a tensor is described by its type, shape and offsets alone.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TENSOR_KEYS = {"dtype", "shape", "data_offsets"}
LONGEST_REASON = 160
SENTENCES = {
    "header too small": "has {size} bytes, too few for safetensors",
    "header too large": "claims a header of {header} bytes, more than the format allows",
    "invalid header length": "ends after {size} bytes, within a header of {header}: truncated",
    "incomplete metadata": "has {size} bytes, and its header describes another number: truncated, or with bytes that "
    "belong to no tensor",
    "invalid offset": "has a gap or an overlap between its tensors",
}
"""A part of the library's message → the sentence that follows "the file"; other messages are passed on."""


class NotSafetensors(ValueError):
    """A file that is not sound; its text follows the words "the file"."""


@dataclass(frozen=True)
class Header:
    """The contents of a sound file: bytes in all, number of tensors, and parameters by type."""

    size: int
    tensors: int
    parameters: dict[str, int]


def read_header(path: Path) -> Header:
    """Return the header of a file; NotSafetensors if the file is truncated, corrupted or of another kind."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np"):
            pass
    except SafetensorError as error:
        raise NotSafetensors(_sentence(path, str(error))) from error
    with path.open("rb") as stream:
        text = stream.read(int.from_bytes(stream.read(8), "little"))
    tensors = json.loads(text, object_pairs_hook=_unique)
    tensors.pop("__metadata__", None)
    parameters = Counter[str]()
    for name, tensor in tensors.items():
        if tensor.keys() != TENSOR_KEYS:
            raise NotSafetensors(f"describes tensor {name[:60]!r} by other keys than dtype, shape and data_offsets")
        parameters[tensor["dtype"]] += math.prod(tensor["shape"])
    return Header(path.stat().st_size, len(tensors), dict(parameters))


def _sentence(path: Path, reason: str) -> str:
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
    for part, sentence in SENTENCES.items():
        if part in reason:
            return sentence.format(size=path.stat().st_size, header=length)
    detail = reason.removeprefix("Error while deserializing header: ")
    return f"is corrupted, or no safetensors file: {detail[:LONGEST_REASON]}"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotSafetensors("has a header that names one key twice")
    return found
