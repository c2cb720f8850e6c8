"""Sets built for the subject: podium, arch, terrazzo, marble, wood; in linear light."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from lab.renders.optics import TILE, Plane, mix, noise, sample, shift_pixels, step
from lab.renders.scene_stage import SceneStage, ground_coordinates, lamp, lit_room, on_floor, plaster, soften_by

FLAT = 0.24
"""Height over width of a level circle seen by the camera."""


def podium(s: SceneStage) -> Plane:
    """Render a round plinth where the subject stands, before a wall that may carry a disc."""
    wall = s.wall * plaster(s)[..., None]
    picture = lit_room(s, wall, s.floor, s.random(0.8, 6))
    if s.chance.random() < 0.5:
        picture = _wall_disc(s, picture)
    if s.chance.random() < 0.45:
        aside = s.focus + (1 if s.chance.random() < 0.5 else -1) * s.random(0.55, 0.75)
        picture = _cylinder(s, picture, (aside, _top(s) - s.random(0.25, 0.45)), (s.random(0.14, 0.2), 0.5))
    radius = min(s.random(0.46, 0.60), s.reach - abs(s.focus) - 0.04)
    room = (1 - s.horizon) * s.tall - _top(s) - FLAT * radius - 0.04
    return _cylinder(s, picture, (s.focus, _top(s)), (radius, min(s.random(0.14, 0.26), max(room, 0.08))))


def _top(s: SceneStage) -> float:
    return (s.base - 0.012 - s.horizon) * s.tall


def _wall_disc(s: SceneStage, picture: Plane) -> Plane:
    radius, high = s.random(0.45, 0.7), s.random(-0.5, -0.2)
    inside = radius - np.hypot(s.x - s.focus, s.under - high)
    dark = (np.hypot(s.small.x - s.focus, s.small.under - high) < radius).astype(np.float32)
    right = round(-s.side * 0.035 / s.small.pixel)
    cast = s.fine(soften_by(s.small, shift_pixels(dark, 2, right), 0.035))
    seen = 1 - on_floor(s)
    light, _ = lamp(s)
    shaded = picture * (1 - 0.3 * cast * seen)[..., None]
    return mix(shaded, s.accent * light[..., None], step(-s.pixel, s.pixel, inside) * seen)


def _cylinder(s: SceneStage, picture: Plane, centre: tuple[float, float], size: tuple[float, float]) -> Plane:
    """Draw a plinth in the accent colour; `centre` is that of its top, `size` its radius and height."""
    (cx, cy), (radius, high) = centre, size
    picture = picture * (1 - _shadow_of_plinth(s, cx, cy + high, radius, high))[..., None]
    across = np.clip((s.x - cx) / radius, -1, 1)
    round_ = np.sqrt(1 - across**2)
    facing = across * s.side * 0.75 + round_ * (0.62 if s.side else 0.8)
    side = 0.30 + 0.62 * np.clip(facing, 0, 1.2) + 0.10 * np.abs(across) ** 6
    down = np.clip((s.under - cy) / high, 0, 1)
    side = side * (1 - 0.22 * down**2)
    curve = FLAT * radius * round_
    edge = s.pixel * 0.8
    body = step(-edge, edge, radius - np.abs(s.x - cx))
    body = body * step(-edge, edge, s.under - cy) * step(-edge, edge, cy + high + curve - s.under)
    picture = mix(picture, s.accent * side[..., None], body)
    far = np.hypot((s.x - cx) / radius, (s.under - cy) / (FLAT * radius))
    top = step(1 + edge / radius, 1 - edge / radius, far)
    gleam = 1.02 + 0.16 * across * s.side - 0.06 * (s.under - cy) / (FLAT * radius)
    picture = mix(picture, s.accent * gleam[..., None], top)
    rim = np.exp(-(((far - 1) * FLAT * radius / (1.6 * s.pixel)) ** 2)) * (s.under > cy - 0.01) * _rim_fade(across)
    return picture + (0.20 * rim * np.clip(0.55 + 0.6 * across * s.side, 0.1, 1))[..., None] * (0.4 + 0.6 * s.accent)


def _rim_fade(across: Plane) -> Plane:
    """Return the rim's strength, which fades towards the sides, where it turns away."""
    return np.asarray(np.sqrt(np.maximum(1 - across**2, 0)), np.float32)


def _shadow_of_plinth(s: SceneStage, cx: float, foot: float, radius: float, high: float) -> Plane:
    """Return the light that the floor loses to a plinth: its cast shadow and the dark line of contact."""
    small = s.small
    lean = -s.side * high * 1.6
    total = np.zeros_like(small.x)
    for share in np.linspace(0, 1, 7):
        far = np.hypot(
            (small.x - cx - lean * share) / radius, (small.under - foot + 0.10 * high * share) / (FLAT * radius)
        )
        total = np.maximum(total, step(1.06, 0.94, far) * (1 - 0.45 * share))
    touch = np.hypot((small.x - cx) / radius, (small.under - foot) / (FLAT * radius))
    contact = 0.5 * np.exp(-((np.maximum(touch - 0.97, 0) / 0.10) ** 2))
    cast = soften_by(small, np.asarray(total, np.float32), 0.05)
    return np.clip(s.fine(np.asarray(1 - (1 - 0.5 * cast) * (1 - contact), np.float32)), 0, 0.9)


def arch(s: SceneStage) -> Plane:
    """Render a niche with a round top behind the subject; its reveal shows on one side."""
    flat = lit_room(s, s.wall * plaster(s)[..., None], s.floor)
    light, _ = lamp(s)
    radius, spring = s.random(0.46, 0.60), s.random(-0.72, -0.5)
    turn = s.side or 0.0
    opening = _arch(s, s.focus, radius, spring)
    deep = 0.10
    back = _arch(s, s.focus + turn * -deep * 0.55, radius - deep * 0.28, spring + deep * 0.35)
    small = s.small
    cut = (_arch(small, s.focus, radius, spring) > 0).astype(np.float32)
    shade = soften_by(small, 1 - shift_pixels(cut, round(0.07 / small.pixel), round(-turn * 0.16 / small.pixel)), 0.06)
    inner = s.accent * (light * (1 - 0.55 * s.fine(shade)))[..., None]
    reveal = s.wall * (0.62 + 0.5 * np.clip(-turn * np.tanh((s.x - s.focus) * 9), -0.4, 1))[..., None]
    seen = 1 - on_floor(s)
    edge = 0.8 * s.pixel
    picture = mix(flat, np.asarray(reveal, np.float32), step(-edge, edge, opening) * seen)
    return mix(picture, inner, step(-edge, edge, np.minimum(back, opening)) * seen)


def _arch(s: SceneStage, centre: float, radius: float, spring: float) -> Plane:
    """Return a signed distance, positive inside: straight sides up to `spring`, then half a circle."""
    x = s.x - centre
    return np.where(s.under > spring, radius - np.abs(x), radius - np.hypot(x, s.under - spring)).astype(np.float32)


def table_before_wall(s: SceneStage, ground: Plane, gloss: float, soft_px: float = 1.0) -> Plane:
    """Light a near table top before a wall out of focus; `ground` is its albedo, `gloss` its share of reflection."""
    light, floor = lamp(s)
    glow = s.fine(_haze(s))
    back = s.wall * (light * (1 + 0.10 * glow))[..., None]
    back = mix(back, s.accent * light[..., None], np.clip(0.22 * glow - 0.10, 0, 0.2))
    fresnel = gloss * (0.16 + 0.84 * np.exp(-np.maximum(s.under, 0) / 0.42))
    gleam = np.exp(-(((s.x - s.focus - 0.8 * s.side) / 0.7) ** 2)) * np.exp(-((s.under - 0.12) ** 2) / 0.03)
    top = mix(ground * floor[..., None], s.wall * (0.9 * light)[..., None], fresnel)
    top = top + (0.30 * gloss * gleam)[..., None]
    near = 1 - 0.12 * np.exp(-np.maximum(s.under, 0) / 0.012)
    return mix(back, top * near[..., None], on_floor(s, soft_px))


def _haze(s: SceneStage) -> Plane:
    """Return a few large soft shapes, far out of focus; about -1 to 1."""
    small = s.small
    total = np.zeros_like(small.x)
    for _ in range(5):
        cx, cy = s.random(-s.reach, s.reach), s.random(-1.1, -0.1)
        wide, high = s.random(0.25, 0.7), s.random(0.3, 0.8)
        total += np.exp(-((((small.x - cx) / wide) ** 2 + ((small.under - cy) / high) ** 2) ** 1.4)) * s.random(
            -0.8, 1.0
        )
    return np.asarray(total, np.float32)


BOARDS = np.array([0.0, 0.20, -0.06, 0.06, -0.22, 0.0, 0.14, -0.16], np.float32)
"""Shares by which neighbouring boards are lighter or darker than the asked colour."""


def marble(s: SceneStage) -> Plane:
    """Render a polished slab with veins, before a wall out of focus."""
    x, z = ground_coordinates(s)
    turn, at = s.random(0.5, 1.2) * (1 if s.chance.random() < 0.5 else -1), (s.random(0, 1), s.random(0, 1))
    u, v = 0.10 * (x + turn * z) + at[0], 0.10 * (z - 0.4 * x) + at[1]
    warp = sample(noise(1.6), 0.7 * u, 0.7 * v)
    u, v = u + 0.035 * warp, v - 0.025 * warp
    cloud = sample(noise(1.5), u * 1.1 + 0.3, v * 0.8)
    broad = np.abs(sample(noise(1.9), u * 0.8, v * 0.45))
    fine = np.abs(sample(noise(1.7), u * 1.5 + 0.6, v * 0.9 + 0.2))
    vein = 0.75 * np.exp(-broad / 0.05) + 0.34 * np.exp(-broad / 0.28) + 0.45 * np.exp(-fine / 0.045)
    vein = np.clip(vein * (0.75 + 0.35 * cloud), 0, 0.85)
    stone = s.floor * (1 + 0.045 * cloud)[..., None]
    dark = 0.42 * s.accent + 0.04 * s.floor
    return table_before_wall(s, mix(stone, np.broadcast_to(dark, stone.shape), vein), 0.30)


def wood(s: SceneStage) -> Plane:
    """Render a table of broad boards that run across, each of its own tone, with grain, before a wall out of focus.

    Boards that run away from the viewer were not learned: their seams meet in a point, which the codes cannot show.
    """
    x, z = ground_coordinates(s)
    wide = s.random(0.42, 0.62)
    place = z / wide + s.random(0, 1)
    plank = np.floor(place)
    shift = np.sin(plank * 12.9898 + s.random(0, 6)) * 43.7
    along = x * 0.045 + shift
    warp = sample(noise(1.8), along, z * 0.16 + shift)
    ring = np.sin(2 * np.pi * (2.5 * place + 1.5 * warp + 2 * shift))
    pore = sample(noise(0.9), along * 0.7, z * 0.9 + shift)
    cloud = sample(noise(1.8), along * 0.6 + 0.4, z * 0.2 + shift)
    fade = np.clip(s.under / 0.25, 0.25, 1)
    own = BOARDS[np.asarray(plank + s.chance.integers(len(BOARDS)), np.int64) % len(BOARDS)]
    tone = 1 + own + fade * (0.06 * ring * (0.6 + 0.4 * cloud) + 0.05 * pore) + 0.05 * cloud
    seam = np.abs(place - plank - 0.5) * 2
    gap = step(1 - 0.03 / wide, 1 - 0.004, seam)
    warm = np.array([1.03, 0.99, 0.93], np.float32) ** (1 - tone)[..., None]
    board = s.floor * warm * tone[..., None] * (1 - 0.75 * gap * np.sqrt(fade))[..., None]
    return table_before_wall(s, np.asarray(board, np.float32), 0.12)


def terrazzo(s: SceneStage) -> Plane:
    """Render a floor of stone chips in three colours, before a plain wall."""
    x, z = ground_coordinates(s)
    u, v = x * 0.23 + s.random(0, 1), z * 0.23 + s.random(0, 1)
    fade = np.clip(s.under / 0.3, 0, 1) * 0.65 + 0.35
    ground = np.broadcast_to(s.floor, (*s.shape, 3))
    grey = np.float32(0.35) * s.floor + np.float32(0.45) * (1 - s.floor) ** 2
    for layer, colour in enumerate((s.accent, 0.6 * s.wall + 0.1, grey)):
        ground = mix(ground, np.broadcast_to(colour, ground.shape), sample(chips(layer), u, v) * fade)
    sheen = 0.20 * np.exp(-np.maximum(s.under, 0) / 0.3)
    return lit_room(s, s.wall * plaster(s)[..., None], mix(ground, s.wall, sheen))


@lru_cache(maxsize=3)
def chips(layer: int) -> Plane:
    """Return a repeating (1024, 1024) mask of scattered convex chips, soft at the edges."""
    chance = np.random.default_rng(900 + layer)
    picture = Image.new("L", (2 * TILE, 2 * TILE))
    pen = ImageDraw.Draw(picture)
    for _ in range(int(420 / (1 + 0.3 * layer))):
        centre, radius = chance.random(2) * 2 * TILE, 12 + 46 * chance.random() ** 2
        turns = np.sort(chance.random(6) * 2 * np.pi)
        reach = radius * (0.7 + 0.5 * chance.random(6))
        for ox in (-2 * TILE, 0, 2 * TILE):
            for oy in (-2 * TILE, 0, 2 * TILE):
                pen.polygon(
                    [
                        (centre[0] + ox + r * np.cos(t), centre[1] + oy + r * np.sin(t))
                        for t, r in zip(turns, reach, strict=True)
                    ],
                    fill=255,
                )
    return np.asarray(picture.resize((TILE, TILE), Image.Resampling.BOX), np.float32) / 255
