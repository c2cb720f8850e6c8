"""Free metadata of a brief: any plain values, within limits."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator

from foundry.names import sorted_json

MAX_DEPTH, MAX_LEAVES, MAX_CHARACTERS = 20, 5_000, 200_000


def _within_limits(metadata: dict[str, Any]) -> dict[str, Any]:
    leaves = 0
    inner: list[tuple[Any, int]] = [(metadata, 1)]
    while inner:
        value, depth = inner.pop()
        leaves += 1
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels; write it flatter")
        if leaves > MAX_LEAVES:
            raise ValueError(f"it holds more than {MAX_LEAVES} values; keep them elsewhere and name the place")
        if isinstance(value, dict):
            inner += ((item, depth + 1) for item in value.values())
        elif isinstance(value, list | tuple):
            inner += ((item, depth + 1) for item in value)
    size = len(sorted_json(metadata))
    if size > MAX_CHARACTERS:
        raise ValueError(f"it has {size} characters as JSON, the limit is {MAX_CHARACTERS}; keep long texts elsewhere")
    return metadata


Metadata = Annotated[dict[str, Any], AfterValidator(_within_limits)]
"""Keys of the client's own, which change no picture and follow the asset."""
