"""The answer of a job: a file in memory that the job writes, and that its caller reads as it would a stranger's.

Layout: the length of the JSON in eight bytes, little-endian; the JSON; then each array, at the next multiple of 64.
"""

from __future__ import annotations

import dataclasses
import json
import math
import mmap
import os
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from foundry.errors import Unusable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Value = TypeVar("Value")

HEAD_BYTES, ALIGNMENT = 8, 64
MOST_ARRAYS, MOST_DIMENSIONS = 16, 6
TYPES = ("bool", "uint8", "uint16", "uint32", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


@dataclass(frozen=True)
class Boxed:
    """The answer of a function that ran in the box: a JSON value, and arrays that this process alone holds.

    Values and arrays are as untrusted as the bytes that they were read from: their types and sizes are sound, their
    meaning is for the caller to check.
    """

    value: Any = None
    arrays: tuple[NDArray[Any], ...] = field(default=())
    title: str = "the file"

    def value_as(self, kind: type[Value]) -> Value:
        """Return the value as a dataclass or another type that pydantic can check; Unusable if it is no such thing."""
        from pydantic import TypeAdapter, ValidationError

        try:
            return TypeAdapter(kind).validate_python(self.value)
        except ValidationError as error:
            raise self._unsound() from error

    def array(self, kind: str, shape: tuple[int | None, ...], place: int = 0) -> NDArray[Any]:
        """Return one of the arrays, which must have this type and shape; None stands for any length. Else Unusable."""
        if place >= len(self.arrays):
            raise self._unsound()
        found = self.arrays[place]
        fits = len(shape) == found.ndim and all(w in (None, h) for w, h in zip(shape, found.shape, strict=True))
        if found.dtype.name != kind or not fits:
            raise self._unsound()
        return found

    def _unsound(self) -> Unusable:
        return Unusable(self.title, "made its reader give no sound answer", "save it again with another program")


class BrokenAnswer(ValueError):
    """An answer that does not keep the layout."""


def as_boxed(result: Any) -> Boxed:
    """Return the result of a function as an answer: a single array or a tuple of them has no JSON value beside it."""
    import numpy as np

    if isinstance(result, Boxed):
        return result
    if isinstance(result, np.ndarray):
        return Boxed(None, (result,))
    if isinstance(result, tuple) and result and all(isinstance(part, np.ndarray) for part in result):
        return Boxed(None, result)
    return Boxed(result)


def write_answer(descriptor: int, status: str, answer: Boxed) -> None:
    """Write an answer over whatever the file holds; OSError if it grows past the process's limit of file size."""
    import numpy as np

    arrays = [np.ascontiguousarray(array) if array.ndim else array.reshape(1) for array in answer.arrays]
    described = [{"type": array.dtype.name, "shape": list(array.shape)} for array in arrays]
    content = {"status": status, "value": answer.value, "arrays": described}
    body = json.dumps(content, default=_plain, allow_nan=True).encode()
    os.ftruncate(descriptor, 0)
    _write(descriptor, memoryview(len(body).to_bytes(HEAD_BYTES, "little") + body), 0)
    at = _aligned(HEAD_BYTES + len(body))
    for array in arrays:
        _write(descriptor, memoryview(array.data).cast("B") if array.size else memoryview(b""), at)
        at = _aligned(at + array.nbytes)
    os.ftruncate(descriptor, at)


def _plain(value: object) -> Any:
    """Return a value that JSON does not know as one that it does; TypeError for any other."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {part.name: getattr(value, part.name) for part in dataclasses.fields(value)}
    if isinstance(value, Fraction | Path):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"a job answered with a {type(value).__name__}, which JSON cannot hold")


def _write(descriptor: int, content: memoryview, at: int) -> None:
    while content:
        count = os.pwrite(descriptor, content, at)
        content, at = content[count:], at + count


def _aligned(at: int) -> int:
    return -(-at // ALIGNMENT) * ALIGNMENT


def read_answer(descriptor: int, json_bytes: int, answer_bytes: int) -> tuple[str, Boxed]:
    """Return status and answer from a file that no other process writes any more; BrokenAnswer if it breaks the layout.

    Arrays are copy-on-write mappings of the file: nothing is copied, and nobody else sees what is written to them.
    """
    size = os.fstat(descriptor).st_size
    if not HEAD_BYTES < size <= answer_bytes:
        raise BrokenAnswer(f"it has {size} bytes")
    view = mmap.mmap(descriptor, size, access=mmap.ACCESS_COPY)
    length = int.from_bytes(view[:HEAD_BYTES], "little")
    if length > min(json_bytes, size - HEAD_BYTES):
        raise BrokenAnswer(f"its JSON claims {length} bytes")
    try:
        content = json.loads(view[HEAD_BYTES : HEAD_BYTES + length])
        status, value, described = content["status"], content["value"], content["arrays"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenAnswer(f"its JSON is broken ({type(error).__name__})") from error
    if not isinstance(status, str) or not isinstance(described, list) or len(described) > MOST_ARRAYS:
        raise BrokenAnswer("its JSON has the wrong fields")
    return status, Boxed(value, _arrays(view, _aligned(HEAD_BYTES + length), described))


def _arrays(view: mmap.mmap, at: int, described: list[Any]) -> tuple[NDArray[Any], ...]:
    if not described:
        view.close()
        return ()
    import numpy as np

    found = []
    for one in described:
        kind, shape = _described(one)
        count = math.prod(shape)
        if at + count * kind.itemsize > len(view):
            raise BrokenAnswer("an array ends behind the end")
        found.append(np.frombuffer(view, kind, count, at).reshape(shape) if count else np.zeros(shape, kind))
        at = _aligned(at + count * kind.itemsize)
    return tuple(found)


def _described(one: Any) -> tuple[np.dtype[Any], tuple[int, ...]]:
    import numpy as np

    if not isinstance(one, dict) or one.get("type") not in TYPES or not isinstance(one.get("shape"), list):
        raise BrokenAnswer("an array is of no known type")
    shape = tuple(one["shape"])
    if len(shape) > MOST_DIMENSIONS or not all(type(edge) is int and 0 <= edge < 1 << 40 for edge in shape):
        raise BrokenAnswer("an array has no sound shape")
    return np.dtype(one["type"]), shape
