"""Meeting a limit of bytes or of rate by search: encode, measure, tell the encoder less, encode again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from imaging.film.encoding.container import TooManyBytes
from imaging.film.encoding.film_format import FilmFormat

Made = TypeVar("Made")
TRIES = 5
STEP = 0.96
"""A new attempt aims this much below what proportion asks for, for encoders that overshoot."""


def within(plan: FilmFormat, make: Callable[[FilmFormat], Made]) -> Made:
    """What `make` returns for the highest rate tried at which it does not raise TooManyBytes.

    `make` encodes the same frames with the plan that it gets. BelowFloor rises as it is: at a lower rate the film would
    only look worse. TooManyBytes rises after five attempts.
    """
    told = plan
    for _ in range(TRIES - 1):
        try:
            return make(told)
        except TooManyBytes as excess:
            told = _lower(told, excess)
    return make(told)


def _lower(plan: FilmFormat, excess: TooManyBytes) -> FilmFormat:
    now = plan.told_bits_per_second or plan.ceiling or excess.limit
    rate = max(1000, int(now * excess.limit / excess.count * STEP))
    target = plan.target_bits_per_second
    return replace(plan, told_bits_per_second=rate, target_bits_per_second=min(target, rate) if target else None)
