"""Easing curves by name: the progress of a movement as a function of its time.

The names are those of CSS (W3C, CSS Easing Functions Level 1): `linear`, `ease`, `ease-in`, `ease-out`, `ease-in-out`,
or `cubic-bezier(x1, y1, x2, y2)`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

NAMED = {
    "linear": (0.0, 0.0, 1.0, 1.0),
    "ease": (0.25, 0.1, 0.25, 1.0),
    "ease-in": (0.42, 0.0, 1.0, 1.0),
    "ease-out": (0.0, 0.0, 0.58, 1.0),
    "ease-in-out": (0.42, 0.0, 0.58, 1.0),
}
_NUMBER = r"\s*(-?\d+(?:\.\d+)?|-?\.\d+)\s*"
_BEZIER = re.compile(rf"^cubic-bezier\({_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\)$")
STEPS = 60


@lru_cache(maxsize=256)
def control_points(name: str) -> tuple[float, float, float, float]:
    """Return the control points x1, y1, x2, y2 of a curve; ValueError for an unknown name."""
    if name in NAMED:
        return NAMED[name]
    found = _BEZIER.match(name)
    if not found:
        known = ", ".join(NAMED)
        raise ValueError(f"{name!r} is no easing curve; write one of {known}, or cubic-bezier(x1, y1, x2, y2)")
    x1, y1, x2, y2 = (float(part) for part in found.groups())
    if not (0 <= x1 <= 1 and 0 <= x2 <= 1):
        raise ValueError(f"{name!r}: x1 and x2 lie between 0 and 1, since time does not run backwards")
    return x1, y1, x2, y2


def _a_curve(name: str) -> str:
    control_points(name)
    return name


Ease = Annotated[str, AfterValidator(_a_curve)]
"""A curve by its name, in what comes from outside."""


def ease(name: str, share: float) -> float:
    """Return the progress after `share` of the time, both from 0 to 1; a curve may overshoot its ends, as in CSS."""
    if share <= 0 or share >= 1:
        return min(max(share, 0.0), 1.0)
    x1, y1, x2, y2 = control_points(name)
    return _at(y1, y2, _parameter(x1, x2, share))


def _at(first: float, second: float, t: float) -> float:
    """Return a cubic Bézier from 0 to 1, with two inner values, at `t`."""
    rest = 1 - t
    return 3 * rest * rest * t * first + 3 * rest * t * t * second + t * t * t


def _parameter(x1: float, x2: float, x: float) -> float:
    """Return the parameter at which the curve's time is `x`, by bisection, which always works: time never falls."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if _at(x1, x2, middle) < x:
            low = middle
        else:
            high = middle
    return (low + high) / 2
