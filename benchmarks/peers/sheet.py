"""What a rendition shows, as plain data that any library can draw; taken from our own layout, free of charge."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.channel.placement import Placement
from foundry.copy import Copy
from foundry.layout.layout import Layout
from foundry.plan.shot import MasterFacts
from foundry.tenant import Tenant
from imaging.pixels.crop import CropEdges
from imaging.pixels.geometry import PixelBox
from imaging.pixels.reduction import Picture
from imaging.still.compose import draw_lettering, finish, overlay, prepare, turn_to_locale
from imaging.still.encode import Encoded, encode
from imaging.typesetting.setting import BrandType, set_copy

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


@dataclass(frozen=True)
class Order:
    """One file to make: a master, where it goes, and the words of one locale."""

    master: Path
    facts: MasterFacts
    layout: Layout
    placement: Placement
    tenant: Tenant
    locale: str
    copy: Copy

    @property
    def shared(self) -> str:
        """What the files of all locales have in common."""
        return f"{self.master}/{self.placement.name}/{self.placement.formats[0]}"


@dataclass(frozen=True)
class Words:
    """One line: its left edge and baseline in pixels, its font's file and size, its colour."""

    x: int
    y: int
    text: str
    font: str
    size: int
    colour: str
    rtl: bool


@dataclass(frozen=True)
class Sheet:
    """`art` is what lies over the picture (RGBA PNG of the frame's size); `plates` lie under words: box, colour.

    `layers` are the words as pixels: RGBA, left, top. `made` is our file, `picture` what it was made from.
    """

    order: Order
    size: tuple[int, int]
    crop: CropEdges
    visual: PixelBox
    art: Path
    words: tuple[Words, ...]
    plates: tuple[tuple[PixelBox, str], ...]
    layers: tuple[tuple[Image.Image, int, int], ...] = field(repr=False)
    made: Encoded = field(repr=False)
    picture: NDArray[np.uint8] = field(repr=False)


def sheet(order: Order, master: Picture, folder: Path) -> Sheet:
    """Lay out an order by our own code."""
    first = prepare(master, order.facts, order.layout, order.placement, order.tenant)
    static = turn_to_locale(first, order.locale)
    art = folder / f"{sha256(f'{order.shared} {static.rtl}'.encode()).hexdigest()[:16]}.png"
    overlay(static).save(art)
    brand = order.tenant.brand
    setting = set_copy(
        order.copy, order.locale, order.layout, static.room, BrandType(order.tenant.families, brand.type)
    )
    plates = tuple(
        (slot.box, getattr(brand.palette, order.layout.styles[slot.field].plate_colour))
        for slot in setting.slots
        if slot.plate != "none"
    )
    words = tuple(
        Words(
            x + line.start, y, line.text, line.runs[0].path, slot.style.size,
            static.ink.get(slot.block, brand.palette.paper) if slot.plate == "none" else brand.palette.paper,
            slot.style.rtl,
        )
        for slot in setting.slots
        for x, y, line in slot.lines
    )  # fmt: skip
    layers = tuple((s.layer, s.left_px, s.top_px) for s in draw_lettering(first, order.copy, order.locale))
    composed = finish(first, order.copy, order.locale)
    made = encode(composed.image, order.placement, XMP)
    size, picture = composed.image.size, np.asarray(composed.image)
    return Sheet(order, size, static.crop, static.visual, art, words, plates, layers, made, picture)
