"""Type on a picture that moves: set on the moment that asks most of it, and measured on others."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from PIL import Image

from foundry.film import Take
from foundry.shot import MasterFacts
from transforms.film.camera import Window
from transforms.film.dressing import dressed, eight_bits
from transforms.film.footage import Footage, frames_at
from transforms.film.lettering import Lettering
from transforms.film.signal import Levels
from transforms.rendering.compose import PlacedSlot, StaticLayer, above
from transforms.rendering.contrast import against, extremes

MOMENTS = 3
"""Of a scene whose picture moves: when type comes, halfway, and at the end."""


def moments(take: Take, rate: Fraction) -> tuple[Fraction, ...]:
    """When the picture is looked at: seconds from the scene's start, while its type shows or, without type, always."""
    start = min((cue.start for cue in take.cues), default=take.start) - take.start
    last = take.frames - 1
    return tuple(Fraction(start + (last - start) * at // (MOMENTS - 1)) / rate for at in range(MOMENTS))


def dressed_moving(
    take: Take, clip: Footage, rate: Fraction, static: StaticLayer, rest: Window
) -> tuple[StaticLayer, tuple[Image.Image, ...]]:
    """The scene's static layer, set on the moment on which its type reads best everywhere; and all moments under it.

    Each is the frame's size, RGB, with everything but the words.
    """
    frames = frames_at(clip.file, moments(take, rate))
    tried = [dressed(take, (frame, clip.facts), static, rest) for frame in frames]
    grounds = [tuple(_under(layer, frame, clip.facts, rest) for frame in frames) for layer in tried]
    best = max(range(len(tried)), key=lambda at: (_worst(tried[at], grounds[at]), -at))
    return tried[best], grounds[best]


def _under(layer: StaticLayer, frame: Levels, facts: MasterFacts, rest: Window) -> Image.Image:
    """A frame where the key visual shows, below what lies over it."""
    visual = layer.visual
    box = (rest.left, rest.top, rest.left + rest.width, rest.top + rest.height)
    shown = eight_bits(frame).resize((visual.width, visual.height), Image.Resampling.BILINEAR, box=box)
    canvas = Image.new("RGB", layer.image.size)
    canvas.paste(shown, (visual.left, visual.top))
    over = above(layer)
    canvas.paste(over, (0, 0), over)
    return canvas


def _worst(layer: StaticLayer, grounds: tuple[Image.Image, ...]) -> float:
    """The least contrast of any block's ink with what is behind the block at any moment."""
    boxes = dict(layer.room.boxes)
    ratios = [against(ink, extremes(g, boxes[name])) for name, ink in layer.ink.items() for g in grounds]
    return min(ratios, default=21.0)


def _ink(layer: Image.Image) -> str:
    """The colour of a slot's letters: that of its clear corner, too, since only the coverage changes."""
    red, green, blue = (int(level) for level in np.asarray(layer)[0, 0, :3])
    return f"#{red:02X}{green:02X}{blue:02X}"


def as_it_moves(letters: Lettering, static: StaticLayer, grounds: tuple[Image.Image, ...]) -> tuple[PlacedSlot, ...]:
    """The slots of a scene with the least contrast of all moments; those on plates of their own keep theirs."""
    found = []
    for moving in letters.slots:
        slot = moving.slot
        if static.layout.styles[slot.placed.field].plate == "none" and grounds:
            least = min(against(_ink(slot.layer), extremes(ground, slot.placed.box)) for ground in grounds)
            found.append(replace(slot.placed, contrast=round(min(slot.placed.contrast, least), 2)))
        else:
            found.append(slot.placed)
    return tuple(found)
