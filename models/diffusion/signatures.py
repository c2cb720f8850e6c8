"""What a pipeline class takes, read from its own signatures: families differ in arguments, not in a table of names."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

Parameters = Mapping[str, inspect.Parameter]


@lru_cache(maxsize=64)
def call_parameters(family: type) -> Parameters:
    """Arguments of a pipeline call."""
    return inspect.signature(family.__call__).parameters  # type: ignore[operator]


@lru_cache(maxsize=64)
def encoder_parameters(family: type) -> Parameters:
    """Arguments of its `encode_prompt`; none where it has no such method."""
    encode: Any = getattr(family, "encode_prompt", None)
    if encode is None:
        return {}
    return {name: each for name, each in inspect.signature(encode).parameters.items() if name != "self"}


def default_of(parameters: Parameters, name: str) -> Any:
    """The default of an argument; None where it has none."""
    default = parameters[name].default
    return None if default is inspect.Parameter.empty else default
