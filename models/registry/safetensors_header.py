"""Whether a file is a whole, sound safetensors file, judged from its first bytes and its length alone.

The format (github.com/huggingface/safetensors): 8 bytes of header length, little-endian; that many bytes of JSON, which
begin with `{` and may be padded with spaces; then the tensors' bytes. The header maps each name to its type, shape and
two offsets into those bytes. Offsets leave no gap, do not overlap, and end where the file ends.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEADER_LIMIT = 100_000_000
BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32,
    "U64": 64, "I64": 64, "F64": 64, "C64": 64, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
}  # fmt: skip


class NotSafetensors(ValueError):
    """What is wrong, so that "the file ..." makes a sentence."""


@dataclass(frozen=True)
class Header:
    """What a sound file holds: bytes in all, tensors, and parameters by type."""

    size: int
    tensors: int
    parameters: dict[str, int]


def read_header(path: Path) -> Header:
    """The checked header of a file; NotSafetensors for a file that is truncated, corrupted or something else."""
    size = path.stat().st_size
    if size < 10:
        raise NotSafetensors(f"has {size} bytes, too few for safetensors")
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > HEADER_LIMIT:
            raise NotSafetensors(f"claims a header of {length} bytes; the limit is {HEADER_LIMIT}")
        if 8 + length > size:
            raise NotSafetensors(f"ends after {size} bytes, within a header of {length}: truncated")
        text = stream.read(length)
    return _checked(_parsed(text), size - 8 - length, size)


def _parsed(text: bytes) -> dict[str, Any]:
    if not text.startswith(b"{"):
        raise NotSafetensors("does not begin with a safetensors header")
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError) as error:
        if isinstance(error, NotSafetensors):
            raise
        raise NotSafetensors("has a header that is not JSON: corrupted") from error
    if not isinstance(header, dict):
        raise NotSafetensors("has a header that is not a map of tensors")
    return header


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotSafetensors("has a header that says one key twice")
    return found


def _never(name: str) -> Any:
    raise NotSafetensors(f"has a header with {name} in it")


def _checked(header: dict[str, Any], data_bytes: int, size: int) -> Header:
    metadata = header.pop("__metadata__", None)
    if metadata is not None and not _texts(metadata):
        raise NotSafetensors("has metadata that are not texts")
    spans, parameters = [], dict[str, int]()
    for name, tensor in header.items():
        kind, start, stop, count = _tensor(name, tensor)
        spans.append((start, stop, name))
        parameters[kind] = parameters.get(kind, 0) + count
    end = 0
    for start, stop, name in sorted(spans):
        if start != end:
            raise NotSafetensors(
                f"has tensor {_short(name)} at byte {start} where byte {end} is due: a gap or an overlap"
            )
        end = stop
    if end > data_bytes:
        raise NotSafetensors(f"ends after {size} bytes, {end - data_bytes} before its header says: truncated")
    if end < data_bytes:
        raise NotSafetensors(f"has {data_bytes - end} bytes that belong to no tensor")
    return Header(size, len(header), parameters)


def _texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _tensor(name: str, tensor: Any) -> tuple[str, int, int, int]:
    """Type, offsets and number of elements of one tensor."""
    if not isinstance(tensor, dict) or set(tensor) != {"dtype", "shape", "data_offsets"}:
        raise NotSafetensors(f"describes tensor {_short(name)} by other keys than dtype, shape and data_offsets")
    kind, shape, offsets = tensor["dtype"], tensor["shape"], tensor["data_offsets"]
    if not isinstance(kind, str) or kind not in BITS:
        raise NotSafetensors(f"has tensor {_short(name)} of the unknown type {_short(kind)}")
    if not _counts(shape) or not _counts(offsets) or len(offsets) != 2:
        raise NotSafetensors(f"has tensor {_short(name)} with a shape or offsets that are not whole numbers")
    (start, stop), count = offsets, math.prod(shape)
    if math.prod(max(length, 1) for length in shape) >> 63 or not _encodable(name):
        raise NotSafetensors(f"has tensor {_short(name)} with a name or shape that no reader can hold")
    if stop - start < 0 or (stop - start) * 8 != count * BITS[kind]:
        raise NotSafetensors(
            f"gives tensor {_short(name)} {stop - start} bytes; its shape needs {count * BITS[kind] // 8}"
        )
    return kind, start, stop, count


def _counts(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 1 << 63 for value in values)


def _encodable(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
