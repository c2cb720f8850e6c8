"""The base of everything that is parsed from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

_AT_ONCE, _KEPT_ERRORS = 100, 100
MORE = "more_problems"


class StrictModel(BaseModel):
    """A model that cannot be changed after it was parsed, and that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Items:
    """The annotation of a list or map from outside that may be long: it has at least `least` and at most `most` items.

    Its items are validated a hundred at a time, and errors are only counted once there are a hundred: pydantic alone
    would hold one for each field of each item of a list that is wrong throughout. An error of type `MORE` has the
    count.
    """

    most: int
    least: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        what = "Properties" if schema["type"] == "dict" else "Items"
        least = {f"min{what}": self.least} if self.least else {}
        notes = {"pydantic_js_updates": {**least, f"max{what}": self.most}}
        return core_schema.no_info_wrap_validator_function(self._validate, schema, metadata=notes)

    def _validate(self, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        if not isinstance(value, list | tuple | dict):
            return handler(value)
        if len(value) < self.least:
            raise ValueError(f"it has {len(value)} items, and needs at least {self.least}; add one")
        if len(value) > self.most:
            raise ValueError(f"it has {len(value)} items, the limit is {self.most}; leave some out")
        made = handler(value) if len(value) <= _AT_ONCE else self._in_slices(value, handler)
        if isinstance(value, dict) and len(made) < len(value):
            raise ValueError("two of its keys name the same; keep one of them")
        return made

    def _in_slices(self, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        made: list[Any] = []
        errors = _Errors()
        for start, some in _slices(value):
            try:
                part = handler(some)
                made += part.items() if isinstance(part, dict) else part
            except ValidationError as error:
                errors.add(error, start)
        errors.refuse()
        return dict(made) if isinstance(value, dict) else tuple(made)


def _slices(value: list[Any] | tuple[Any, ...] | dict[Any, Any]) -> Iterator[tuple[int | None, Any]]:
    """Yield a hundred items at a time, with the index of the first; a map's items have keys and no index."""
    if isinstance(value, dict):
        pairs = iter(value.items())
        while some := dict(islice(pairs, _AT_ONCE)):
            yield None, some
    else:
        for start in range(0, len(value), _AT_ONCE):
            yield start, value[start : start + _AT_ONCE]


class _Errors:
    """The first hundred errors of a list, and the count of the others."""

    def __init__(self) -> None:
        self._kept: list[InitErrorDetails] = []
        self._more = 0

    def add(self, error: ValidationError, start: int | None) -> None:
        """Take an error's parts in as errors of the whole list, from which the part at `start` was validated."""
        if len(self._kept) >= _KEPT_ERRORS:
            self._more += error.error_count()
            return
        for item in error.errors(include_url=False):
            if item["type"] == MORE:
                self._more += item["ctx"]["count"]
            elif len(self._kept) >= _KEPT_ERRORS:
                self._more += 1
            else:
                first, *rest = item["loc"]
                location = (first if start is None or not isinstance(first, int) else first + start, *rest)
                kind = PydanticCustomError(item["type"], item["msg"])
                self._kept.append(InitErrorDetails(type=kind, loc=location, input=item["input"]))

    def refuse(self) -> None:
        """Raise ValidationError if there are errors."""
        if self._more:
            kind = PydanticCustomError(MORE, "{count} more problems", {"count": self._more})
            self._kept.append(InitErrorDetails(type=kind, loc=(), input=None))
        if self._kept:
            raise ValidationError.from_exception_data("items", self._kept)
