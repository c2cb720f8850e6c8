"""The arguments of a pipeline class, read from its signatures, so that no table of families has to be kept."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

Parameters = Mapping[str, inspect.Parameter]


def call_parameters(family: Any) -> Parameters:
    """Return the arguments of a pipeline class's call."""
    return _parameters(family, "__call__")


def encoder_parameters(family: Any) -> Parameters:
    """Return the arguments of a pipeline class's `encode_prompt`; none where it has no such method."""
    return _parameters(family, "encode_prompt")


@lru_cache(maxsize=128)
def _parameters(family: Any, method: str) -> Parameters:
    found = getattr(family, method, None)
    parameters = inspect.signature(found).parameters if found is not None else {}
    return {name: each for name, each in parameters.items() if name != "self"}


def default_of(parameters: Parameters, name: str) -> Any:
    """Return the default of an argument; None where it has none."""
    default = parameters[name].default
    return None if default is inspect.Parameter.empty else default
