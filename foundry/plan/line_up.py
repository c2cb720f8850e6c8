"""Line-ups: the picture of a product that shows others, at their true relative sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from foundry.brief.brief import Brief
from foundry.inputs.picture import LINE_UP
from foundry.names import digest

DRAWING_VERSION = "1"
"""Of the program that draws line-ups; another one gives them other keys."""


@dataclass(frozen=True)
class LineUp:
    """Products side by side: the keys of their pictures and their heights in millimetres, in order.

    `key` is what a plan and its shots refer to this picture by: a hash of everything that it is drawn from.
    """

    members: tuple[tuple[str, Decimal], ...]
    key: str


def line_up_of(members: tuple[tuple[str, Decimal], ...]) -> LineUp:
    """Return the line-up of some pictures with their heights."""
    told = [[key, f"{height.normalize():f}"] for key, height in members]
    return LineUp(members, f"{LINE_UP}{digest('line-up', members=told, drawing=DRAWING_VERSION)}")


def line_ups(brief: Brief, keys: Mapping[str, str]) -> dict[str, LineUp]:
    """Return the line-ups of the products that show others, by product id; `keys` are those of products' pictures.

    One of whose products has no usable picture is left out: the plan is refused for that.
    """
    heights = {product.id: product.height_mm for product in brief.products}
    found = {}
    for product in brief.products:
        members = [(keys.get(one), heights.get(one)) for one in product.shows]
        sure = tuple((key, height) for key, height in members if key is not None and height is not None)
        if product.shows and len(sure) == len(members):
            found[product.id] = line_up_of(sure)
    return found
