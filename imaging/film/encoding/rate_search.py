"""Search for an encoding within a limit of bytes or rate: encode, measure, lower the encoder's rate, encode again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from imaging.film.encoding.container import FilmTooLarge
from imaging.film.encoding.film_format import FilmFormat

Result = TypeVar("Result")
TRIES = 5
STEP = 0.96
"""A new attempt aims this much below what proportion asks for, for encoders that overshoot."""


def encode_within(spec: FilmFormat, make: Callable[[FilmFormat], Result]) -> Result:
    """Return the result of `make` for the highest rate tried at which it does not raise FilmTooLarge.

    `make` encodes the same frames with the format that it gets. BelowFloor is raised at once: at a lower rate the film
    would only look worse. FilmTooLarge is raised after five attempts.
    """
    spec_now = spec
    for _ in range(TRIES - 1):
        try:
            return make(spec_now)
        except FilmTooLarge as excess:
            spec_now = _lower(spec_now, excess)
    return make(spec_now)


def _lower(spec: FilmFormat, excess: FilmTooLarge) -> FilmFormat:
    now = spec.capped_bits_per_second or spec.ceiling or excess.limit
    rate = max(1000, int(now * excess.limit / excess.count * STEP))
    target = spec.target_bits_per_second
    return replace(spec, capped_bits_per_second=rate, target_bits_per_second=min(target, rate) if target else None)
