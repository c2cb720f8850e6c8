"""Mineral materials: plaster, microcement, concrete, marble, travertine, terrazzo, ceramic, stone."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from models.sets.building.patterns import fractal, mixed, normals_of, tinted
from models.sets.building.surface import Maker
from models.sets.graph import Floats, Material, Numbers

EDGE = 1_024
"""Texels of a texture's edge."""


def plaster(colour: Floats, scale: float, seed: int) -> Material:
    """Return fine plaster: matt, with faint clouds and grain."""
    clouds, grain = fractal(EDGE, seed, roughness=1.2, high=12), fractal(EDGE, seed + 1, roughness=0.2, low=90)
    tile = 2.5 * scale
    return Material(
        colour=tinted(colour, 1 + 0.016 * clouds + 0.008 * grain),
        roughness=0.82,
        specular=0.2,
        normals=normals_of(0.4 * grain + 0.6 * fractal(EDGE, seed + 2, roughness=0.8, low=20), 0.00035),
        repeat=(1 / tile, 1 / tile),
    )


def microcement(colour: Floats, scale: float, seed: int) -> Material:
    """Return trowelled cement: clouds, strokes of the trowel, a dull sheen."""
    clouds = fractal(EDGE, seed, roughness=0.9, high=40)
    strokes = fractal(EDGE, seed + 1, roughness=0.7, low=3, high=200, stretch=0.28)
    shade = 1 + 0.055 * clouds + 0.025 * strokes
    tile = 3.0 * scale
    return Material(
        colour=tinted(colour, shade),
        roughness=np.clip(0.52 + 0.07 * strokes, 0.3, 0.9).astype(np.float32),
        specular=0.35,
        normals=normals_of(strokes + 0.5 * fractal(EDGE, seed + 2, roughness=0.5, low=30), 0.00045),
        repeat=(1 / tile, 1 / tile),
    )


def concrete(colour: Floats, scale: float, seed: int) -> Material:
    """Return cast concrete: clouds, fine pores."""
    clouds, fine = fractal(EDGE, seed, roughness=1.0, high=60), fractal(EDGE, seed + 1, roughness=0.3, low=60)
    pores = _dots(seed, 420, (0.6, 2.6))
    shade = (1 + 0.07 * clouds + 0.03 * fine) * (1 - 0.45 * pores)
    tile = 2.6 * scale
    return Material(
        colour=tinted(colour, shade, 0.2),
        roughness=0.78,
        specular=0.3,
        normals=normals_of(0.3 * fine - 5 * pores, 0.0006),
        repeat=(1 / tile, 1 / tile),
    )


def _dots(seed: int, count: int, radius: tuple[float, float]) -> Floats:
    """Return soft round dots in [0, 1], tileable, with radii in texels."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (EDGE, EDGE))
    draw = ImageDraw.Draw(image)
    for x, y, size in zip(
        rng.uniform(0, EDGE, count), rng.uniform(0, EDGE, count), rng.uniform(*radius, count), strict=True
    ):
        for shift_x in (0, -EDGE, EDGE):
            for shift_y in (0, -EDGE, EDGE):
                draw.ellipse((x + shift_x - size, y + shift_y - size, x + shift_x + size, y + shift_y + size), fill=255)
    return (np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)), np.float32) / 255).astype(np.float32)


def _veins(seed: int, waves: float, width: float, bend: float) -> Floats:
    """Return thin lines in [0, 1] where a bent field crosses zero."""
    field = fractal(EDGE, seed, roughness=1.6, low=1, high=waves)
    field = field + bend * fractal(EDGE, seed + 1, roughness=1.1, low=3, high=90)
    slope = np.hypot(np.roll(field, -1, 0) - np.roll(field, 1, 0), np.roll(field, -1, 1) - np.roll(field, 1, 1)) / 2
    away = np.abs(field) / np.maximum(slope, 0.0015)
    return np.exp(-((away / width) ** 1.3)).astype(np.float32)


def marble(colour: Floats, scale: float, seed: int) -> Material:
    """Return polished marble: pale clouds, a few soft veins and many fine ones."""
    clouds = fractal(EDGE, seed, roughness=1.3, high=50)
    where = np.clip(0.5 + 0.6 * fractal(EDGE, seed + 9, roughness=1.4, high=8), 0, 1)
    broad = _veins(seed + 2, 3, 9.0, 0.16) * (0.3 + 0.7 * where)
    haze = _veins(seed + 2, 3, 42.0, 0.16) * where
    fine = _veins(seed + 5, 6, 2.2, 0.22) * where
    dark = np.asarray(colour * np.array([0.42, 0.43, 0.46]), np.float32)
    body = tinted(colour, 1 + 0.035 * clouds)
    texture = mixed(body, dark, 0.5 * broad + 0.16 * haze + 0.3 * fine)
    texture *= (np.asarray(colour) / np.maximum(texture.mean((0, 1)), 1e-4)) ** 0.6
    tile = 3.2 * scale
    return Material(
        colour=np.clip(texture, 0, 0.97).astype(np.float32),
        roughness=np.clip(0.14 + 0.03 * fractal(EDGE, seed + 7, high=30), 0.06, 0.3).astype(np.float32),
        specular=0.5,
        repeat=(1 / tile, 1 / tile),
    )


def travertine(colour: Floats, scale: float, seed: int) -> Material:
    """Return honed travertine: level bands with long pores."""
    bands = fractal(EDGE, seed, roughness=0.9, low=1, high=160, stretch=9)
    slow = fractal(EDGE, seed + 1, roughness=1.2, high=10)
    holes = fractal(EDGE, seed + 2, roughness=0.35, low=14, high=240, stretch=3.2) + 0.7 * bands
    pores = np.clip((holes - 2.15) * 2.2, 0, 1)
    warm = np.asarray(colour * np.array([0.80, 0.74, 0.66]), np.float32)
    texture = mixed(tinted(colour, 1 + 0.03 * slow), warm, 0.36 + 0.2 * bands)
    texture = mixed(texture, warm * 0.45, pores * 0.85)
    texture *= np.asarray(colour) / np.maximum(texture.mean((0, 1)), 1e-4)
    tile = 2.4 * scale
    return Material(
        colour=np.clip(texture, 0, 0.97).astype(np.float32),
        roughness=np.clip(0.45 + 0.3 * pores, 0, 1).astype(np.float32),
        specular=0.35,
        normals=normals_of(-pores + 0.03 * fractal(EDGE, seed + 3, roughness=0.3, low=60), 0.006),
        repeat=(1 / tile, 1 / tile),
    )


def terrazzo(colour: Floats, scale: float, seed: int) -> Material:
    """Return polished terrazzo: chips of stone of many sizes in a cement of the colour."""
    rng = np.random.default_rng(seed)
    lab = np.asarray(colour, np.float64)
    tones = [lab * tint for tint in ((0.42,) * 3, (0.72, 0.55, 0.45), (0.5, 0.56, 0.6), (0.8, 0.68, 0.52))]
    tones += [np.minimum(lab * 1.18 + 0.05, 0.92), np.array([0.72, 0.70, 0.66]), np.array([0.16, 0.15, 0.15])]
    image = Image.fromarray(np.broadcast_to(_bytes(lab), (EDGE, EDGE, 3)).copy())
    draw = ImageDraw.Draw(image)
    taken: list[tuple[float, float, float]] = []
    for radius in [*rng.uniform(20, 38, 46), *rng.uniform(9, 19, 230), *rng.uniform(3, 8, 900)]:
        x, y = rng.uniform(0, EDGE, 2)
        if _clear(taken, x, y, radius):
            taken.append((x, y, radius))
            _chip(draw, rng, (x, y, radius), tuple(_bytes(tones[rng.integers(len(tones))] * rng.uniform(0.85, 1.1))))
    texture = (np.asarray(image.filter(ImageFilter.GaussianBlur(0.6)), np.float32) / 255) ** 2.2
    texture = texture * (1 + 0.05 * fractal(EDGE, seed, roughness=0.5, low=8))[..., None]
    texture *= (np.asarray(colour) / np.maximum(texture.mean((0, 1)), 1e-4)) ** 0.8
    tile = 2.0 * scale
    return Material(
        colour=np.clip(texture, 0, 0.97).astype(np.float32), roughness=0.16, specular=0.5, repeat=(1 / tile, 1 / tile)
    )


def _bytes(linear: Numbers) -> Numbers:
    return (np.clip(linear, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


def _clear(taken: list[tuple[float, float, float]], x: float, y: float, radius: float) -> bool:
    if not taken:
        return True
    others = np.array(taken)
    apart = np.abs(others[:, :2] - (x, y))
    apart = np.minimum(apart, EDGE - apart)
    return bool((np.hypot(apart[:, 0], apart[:, 1]) > (others[:, 2] + radius) * 0.92 + 1).all())


def _chip(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, at: tuple[float, float, float], fill: tuple[int, ...]
) -> None:
    x, y, radius = at
    corners = rng.integers(5, 9)
    turns = np.sort(rng.uniform(0, 2 * np.pi, corners)) if radius > 8 else np.linspace(0, 5.2, corners)
    reach = radius * rng.uniform(0.62, 1.12, corners)
    flat, lean = rng.uniform(0.6, 1.0), rng.uniform(0, np.pi)
    a, b = reach * np.cos(turns), reach * np.sin(turns) * flat
    points = np.stack([x + a * np.cos(lean) - b * np.sin(lean), y + a * np.sin(lean) + b * np.cos(lean)], -1)
    for shift_x in (0, -EDGE, EDGE):
        for shift_y in (0, -EDGE, EDGE):
            draw.polygon([(px + shift_x, py + shift_y) for px, py in points], fill=fill)


def ceramic(colour: Floats, scale: float, seed: int) -> Material:
    """Return glazed ceramic: a gloss over a body whose glaze is a little uneven."""
    flow = fractal(512, seed, roughness=1.2, high=10)
    tile = 1.6 * scale
    return Material(
        colour=tinted(colour, 1 + 0.05 * flow),
        roughness=0.09,
        specular=0.6,
        normals=normals_of(flow, 0.0025),
        repeat=(1 / tile, 1 / tile),
    )


def bisque(colour: Floats, scale: float, seed: int) -> Material:
    """Return unglazed ceramic with speckles."""
    specks = _dots(seed, 260, (0.7, 2.2))
    tile = 1.4 * scale
    return Material(
        colour=tinted(colour, (1 + 0.02 * fractal(EDGE, seed, high=20)) * (1 - 0.45 * specks), 0.2),
        roughness=0.62,
        specular=0.3,
        normals=normals_of(fractal(EDGE, seed + 1, roughness=0.4, low=40), 0.0003),
        repeat=(1 / tile, 1 / tile),
    )


def slate(colour: Floats, scale: float, seed: int) -> Material:
    """Return split stone: layers, a dull sheen."""
    layers = fractal(EDGE, seed, roughness=0.9, low=2, high=300)
    tile = 2.2 * scale
    return Material(
        colour=tinted(colour, 1 + 0.1 * fractal(EDGE, seed + 1, roughness=0.8, high=90), 0.3),
        roughness=np.clip(0.48 + 0.06 * layers, 0.25, 0.9).astype(np.float32),
        specular=0.4,
        normals=normals_of(layers, 0.0035),
        repeat=(1 / tile, 1 / tile),
    )


MATERIALS: dict[str, Maker] = {
    "bisque": bisque, "ceramic": ceramic, "concrete": concrete, "marble": marble, "microcement": microcement,
    "plaster": plaster, "slate": slate, "terrazzo": terrazzo, "travertine": travertine,
}  # fmt: skip
