"""Built sets: sweep, room, spotlight, window, leaf shadow, paper-cut; in linear light."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from lab.renders.optics import Plane, mix, noise, sample, shift_pixels, step
from lab.renders.scene_stage import SceneStage, corner, lamp, lit_room, on_floor, plaster, soft_shadow, soften_by


def sweep(s: SceneStage) -> Plane:
    """Render a seamless cyclorama, whose wall and floor meet in a wide curve."""
    wall, floor = lamp(s)
    share = step(-0.42, 0.30, s.under)
    glow = 1 + 0.22 * np.exp(-((s.x - s.focus - 0.3 * s.side) ** 2) / 0.9 - (s.under + 0.55) ** 2 / 0.5)
    bend = 1 - 0.10 * np.exp(-((s.under + 0.02) ** 2) / 0.03)
    light = wall * (1 - share) + floor * share
    return mix(s.wall, s.floor, share) * (light * glow * bend)[..., None]


def room(s: SceneStage) -> Plane:
    """Render a plain plastered wall and a floor with a faint sheen of the wall."""
    ground = np.broadcast_to(s.floor, (*s.shape, 3))
    sheen = 0.22 * np.exp(-np.maximum(s.under, 0) / 0.22)
    ground = mix(ground, s.wall, sheen)
    return lit_room(s, s.wall * plaster(s)[..., None], ground)


def spotlight(s: SceneStage) -> Plane:
    """Render a pool of light on a dim wall, and a glossy floor that mirrors it."""
    share = on_floor(s)
    at, high = s.focus + 0.12 * s.side, -0.60
    across = (s.x - at) / s.random(0.55, 0.72)
    pool = _pool(across, (s.under - high) / 0.62)
    mirrored = _pool(across, (s.under * 1.25 + high * -1 - 1.15) / 0.75)
    ground = _pool((s.x - at) / 0.85, (s.under - (s.base - s.horizon) * s.tall) / 0.26)
    wall = s.wall * (0.20 + 1.05 * pool)[..., None]
    floor = s.floor * (0.20 + 0.95 * ground)[..., None] + (0.14 * mirrored)[..., None] * s.wall
    dim_wall, dim_floor = corner(s)
    return mix(wall * dim_wall[..., None], floor * dim_floor[..., None], share)


def _pool(across: Plane, down: Plane) -> Plane:
    far = np.sqrt(across**2 + down**2)
    return np.asarray(step(1.25, 0.55, far) * (1 - 0.22 * far), np.float32)


def window(s: SceneStage) -> Plane:
    """Render sunlight through a window with bars, slanting over wall and floor, with soft edges."""
    side = s.side or (1.0 if s.chance.random() < 0.5 else -1.0)
    small = s.small
    lean, bars = s.random(0.25, 0.6), int(s.chance.integers(2, 4))
    centre = s.focus * 0.75 - side * s.random(0.0, 0.25)
    u = (small.x - centre) * -side + 0.0 * small.under
    v = small.under + lean * u + s.random(0.75, 0.95)
    folded = np.where(small.under > 0, u + small.under * 0.55, u)
    light = _panes(folded, v, bars)
    sun = soft_shadow(s, light, s.random(0.010, 0.028))
    flat = lit_room(s, s.wall * plaster(s)[..., None], s.floor)
    warm = np.array([1.10, 1.0, 0.84], np.float32)
    return flat * (0.62 + (0.62 * sun)[..., None] * warm)


def _panes(u: Plane, v: Plane, bars: int) -> Plane:
    wide, high, gap = 0.72, 1.25, 0.035
    inside = (np.abs(u) < wide) & (v > -0.25) & (v < high)
    column = np.abs(((u + wide) / (2 * wide) * bars) % 1 - 0.5) < 0.5 - gap * bars / (2 * wide)
    row = np.abs(((v + 0.25) / (high + 0.25) * 3) % 1 - 0.5) < 0.5 - gap * 3 / (high + 0.25)
    return np.asarray(inside & column & row, np.float32)


def leaves(s: SceneStage) -> Plane:
    """Render shadows of palm fronds on a sunlit wall: a sharp layer, and a soft one of fronds further away."""
    flat = lit_room(s, s.wall * plaster(s, 0.04)[..., None], s.floor)
    near, far = (_fronds(s, int(s.chance.integers(2, 4))) for _ in range(2))
    shade = 1 - (1 - soft_shadow(s, near, 0.010)) * (1 - 0.55 * soft_shadow(s, far, 0.035))
    fade = 1 - 0.75 * step(0.0, 0.5, s.under)
    cool = np.array([0.56, 0.53, 0.46], np.float32)
    warm = np.array([1.10, 1.05, 0.97], np.float32)
    return flat * warm * (1 - cool * (shade * fade)[..., None])


def _fronds(s: SceneStage, count: int) -> Plane:
    """Return a coarse mask of fronds that hang in from the lamp's side, away from the place of copy."""
    height, width = s.small.shape
    mask = Image.new("L", (width, height))
    pen = ImageDraw.Draw(mask)
    for _ in range(count):
        side = s.side or (1.0 if s.chance.random() < 0.5 else -1.0)
        if abs(s.focus) > 0.1:
            side = float(np.sign(s.focus))
        root = np.array([side * (s.reach + 0.1), s.random(-0.2, 0.9) - s.horizon * s.tall])
        angle = np.pi * (0.5 + side * 0.5) + side * s.random(-0.35, 0.75)
        _frond(pen, s, root, angle)
    return np.asarray(mask, np.float32) / 255


def _frond(pen: ImageDraw.ImageDraw, s: SceneStage, root: Plane, angle: float) -> None:
    length, bend = s.random(1.15, 1.6), s.random(-0.7, 0.7)
    steps = int(s.chance.integers(9, 13))
    point = root.copy()
    for at in range(steps):
        share = at / steps
        turn = angle + bend * share
        point = point + length / steps * np.array([np.cos(turn), np.sin(turn)])
        blade = 0.38 * np.sin(np.pi * (0.16 + 0.80 * share)) ** 0.8 * length
        for hand in (-1, 1):
            _blade(pen, s, point, turn + hand * (0.95 - 0.55 * share), blade)


def _blade(pen: ImageDraw.ImageDraw, s: SceneStage, root: Plane, angle: float, length: float) -> None:
    way, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    share = np.array([0, 0.25, 0.55, 1.0])[:, None]
    half = length * 0.085 * np.array([0.35, 1.0, 0.8, 0.0])[:, None]
    spine = root + way * length * share
    outline = np.concatenate([spine + across * half, (spine - across * half)[::-1]])
    scale = s.small.short_px / 2
    pixels = [((p[0] + s.reach) * scale, (p[1] + s.horizon * s.tall) * scale) for p in outline]
    pen.polygon(pixels, fill=255)


def papercut(s: SceneStage) -> Plane:
    """Render layers of cut paper, each a shade on from the one behind, on which its shadow falls."""
    light, _ = lamp(s)
    grain = 1 + 0.018 * sample(noise(0.6), s.x * 0.5 + s.random(0, 1), s.under * 0.5)
    picture = np.broadcast_to(s.wall, (*s.shape, 3)) * np.float32(1.0)
    picture = _disc(s, picture)
    count = int(s.chance.integers(3, 5))
    top = (s.base - 0.07 - s.horizon) * s.tall
    for layer in range(count):
        share = (layer + 1) / (count + 1)
        colour = s.wall * (1 - share) + s.accent * share
        rise = -0.62 * (1 - layer / count) * s.random(0.75, 1.0) + 0.14
        picture = _sheet(s, picture, s.under - top - rise - _wave(s, 0.17 * (1 - 0.5 * share)), colour)
    picture = _sheet(s, picture, s.under - top - 0.10 * _wave(s, 0.3), s.floor)
    return picture * (grain * (0.55 + 0.45 * light))[..., None]


def _wave(s: SceneStage, high: float) -> Plane:
    first, second = s.random(1.1, 2.2), s.random(2.6, 4.4)
    bend = np.sin(first * s.x + s.random(0, 6.3)) + 0.42 * np.sin(second * s.x + s.random(0, 6.3))
    return np.asarray(high * bend, np.float32)


def _disc(s: SceneStage, picture: Plane) -> Plane:
    """Lay a paper sun behind the layers."""
    x, y, radius = s.focus + s.random(-0.35, 0.35), s.random(-0.75, -0.45), s.random(0.28, 0.42)
    far = radius - np.hypot(s.x - x, s.under - y)
    return _sheet(s, picture, np.asarray(far, np.float32), 0.55 * s.accent + 0.45 * s.floor)


def _sheet(s: SceneStage, picture: Plane, inside: Plane, colour: Plane) -> Plane:
    """Lay a sheet where `inside` is positive; its shadow falls away from the lamp, its edge catches light."""
    small = s.small
    dark = (inside[::4, ::4][: small.shape[0], : small.shape[1]] > 0).astype(np.float32)
    dx, dy = round(-s.side * 0.03 / small.pixel), round((-0.012 if s.side else 0.03) / small.pixel)
    cast = soften_by(small, shift_pixels(dark, dy, dx), 0.03)
    shaded = picture * (1 - 0.42 * s.fine(cast))[..., None]
    share = step(-0.7 * s.pixel, 0.7 * s.pixel, inside)
    edge = 1 + 0.16 * np.exp(-np.maximum(inside, 0) / (2.0 * s.pixel))
    return mix(shaded, colour * edge[..., None], share)
