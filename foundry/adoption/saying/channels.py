"""Whole channels beside shapes: "Instagram, Facebook" and "1:1, 9:16" order these shapes on these channels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from foundry.adoption.claims import Claim
from foundry.adoption.shapes import PlacementReading
from foundry.channel.placement import placement_sets, placements

Named = tuple[list[Claim], PlacementReading]
_SHAPE = re.compile(r"\d{1,5}(?:[.,]\d{1,2})?\s*(?:[:/x×]|by)\s*\d{1,5}(?:[.,]\d{1,2})?(?:\s*px)?", re.IGNORECASE)
_NEAR = Fraction(1, 50)


def channels_in_shapes(named: list[Named]) -> list[Named]:
    """Return what is named, with whole channels and sets narrowed to the ratios and sizes that stand beside them.

    A shape that none of the channels has stays the usual placement of that shape, and channels of which no placement
    fits stay whole.
    """
    channels = [one for one in named if len(one[1].names) > 1 or one[1].names[0] in placement_sets()]
    shapes = [one for one in named if _SHAPE.fullmatch(one[1].text.strip()) and one[1].names[0] in placements()]
    narrowed = [_narrowed(channel, shapes) for channel in channels]
    if not any(reading.names for _, reading in narrowed):
        return named
    served = {name for _, reading in narrowed for name in reading.names}
    kept = {id(one): fitting if fitting[1].names else one for one, fitting in zip(channels, narrowed, strict=True)}
    return [kept.get(id(one), one) for one in named if not (one in shapes and _is_served(one, served))]


def _narrowed(channel: Named, shapes: list[Named]) -> Named:
    """Return the placements of a channel in the shapes, with the claims of those; without names if none fits."""
    claims, reading = channel
    every = [name for item in reading.names for name in placement_sets().get(item, (item,))]
    fitting = tuple(dict.fromkeys(name for name in every for shape in shapes if _has_shape(name, shape[1])))
    used = [claim for shape in shapes if any(_has_shape(name, shape[1]) for name in fitting) for claim in shape[0]]
    reason = f"{reading.reason}, in the shapes that stand beside it"
    return [*claims, *_once(used, claims)], replace(reading, names=fitting, reason=reason)


def _once(more: Iterable[Claim], claims: list[Claim]) -> list[Claim]:
    return [claim for claim in dict.fromkeys(more) if claim not in claims]


def _is_served(shape: Named, names: Iterable[str]) -> bool:
    return any(_has_shape(name, shape[1]) for name in names)


def _has_shape(name: str, shape: PlacementReading) -> bool:
    size, wanted = placements()[name].size, placements()[shape.names[0]].size
    return abs(Fraction(*size) / Fraction(*wanted) - 1) < _NEAR
