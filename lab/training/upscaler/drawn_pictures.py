"""The upscaler's training pictures: (EDGE, EDGE, 3) uint8 sRGB, each a function of its number alone.

There is no photograph and no other model's output among them. Dead leaves (Matheron 1968; Lee, Mumford and Huang 2001)
have the edges, occlusions and power-law sizes of natural pictures; the others teach letters, lines and soft light.
Everything is drawn at twice the size and reduced, so that edges are as fine as a lens leaves them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from lab.renders.recipes import draw_recipes
from lab.renders.scenes import render
from lab.training.upscaler.textures import cloud, texture
from templates import TEMPLATES

EDGE = 384
LARGE = 2 * EDGE
Picture = NDArray[Any]
ALPHABETS = {
    "Arabic": (0x627, 0x64A), "Hebrew": (0x5D0, 0x5EA), "Devanagari": (0x905, 0x939),
    "Thai": (0xE01, 0xE2E), "JP": (0x3042, 0x3093),
}  # fmt: skip
_SCRIPTS = (
    "NotoEmoji-{}.ttf", "NotoSansArabic-{}.ttf", "NotoSansDevanagari-{}.ttf", "NotoSansHebrew-{}.ttf",
    "NotoSansJP-{}.otf", "NotoSansKR-{}.otf", "NotoSansSC-{}.otf", "NotoSansThai-{}.ttf",
)  # fmt: skip
_LATIN = (
    "Archivo-ExtraBold.ttf", "Archivo-Medium.ttf", "Inter-Regular.ttf", "Inter-SemiBold.ttf", "Marcellus-Regular.ttf",
)  # fmt: skip
FONTS = (*(name.format(weight) for name in _SCRIPTS for weight in ("Bold", "Regular")), *(_LATIN * 3))
"""The fonts that the shipped model was trained with: those that came later would change what a number draws."""


def leaves(chance: np.random.Generator) -> Picture:
    """Draw overlapping shapes with radii of density r^-3, each with a colour, a gradient and a texture of its own."""
    ids, count = _leaf_ids(chance)
    colours = _palette(chance, count)
    slopes = chance.normal(0, 0.25, (count, 2)).astype(np.float32) * (chance.random((count, 1)) < 0.6)
    x = np.linspace(-1, 1, LARGE, dtype=np.float32)
    light = slopes[ids, 0] * x[None, :] + slopes[ids, 1] * x[:, None]
    coats = np.stack([texture(LARGE, chance) for _ in range(3)])
    strength = (chance.exponential(0.05, count) * (chance.random(count) < 0.75)).astype(np.float32)
    which = chance.integers(3, size=count)
    for at, coat in enumerate(coats):
        light = light + np.where(which == at, strength, 0).astype(np.float32)[ids] * coat
    return _photograph(colours[ids] + light[..., None], chance)


def _leaf_ids(chance: np.random.Generator) -> tuple[NDArray[np.int32], int]:
    small, large = float(np.exp(chance.uniform(0.9, 3.4))), float(chance.uniform(150, 900))
    count = int(np.clip(2.5 * LARGE**2 / (np.pi * small**2 * np.log(large / small) * 2), 60, 5000))
    share = chance.random(count)
    radii = 1 / np.sqrt((1 - share) / small**2 + share / large**2)
    if chance.random() < 0.5:
        radii = np.sort(radii)[::-1]
    canvas = Image.new("I", (LARGE, LARGE), 0)
    pen = ImageDraw.Draw(canvas)
    corners = int(chance.integers(0, 3))
    for at, radius in enumerate(radii):
        pen.polygon(_outline(chance, float(radius), corners), fill=at)
    return np.asarray(canvas, np.int32), count


def _outline(chance: np.random.Generator, radius: float, kind: int) -> list[tuple[float, float]]:
    """Return the outline of a disc, a box or a ragged polygon, stretched and turned."""
    number = (int(np.clip(radius, 10, 48)), 4, int(chance.integers(3, 8)))[kind]
    turn, stretch = float(chance.uniform(0, 2 * np.pi)), float(np.exp(chance.uniform(-0.9, 0.9)))
    angles = np.arange(number) * 2 * np.pi / number
    far = radius * (chance.uniform(0.5, 1.3, number) if kind == 2 else np.ones(number))
    along, across = far * np.cos(angles) * stretch, far * np.sin(angles) / stretch
    centre = chance.uniform(0, LARGE, 2)
    xs = centre[0] + along * np.cos(turn) - across * np.sin(turn)
    ys = centre[1] + along * np.sin(turn) + across * np.cos(turn)
    return list(zip(xs.tolist(), ys.tolist(), strict=True))


def _palette(chance: np.random.Generator, count: int) -> Picture:
    """Return colours around a few centres, of wide brightness and low saturation as in photographs."""
    centres = chance.random((6, 3)) * chance.uniform(0.2, 1) + chance.random(3) * 0.4
    grey = centres.mean(axis=1, keepdims=True)
    centres = grey + (centres - grey) * chance.uniform(0.1, 1, (6, 1))
    chosen = centres[chance.integers(6, size=count)]
    level = 1 + chance.uniform(0.1, 0.6) * chance.uniform(-1, 1, (count, 1))
    return np.asarray(np.clip(chosen * level + chance.normal(0, 0.06, (count, 3)), 0, 1), np.float32)


def words(chance: np.random.Generator) -> Picture:
    """Draw lines of random letters in the project's fonts, over a plain or a textured ground."""
    ground = leaves(chance) if chance.random() < 0.3 else _ground(chance)
    canvas = Image.fromarray(ground).resize((LARGE, LARGE), Image.Resampling.BICUBIC)
    pen, y = ImageDraw.Draw(canvas), 0.0
    files = [TEMPLATES / "fonts" / name for name in FONTS]
    while y < LARGE:
        font_file = files[int(chance.integers(len(files)))]
        size = int(np.exp(chance.uniform(np.log(14), np.log(130))))
        font = ImageFont.truetype(str(font_file), size, layout_engine=ImageFont.Layout.BASIC)
        text = _letters(font_file.name, int(LARGE / size * 2.2) + 1, chance)
        colour = tuple(int(c) for c in chance.integers(0, 256, 3))
        pen.text((float(chance.uniform(-20, 60)), y), text, font=font, fill=colour)
        y += size * float(chance.uniform(1.0, 1.8))
    turned = canvas.rotate(float(chance.normal(0, 12)), Image.Resampling.BICUBIC) if chance.random() < 0.3 else canvas
    return _photograph(np.asarray(turned, np.float32) / 255, chance)


def _letters(font: str, count: int, chance: np.random.Generator) -> str:
    first, last = next((span for name, span in ALPHABETS.items() if name in font), (0x41, 0x7A))
    codes = chance.integers(first, last + 1, count)
    return "".join(" " if chance.random() < 0.15 else chr(code) for code in codes)


def lines(chance: np.random.Generator) -> Picture:
    """Draw line art: strokes, arcs, grids and frames, thin and thick."""
    canvas = Image.fromarray(_ground(chance)).resize((LARGE, LARGE), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(canvas)
    for _ in range(int(chance.integers(20, 140))):
        colour = tuple(int(c) for c in chance.integers(0, 256, 3))
        wide = int(np.exp(chance.uniform(0.6, 2.6)))
        x0, y0, x1, y1 = (int(c) for c in chance.integers(-80, LARGE + 80, 4))
        kind = chance.random()
        if kind < 0.5:
            pen.line((x0, y0, x1, y1), fill=colour, width=wide)
        elif kind < 0.75:
            box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            pen.arc(box, int(chance.integers(360)), int(chance.integers(360)), fill=colour, width=wide)
        else:
            step = int(chance.integers(6, 40))
            for line in range(0, 200, step):
                pen.line((x0 + line, y0, x0 + line + (x1 - x0) // 6, y0 + 200), fill=colour, width=wide)
    return _photograph(np.asarray(canvas, np.float32) / 255, chance)


def scene(chance: np.random.Generator) -> Picture:
    """Render a scene of the backdrop model's training set."""
    (recipe,) = draw_recipes(1, [(EDGE, EDGE)], int(chance.integers(2**31)))
    return render(recipe)


def grain(chance: np.random.Generator) -> Picture:
    """Draw one material that fills the frame: cloth, stone, skin, sand."""
    plane = 0.6 * texture(LARGE, chance) + 0.4 * cloud(LARGE, chance, float(chance.uniform(0.4, 1.6)))
    tint = _palette(chance, 2)
    share = np.clip(0.5 + plane[..., None] * chance.uniform(0.05, 0.3), 0, 1).astype(np.float32)
    return _photograph(tint[0] * (1 - share) + tint[1] * share, chance)


def _ground(chance: np.random.Generator) -> Picture:
    first, second = _palette(chance, 2)
    share = np.linspace(0, 1, EDGE, dtype=np.float32)[:, None, None]
    plain = np.broadcast_to(first * (1 - share) + second * share, (EDGE, EDGE, 3))
    return np.asarray(np.clip(plain * 255, 0, 255), np.uint8)


def _photograph(large: Picture, chance: np.random.Generator) -> Picture:
    """Return a picture at half the size, with the blur of a lens and sometimes the noise of a sensor."""
    image = Image.fromarray(np.asarray(np.clip(large * 255 + 0.5, 0, 255), np.uint8))
    if chance.random() < 0.6:
        image = image.filter(ImageFilter.GaussianBlur(float(chance.uniform(0.3, 1.8))))
    small: Picture = np.asarray(image.resize((EDGE, EDGE), Image.Resampling.BOX), np.float32)
    if chance.random() < 0.25:
        small = small + chance.normal(0, chance.uniform(0.3, 2.5), small.shape)
    return np.asarray(np.clip(np.rint(small), 0, 255), np.uint8)


KINDS: dict[Callable[[np.random.Generator], Picture], float] = {
    leaves: 0.58, words: 0.13, lines: 0.08, scene: 0.08, grain: 0.13,
}  # fmt: skip


def draw_picture(number: int) -> Picture:
    """Draw the training picture with this number."""
    chance = np.random.default_rng((20_261_124, number))
    kind = int(np.searchsorted(np.cumsum(list(KINDS.values())), chance.random() * 0.9999))
    return list(KINDS)[kind](chance)
