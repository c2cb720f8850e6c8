"""The parts of an arrangement in their places: which are there, how large they are, and which give way to the copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from foundry.sets.set_file import Option, Part
from models.sets.ask import SetAsk
from models.sets.building.chosen import Chooser
from models.sets.building.form import Form, Options, Size
from models.sets.building.framing import copy_room, seen
from models.sets.building.library import SHAPES
from models.sets.building.own import OwnThings, Prop, fitted, placed
from models.sets.graph import Camera, Floats

WIDER = 1.25
"""What carries a product is at least this many times as wide."""
SIZES = (1.0, 0.86, 0.72, 0.6)
"""Sizes that a part may shrink to before it is left out, where it reaches into the copy's room."""
MEETS = 0.02


@dataclass(frozen=True)
class Placed:
    """A part in its place: triangles, or the tenant's prop with its own materials."""

    at: int
    part: Part
    thing: Form | Prop

    @property
    def points(self) -> Floats:
        """Its vertices."""
        if isinstance(self.thing, Form):
            return self.thing.vertices
        return np.concatenate([mesh.vertices for mesh, _ in self.thing])


@dataclass(frozen=True)
class Arrangement:
    """How a seed arranges a set: `side` is -1 if it is the other way round, `spread` how far it is drawn apart."""

    ask: SetAsk
    chooser: Chooser
    own: OwnThings
    side: float
    spread: float

    def parts(self) -> Iterator[tuple[int, Part]]:
        """Return the parts that are there, with their positions in the set file."""
        chosen: dict[str, list[int]] = {}
        for at, part in enumerate(self.ask.set.parts):
            if part.choice:
                chosen.setdefault(part.choice, []).append(at)
        kept = {
            group: places[int(self.chooser.share(f"choice.{group}") * len(places))] for group, places in chosen.items()
        }
        for at, part in enumerate(self.ask.set.parts):
            if (not part.choice or kept[part.choice] == at) and self.chooser.chance(
                float(part.chance), f"parts.{at}.chance"
            ):
                yield at, part

    def place(self, at: int, part: Part, scale: float = 1.0) -> Placed:
        """Return a part in its place, made smaller or larger."""
        numbers = [self.chooser.number(value, f"parts.{at}.at.{axis}") for axis, value in enumerate(part.at)]
        grown = (self.spread, self.spread, 1.0) if part.carries else (1.0, 1.0, 1.0)
        sizes = [self.chooser.number(value, f"parts.{at}.size.{axis}") for axis, value in enumerate(part.size)]
        size = tuple(value * scale * grow for value, grow in zip(sizes, grown, strict=True))
        apart = 1.0 if part.stays else self.spread
        x, y, z = numbers[0] * apart * self.side, numbers[1] * apart, numbers[2]
        turn = self.chooser.number(part.turn_deg, f"parts.{at}.turn") * self.side
        lean = self.chooser.number(part.lean_deg, f"parts.{at}.lean")
        if part.shape in self.own.props:
            return Placed(at, part, placed(fitted(self.own.props[part.shape], size), (x, y, z), turn))  # type: ignore[arg-type]
        form = self.shape(part.shape, size, chosen_options(part.options, f"parts.{at}", self.chooser))  # type: ignore[arg-type]
        return Placed(at, part, (form.tilted(-lean) if lean else form).moved(x, y, z, turn))

    def shape(self, name: str, size: Size, options: Options) -> Form:
        """Return a shape of the library, the other way round where the set is."""
        form = SHAPES[name](size, options)
        return form.mirrored() if self.side < 0 else form


def arrange(ask: SetAsk, chooser: Chooser, own: OwnThings) -> Arrangement:
    """Return the arrangement of a picture."""
    side = -1.0 if ask.room == "right" or (ask.room == "top" and chooser.chance(0.5, "side")) else 1.0
    if ask.mirrored and ask.room == "top":
        side = -side
    wide = (ask.stand.right - ask.stand.left) * ask.width_px / ((ask.stand.bottom - ask.stand.top) * ask.height_px)
    carried = [
        chooser.number(part.size[0], f"parts.{at}.size.0") for at, part in enumerate(ask.set.parts) if part.carries
    ]
    return Arrangement(ask, chooser, own, side, max(1.0, WIDER * wide / min(carried, default=1.0)))


def chosen_options(options: dict[str, Option], name: str, chooser: Chooser) -> Options:
    """Return a shape's options with their measures chosen."""
    return {
        key: value if isinstance(value, str) else chooser.number(value, f"{name}.{key}")
        for key, value in options.items()
    }


def height_at(form: Form, x: float = 0.0, y: float = 0.0) -> float | None:
    """Return the height of the highest triangle over a point of the ground, None if there is none."""
    a, b, c = (form.vertices[form.faces[:, corner]].astype(np.float64) for corner in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    level = np.abs(area) > 1e-12
    a, b, c, area = a[level], b[level], c[level], area[level]
    of_b = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (y - a[:, 1])) / area
    of_c = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (x - a[:, 0]) * (b[:, 1] - a[:, 1])) / area
    within = (of_b >= -1e-9) & (of_c >= -1e-9) & (of_b + of_c <= 1 + 1e-9)
    if not within.any():
        return None
    heights = a[:, 2] + of_b * (b[:, 2] - a[:, 2]) + of_c * (c[:, 2] - a[:, 2])
    return float(heights[within].max())


def give_way(arrangement: Arrangement, placed_part: Placed, camera: Camera) -> Placed | None:
    """Return a part as large as the copy's room allows it to be, or None where it does not."""
    ask, part = arrangement.ask, placed_part.part
    if part.stays or part.carries:
        return placed_part
    room = copy_room(ask)
    for scale in SIZES:
        tried = placed_part if scale == 1 else arrangement.place(placed_part.at, part, scale)
        at = seen(camera, tried.points, ask.width_px / ask.height_px)
        (left, top), (right, bottom) = at[:, :2].min(0), at[:, :2].max(0)
        meets = min(right, room.right) - max(left, room.left), min(bottom, room.bottom) - max(top, room.top)
        if min(meets) < MEETS:
            return tried
    return None
