"""Renders the training pictures: empty advertising stages, lit softly, in linear light.

Every picture is a function of a `Recipe`; nothing comes from outside, so every training pixel is this
repository's own. A scene has a wall, a floor in the lower part that products can stand on, and one key light.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.colour import linear_of_srgb, srgb_of_hex

Plane = NDArray[Any]
LIGHTS = ("left", "right", "top")

COLOURS: dict[str, str] = {
    "white": "#F6F5F2", "ivory": "#F4ECDD", "cream": "#EFDFC2", "beige": "#DCC7A6",
    "sand": "#D8B98A", "blush": "#F0CFC6", "pink": "#E59AA8", "coral": "#EF7F67",
    "terracotta": "#C4633F", "rust": "#9A4526", "brown": "#6B4630", "umber": "#3E2B22",
    "gold": "#D2A24C", "yellow": "#F2CB54", "orange": "#F08A2E", "red": "#BE2F33",
    "burgundy": "#6A2033", "plum": "#5B3560", "lavender": "#BBAAD6", "sky": "#A9CFE8",
    "blue": "#3F74B8", "navy": "#1E2F52", "teal": "#2B7F84", "mint": "#B5DCC5",
    "sage": "#8FA088", "green": "#4C8A57", "pine": "#173F36", "grey": "#A3A5A8",
    "slate": "#4A545E", "black": "#1B1B1D", "ice": "#DCE9EE",
}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """One training picture: what it shows and the number that fixes its accidents."""

    kind: str
    light: str
    wall: str
    floor: str
    accent: str
    width_px: int
    height_px: int
    seed: int


@dataclass(frozen=True)
class Stage:
    """Coordinates and colours that all scenes share. x is -1 to 1 by the short side, y 0 (top) to 1."""

    x: Plane
    y: Plane
    horizon: float
    side: float
    wall: Plane
    floor: Plane
    accent: Plane
    chance: np.random.Generator


def linear(colour: str) -> Plane:
    """Linear light of a named colour."""
    return linear_of_srgb(srgb_of_hex(COLOURS[colour]))


def step(low: float, high: float, value: Plane) -> Plane:
    """Smooth step from 0 at `low` to 1 at `high`."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def mix(first: Plane, second: Plane, share: Plane) -> Plane:
    """Per-pixel blend of two colours or pictures."""
    return np.asarray(first * (1 - share[..., None]) + second * share[..., None], np.float32)


def stage(recipe: Recipe) -> Stage:
    """The stage of a recipe."""
    chance = np.random.default_rng(recipe.seed)
    w, h = recipe.width_px, recipe.height_px
    short = min(w, h)
    x, y = np.meshgrid((np.arange(w) + 0.5 - w / 2) * 2 / short, (np.arange(h) + 0.5) / h)
    side = {"left": -1.0, "right": 1.0, "top": 0.0}[recipe.light]
    colours = (linear(recipe.wall), linear(recipe.floor), linear(recipe.accent))
    horizon = 0.60 + 0.05 * float(chance.random())
    return Stage(x.astype(np.float32), y.astype(np.float32), horizon, side, *colours, chance)


def key_light(s: Stage, *, strength: float = 1.0) -> Plane:
    """Soft falloff of a large lamp beside or above the stage."""
    reach = float(np.abs(s.x).max())
    across = (s.x * s.side + reach) / (2 * reach)
    down = np.exp(-(((s.y - 0.25) / 0.75) ** 2))
    beside = 0.42 + 0.85 * across**1.5
    above = 0.45 + 0.8 * np.exp(-((s.x / (0.75 * reach)) ** 2)) * down
    shade = above if s.side == 0 else beside * (0.75 + 0.25 * down)
    return np.asarray(1 + strength * (shade - 0.95), np.float32)


def floor_share(s: Stage, softness: float) -> Plane:
    """0 on the wall, 1 on the floor."""
    return step(s.horizon - softness, s.horizon + softness, s.y)


def floor_light(s: Stage) -> Plane:
    """Brighter towards the viewer, a little darker where wall and floor meet."""
    depth = np.clip((s.y - s.horizon) / (1 - s.horizon), 0, 1)
    return np.asarray(0.86 + 0.24 * depth - 0.12 * np.exp(-((depth / 0.10) ** 2)), np.float32)


def sweep(s: Stage) -> Plane:
    """A seamless studio cyclorama."""
    share = floor_share(s, 0.13)
    base = mix(s.wall, s.floor, share)
    glow = np.exp(-((s.x - 0.5 * s.side) ** 2 / 0.9 + (s.y - 0.35) ** 2 / 0.16))
    return base * (key_light(s) * (0.92 + 0.3 * glow * (1 - share)))[..., None]


def room(s: Stage) -> Plane:
    """A plain wall that meets a floor."""
    share = floor_share(s, 0.006)
    base = mix(s.wall, s.floor, share)
    foot = 1 - 0.18 * np.exp(-(((s.y - s.horizon) / 0.07) ** 2)) * (1 - share)
    light = key_light(s) * (1 + share * (floor_light(s) - 1)) * foot
    return base * light[..., None]


def spotlight(s: Stage) -> Plane:
    """A pool of light on a dim wall and on the floor."""
    share = floor_share(s, 0.01)
    base = mix(s.wall, s.floor, share)
    at = 0.25 * s.side
    pool = np.exp(-((((s.x - at) / 0.62) ** 2 + ((s.y - 0.36) / 0.27) ** 2) ** 1.6))
    ground = np.exp(-((((s.x - at * 0.5) / 0.85) ** 2 + ((s.y - 0.83) / 0.12) ** 2) ** 1.5))
    light = 0.30 + 0.95 * pool * (1 - share) + share * (0.12 + 0.75 * ground)
    return base * light[..., None]


def window(s: Stage) -> Plane:
    """Sun through a window, falling across wall and floor."""
    share = floor_share(s, 0.006)
    base = mix(s.wall, s.floor, share)
    side = s.side or (1.0 if s.chance.random() < 0.5 else -1.0)
    u = s.x * side + (s.y - 0.3) * 1.05 - 0.25 + 0.2 * float(s.chance.random())
    soft = 0.045
    panes = step(-0.62, -0.62 + soft, u) * (1 - step(0.62 - soft, 0.62, u))
    panes *= 1 - 0.92 * (1 - step(0.015, 0.015 + soft, np.abs(u)))
    v = s.y - 0.16 * s.x * side
    rows = step(0.02, 0.02 + soft, v) * (1 - step(0.80, 0.80 + soft * 2, v))
    rows *= 1 - 0.92 * (1 - step(0.008, 0.008 + soft * 0.8, np.abs(v - 0.34)))
    sun = panes * rows
    warm = np.array([1.08, 1.0, 0.88], np.float32)
    light = (0.55 * key_light(s, strength=0.5) * (1 + share * (floor_light(s) - 1)))[..., None]
    return base * (light + 0.62 * sun[..., None] * warm)


def leaves(s: Stage) -> Plane:
    """The soft shadow of palm leaves on a sunlit wall."""
    shade = np.zeros_like(s.x)
    side = s.side or (1.0 if s.chance.random() < 0.5 else -1.0)
    for _ in range(int(s.chance.integers(2, 4))):
        root = np.array([side * (1.25 + 0.3 * s.chance.random()), 0.05 + 0.4 * s.chance.random()])
        aim = np.pi * (0.92 + 0.22 * s.chance.random()) if side > 0 else np.pi * 0.1 * (s.chance.random() - 0.4)
        shade = np.maximum(shade, _frond(s, root, float(aim)))
    share = floor_share(s, 0.008)
    base = mix(s.wall, s.floor, share)
    light = key_light(s, strength=0.7) * (1 + share * (floor_light(s) - 1))
    return base * (1.05 * light * (1 - 0.42 * shade * (1 - 0.75 * share)))[..., None]


def _frond(s: Stage, root: NDArray[np.float64], aim: float) -> Plane:
    shade = np.zeros_like(s.x)
    y = (s.y - 0.5) * 2
    for at in np.linspace(0.12, 1.0, 9):
        for lean in (-1, 1):
            angle = aim + lean * (1.15 - 0.75 * at)
            length, width = 0.55 * (1.1 - 0.6 * at), 0.055
            cx = root[0] + np.cos(aim) * at * 1.35 + np.cos(angle) * length * 0.5
            cy = (root[1] - 0.5) * 2 + np.sin(aim) * at * 1.1 + np.sin(angle) * length * 0.5
            along = (s.x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
            over = -(s.x - cx) * np.sin(angle) + (y - cy) * np.cos(angle)
            body = 1 - step(0.72, 1.25, (along / (length * 0.55)) ** 2 + (over / width) ** 2)
            shade = np.maximum(shade, body)
    return shade


def sunset(s: Stage) -> Plane:
    """The sun near the horizon over calm water."""
    up = np.clip((s.horizon - s.y) / s.horizon, 0, 1)
    sky = mix(0.75 * s.accent + 0.25, s.wall, up**0.75)
    sun_x = 0.5 * s.side
    near = (s.x - sun_x) ** 2 + ((s.y - s.horizon + 0.06) * 2.0) ** 2
    glow = 0.9 * np.exp(-near / 0.05) + 0.5 * np.exp(-near / 0.5)
    warm = np.array([1.0, 0.86, 0.62], np.float32)
    sky = sky + glow[..., None] * warm
    depth = np.clip((s.y - s.horizon) / (1 - s.horizon), 0, 1)
    waves = np.sin((14 + 60 * (1 - depth)) * np.sqrt(depth + 0.02) * 9 + 2.2 * np.sin(3 * s.x))
    sea = mix(0.55 * s.accent + 0.25 * s.wall, s.floor, step(0.0, 0.8, depth))
    path = np.exp(-(((s.x - sun_x) / (0.10 + 0.45 * depth)) ** 2)) * (1 - 0.55 * depth)
    sea = sea * (0.9 + 0.05 * waves)[..., None]
    sea = sea + (0.55 * path * (0.8 + 0.2 * waves))[..., None] * warm
    return mix(sky, sea, floor_share(s, 0.004))


def dunes(s: Stage) -> Plane:
    """Sand in soft ridges under an even sky."""
    up = np.clip((s.horizon - s.y) / s.horizon, 0, 1)
    picture = mix(0.5 * s.wall + 0.5 * s.accent, s.wall, up**0.6) * 1.05
    for layer in range(3):
        phase, slope = float(s.chance.random()) * 6.3, 0.035 * (1 + layer * 0.6)
        line = s.horizon - 0.06 + 0.12 * layer
        ridge = line + slope * np.sin(1.7 * s.x + phase) + 0.02 * np.sin(3.4 * s.x + 2 * phase)
        below = step(-0.004, 0.008, s.y - ridge)
        turn = np.cos(1.7 * s.x + phase) * (s.side or 0.6)
        fade = np.exp(-np.clip(s.y - ridge, 0, 1) / 0.16)
        light = 0.82 + 0.13 * layer * 0.5 - 0.22 * turn * fade
        picture = mix(picture, s.floor * light[..., None], below)
    return picture * key_light(s, strength=0.45)[..., None]


def hills(s: Stage) -> Plane:
    """Misty hills, one behind the other, and a level foreground."""
    up = np.clip((s.horizon - s.y) / s.horizon, 0, 1)
    haze = 0.55 * s.wall + 0.45
    picture = mix(haze, s.wall, up**0.8)
    for layer in range(4):
        phase = float(s.chance.random()) * 6.3
        line = 0.30 + 0.095 * layer
        ridge = line + 0.045 * np.sin(1.5 * s.x + phase) + 0.018 * np.sin(4.1 * s.x + 2 * phase)
        share = (layer + 1) / 5
        colour = (1 - share) * haze + share * s.accent
        deep = np.exp(-np.clip(s.y - ridge, 0, 1) / 0.11)
        body = mix(np.broadcast_to(haze, picture.shape), np.broadcast_to(colour, picture.shape), deep)
        picture = mix(picture, body, step(-0.003, 0.006, s.y - ridge))
    ground = s.floor * floor_light(s)[..., None]
    return mix(picture, ground, floor_share(s, 0.008)) * key_light(s, strength=0.5)[..., None]


def bokeh(s: Stage) -> Plane:
    """Lights far out of focus behind a dark table."""
    picture = np.broadcast_to(s.wall * 0.5, (*s.x.shape, 3)) * key_light(s, strength=0.6)[..., None]
    y = (s.y - 0.5) * 2 * (s.y.shape[0] / min(s.y.shape))
    for _ in range(int(s.chance.integers(9, 15))):
        radius = 0.10 + 0.12 * float(s.chance.random())
        reach = float(np.abs(s.x).max())
        cx = (s.chance.random() * 2 - 1) * reach
        cy = float(y.min()) + (0.08 + 0.84 * s.chance.random()) * float(np.ptp(y)) * s.horizon
        far = np.sqrt((s.x - cx) ** 2 + (y - cy) ** 2)
        disc = (1 - step(radius * 0.8, radius * 1.15, far)) * (0.3 + 0.4 * s.chance.random())
        colour = s.accent if s.chance.random() < 0.7 else 0.5 * s.accent + 0.5
        picture = picture + disc[..., None] * colour * 0.75
    table = s.floor * (0.75 * floor_light(s) * key_light(s))[..., None]
    return mix(picture.astype(np.float32), table, floor_share(s, 0.01))


def table(s: Stage) -> Plane:
    """A near table top before a room far out of focus."""
    blur = np.zeros_like(s.x)
    for _ in range(5):
        cx, cy = s.chance.random() * 3 - 1.5, s.chance.random() * 0.6
        wide, high = 0.25 + 0.5 * s.chance.random(), 0.12 + 0.25 * s.chance.random()
        blur += np.exp(-((((s.x - cx) / wide) ** 2 + ((s.y - cy) / high) ** 2) ** 1.5)) * (s.chance.random() - 0.3)
    back = mix(s.wall, s.accent, np.clip(0.35 * blur, 0, 0.6))
    depth = np.clip((s.y - s.horizon) / (1 - s.horizon), 0, 1)
    grain = np.sin(s.x * 2.2 / (0.35 + depth) + 3 * np.sin(1.3 * depth + 5 * s.chance.random()))
    top = s.floor * (floor_light(s) * (1 + 0.035 * grain * depth))[..., None]
    sheen = 0.16 * np.exp(-((depth / 0.35) ** 2)) * np.exp(-((s.x - 0.6 * s.side) ** 2))
    top = top * (1 - sheen[..., None]) + sheen[..., None] * (0.4 * s.wall + 0.6)
    return mix(back, top, floor_share(s, 0.006)) * key_light(s)[..., None]


def fabric(s: Stage) -> Plane:
    """Soft folds of cloth that run over the whole stage."""
    bend = 0.5 * np.sin(1.6 * s.y * 2 + 6 * s.chance.random()) + 0.2 * np.sin(3 * s.x)
    folds = np.sin((3.4 + s.chance.random()) * (s.x + 0.5 * s.y) + 2.2 * bend + 6 * s.chance.random())
    fine = np.sin(8.0 * (s.x + 0.3 * s.y) + 3 * bend + 6 * s.chance.random())
    light = 0.92 + 0.26 * folds * (s.side or 1.0) + 0.07 * fine
    base = mix(s.wall, s.floor, step(0.25, 0.95, s.y))
    return base * (light * key_light(s, strength=0.6))[..., None]


SCENES: dict[str, Callable[[Stage], Plane]] = {
    "sweep": sweep, "room": room, "spotlight": spotlight, "window": window, "leaves": leaves,
    "sunset": sunset, "dunes": dunes, "hills": hills, "bokeh": bokeh, "table": table,
    "fabric": fabric,
}  # fmt: skip


def render(recipe: Recipe) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 sRGB, with a gentle vignette and a soft shoulder instead of clipping."""
    s = stage(recipe)
    light = SCENES[recipe.kind](s)
    reach = float(np.abs(s.x).max())
    corner = (s.x / reach) ** 2 + ((s.y - 0.5) * 2) ** 2
    light = np.clip(light, 0, None) * (1 - 0.07 * corner)[..., None]
    light = np.where(light > 0.8, 0.8 + 0.2 * np.tanh((light - 0.8) / 0.2), light)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    noise = s.chance.random(encoded.shape) - 0.5
    return np.asarray(np.clip(np.rint(encoded * 255 + noise), 0, 255), np.uint8)
