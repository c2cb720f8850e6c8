"""Moves of a film in a set, in a designer's words: what moves, how far, and how its time is eased.

A move has a value for each moment of the film. `MOVES` says what the values mean and what they are without a wish.
Every move but the focus pull and the light sweep begins at the scene's still.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from foundry.easing import Ease, ease
from foundry.sets.set_file import Share
from foundry.strict_model import StrictModel

SetMoveKind = Literal[
    "orbit", "dolly", "crane", "turntable", "focus-pull", "light-sweep", "leaves", "water", "petals", "snow"
]
MoveValue = Annotated[Decimal, Field(ge=-3_600, le=3_600, decimal_places=4)]


@dataclass(frozen=True)
class MoveRange:
    """The values of a kind of move: at the start and at the end of the film without a wish, and their limits.

    `unit` says what a value is. `steady`: what it moves goes on by itself, so its value is a strength.
    """

    start: Decimal
    end: Decimal
    least: Decimal
    most: Decimal
    unit: str
    easing: str = "ease-in-out"
    steady: bool = False


def _range(start: str, end: str, limits: tuple[int, str], unit: str, easing: str = "ease-in-out") -> MoveRange:
    least, most = limits
    return MoveRange(Decimal(start), Decimal(end), Decimal(least), Decimal(most), unit, easing)


def _strength(unit: str) -> MoveRange:
    return MoveRange(Decimal(1), Decimal(1), Decimal(0), Decimal(3), unit, "linear", steady=True)


MOVES: dict[str, MoveRange] = {
    "orbit": _range("0", "20", (-180, "180"), "degrees of the camera round the product, to the right"),
    "dolly": _range("0", "0.18", (-1, "0.6"), "share of its distance that the camera comes closer"),
    "crane": _range("0", "8", (-6, "60"), "degrees that the camera rises, looking at the product"),
    "turntable": _range("0", "360", (-3_600, "3600"), "degrees of the product on its place", "linear"),
    "focus-pull": _range("2", "0", (-3, "12"), "heights of the product behind it that are in focus", "ease-out"),
    "light-sweep": _range("-45", "15", (-180, "180"), "degrees of the lamps round the product"),
    "leaves": _strength("strength of the wind in what casts shadows"),
    "water": _strength("speed of the waves"),
    "petals": _strength("number of falling petals"),
    "snow": _strength("number of falling flakes"),
}
DEFAULT = "dolly"
"""The move of a film whose words name none."""


class MoveKey(StrictModel):
    """A value at a moment, and the easing of the way to it."""

    at: Share = Field(description="Share of the film's time.", examples=["0.5"])
    value: MoveValue = Field(description="In the unit of the move.", examples=["90"])
    easing: Ease = Field(default="ease-in-out", description="Of the time since the key before.")


class SetMove(StrictModel):
    """One thing that moves in a set. Several may move at once."""

    kind: SetMoveKind = Field(description="What moves, and how.", examples=["turntable"])
    start: MoveValue | None = Field(default=None, description="Value at the start.", examples=["0"])
    end: MoveValue | None = Field(default=None, description="Value at the end.", examples=["360"])
    easing: Ease | None = Field(default=None, description="Of the way from start to end.", examples=["linear"])
    keys: tuple[MoveKey, ...] = Field(
        default=(), max_length=24, description="Values at moments, in place of start and end, in order of time."
    )

    @model_validator(mode="after")
    def _is_possible(self) -> SetMove:
        if self.keys and (self.start, self.end, self.easing) != (None, None, None):
            raise ValueError(f"move {self.kind}: `keys` take the place of start, end and easing; leave those out")
        times = [key.at for key in self.keys]
        if times != sorted(set(times)):
            raise ValueError(f"move {self.kind}: the keys' times must rise, and are {', '.join(map(str, times))}")
        known = MOVES[self.kind]
        for value in (self.start, self.end, *(key.value for key in self.keys)):
            if value is not None and not known.least <= value <= known.most:
                raise ValueError(
                    f"move {self.kind}: {value} is outside {known.least} to {known.most}, {known.unit}; "
                    "choose a value in between"
                )
        return self

    @property
    def shown(self) -> str:
        """The move in messages and records."""
        ends = [str(value) for value in (self.value_at(0), self.value_at(1))]
        return f"{self.kind} {ends[0]}" if MOVES[self.kind].steady else f"{self.kind} {ends[0]} to {ends[1]}"

    def value_at(self, share: float) -> float:
        """Return the value after this share of the film's time."""
        before = self.steps[0]
        for key in self.steps[1:]:
            if share <= key.at:
                span = float(key.at - before.at)
                along = ease(key.easing, (share - float(before.at)) / span)
                return float(before.value) + (float(key.value) - float(before.value)) * along
            before = key
        return float(before.value)

    @property
    def steps(self) -> tuple[MoveKey, ...]:
        """The keys; those of start and end where there are none."""
        if self.keys:
            return self.keys
        known = MOVES[self.kind]
        first, last = (known.start if self.start is None else self.start), (known.end if self.end is None else self.end)
        easing = self.easing or known.easing
        return MoveKey(at=Decimal(0), value=first), MoveKey(at=Decimal(1), value=last, easing=easing)


def moves_from(said: Sequence[SetMove | SetMoveKind]) -> tuple[SetMove, ...]:
    """Return moves for moves and names of moves."""
    return tuple(one if isinstance(one, SetMove) else SetMove(kind=one) for one in said)
