"""What a pipeline class takes, read from its own signatures: families differ in arguments, not in a table of names."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

Parameters = Mapping[str, inspect.Parameter]


def call_parameters(family: Any) -> Parameters:
    """Arguments of a pipeline class's call."""
    return _parameters(family, "__call__")


def encoder_parameters(family: Any) -> Parameters:
    """Arguments of its `encode_prompt`; none where it has no such method."""
    return _parameters(family, "encode_prompt")


@lru_cache(maxsize=128)
def _parameters(family: Any, method: str) -> Parameters:
    found = getattr(family, method, None)
    parameters = inspect.signature(found).parameters if found is not None else {}
    return {name: each for name, each in parameters.items() if name != "self"}


def default_of(parameters: Parameters, name: str) -> Any:
    """The default of an argument; None where it has none."""
    default = parameters[name].default
    return None if default is inspect.Parameter.empty else default
