"""Parts of small films: takes, entrances, static layers and scenes of 180 × 320 pixels, without a flow."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from foundry.copy import Copy
from foundry.layout.files import layout_for
from foundry.plan.shot import Box, MasterFacts
from foundry.plan.timeline import Entrance, Take, Timeline
from imaging.film.film_scene import FilmScene
from imaging.film.signal import Signal
from imaging.film.text_motion import MovingSlot
from imaging.pixels.geometry import PixelBox
from imaging.still.compose import LetteredSlot, PlacedSlot, StaticLayer, prepare, turn_to_locale
from tests.support.briefs import a_tenant
from tests.support.small_films import SMALL

SIGNAL = Signal("yuv420p")
COPY = Copy(headline="Wake up", call_to_action="Shop")


def an_entrance(*fields: str, **changes: Any) -> Entrance:
    """A headline that rises for six frames, from frame 4 on."""
    given: dict[str, Any] = {
        "fields": fields or ("headline",), "start": 4, "frames": 6, "stagger": 2, "motion": "rise", "travel": 80,
        "ease": "ease-out", **changes,
    }  # fmt: skip
    return Entrance(**given)


def a_take(start: int = 0, stop: int = 24, *cues: Entrance, **changes: Any) -> Take:
    """A scene that shows its first picture without a move."""
    given: dict[str, Any] = {
        "start": start, "stop": stop, "picture": 0, "card": None, "camera": "hold", "amount": 60,
        "camera_ease": "linear", "moving": stop - start, "enter": "cut", "entering": 0, "enter_ease": "linear",
        "cues": cues, **changes,
    }  # fmt: skip
    return Take(**given)


def a_timeline(*takes: Take) -> Timeline:
    """These scenes at 24 frames per second."""
    return Timeline("test@1", (24, 1), takes[-1].stop, False, takes)


@lru_cache(maxsize=8)
def a_static(colour: str = "#C8B8A8", locale: str = "en-US") -> StaticLayer:
    """The story layout on a flat picture."""
    picture = Image.new("RGB", (540, 960), colour)
    facts = MasterFacts(
        name="m", bucket="story", width_px=540, height_px=960, product_box=Box(300, 500, 700, 900), mirrored=False
    )
    static = prepare(picture, facts, layout_for(SMALL), SMALL, a_tenant())
    return turn_to_locale(static, locale)


def a_card_scene(take: Take, colour: str) -> FilmScene:
    """A scene that shows one flat colour."""
    static = a_static()
    ground = dataclasses.replace(static.ground, image=Image.new("RGB", SMALL.size, colour))
    flat = dataclasses.replace(static, ground=ground)
    return FilmScene(take=take, static=flat, signal=SIGNAL, rate=Fraction(24))


def a_slot(left: int, top: int, *, size: tuple[int, int] = (40, 20), field: str = "headline") -> LetteredSlot:
    """An opaque white box in place of letters."""
    box = PixelBox(left, top, left + size[0], top + size[1])
    return LetteredSlot(PlacedSlot(field, box, "Wake up", 16, 7.0), Image.new("RGBA", size, "white"), left, top)


def a_moving_slot(left: int = 60, top: int = 140, **changes: Any) -> MovingSlot:
    """A box that comes up from 24 pixels below between frames 4 and 10."""
    given: dict[str, Any] = {"start": 4, "frames": 6, "ease": "linear", "start_offset": (0.0, 24.0), **changes}
    return MovingSlot(a_slot(left, top), **given)


def stripes(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(height, width, 3) with a soft diagonal, so that every shift can be seen."""
    down, across = np.mgrid[0:height, 0:width]
    wave = 128 + 90 * np.sin((across + down / 2) / 9)
    return np.repeat(wave[..., None], 3, axis=2).astype(np.uint8)
