"""Painted skies in the palette's colours: latitude-longitude pictures of the light from everywhere.

Row 0 is straight up and the last row straight down; the middle column looks away from the camera, along y, and
columns to its right look towards x. The wall's colour is that of the sky in the picture; accents warm the horizon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from foundry.colour import Floats
from models.sets.building.form import Options
from models.sets.building.noise import fractal, sampled, smooth_step

ROWS, COLUMNS = 768, 1536
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, kw_only=True)
class SkyPaint:
    """What a sky is painted with: linear colours, the side of the sun (-1 left to 1 right), options and a seed."""

    wall: Floats
    floor: Floats
    accent: Floats
    sun_side: float
    options: Options
    seed: int

    def option(self, name: str, default: float) -> float:
        """Return an option as a number."""
        value = self.options.get(name, default)
        return default if isinstance(value, str) else float(value)


Sky = Callable[[SkyPaint], Floats]


def _directions() -> tuple[Floats, Floats]:
    """Return elevation (rows, 1) and azimuth (1, columns) in radians; azimuth is 0 away from the camera."""
    elevation = np.pi / 2 - (np.arange(ROWS, dtype=np.float32)[:, None] + 0.5) / ROWS * np.pi
    azimuth = ((np.arange(COLUMNS, dtype=np.float32)[None] + 0.5) / COLUMNS - 0.5) * 2 * np.pi
    return elevation, azimuth


def _mixed(first: Floats, second: Floats, share: Floats) -> Floats:
    return np.asarray(first + (second - first) * share[..., None], np.float32)


def _pale(colour: Floats, share: float) -> Floats:
    light = float(colour @ LUMA)
    white = np.full(3, max(light * 1.25, 0.02), np.float32)
    return (colour + (white - colour) * share).astype(np.float32)


def _gradient(zenith: Floats, middle: Floats, horizon: Floats, ground: Floats, band_deg: float = 11) -> Floats:
    elevation, _ = _directions()
    degrees = np.degrees(elevation)
    low = smooth_step(degrees, -1, band_deg)
    high = smooth_step(degrees, 10, 70)
    sky = _mixed(_mixed(horizon, middle, low), np.broadcast_to(zenith, (ROWS, 1, 3)), high)
    picture = _mixed(sky, np.broadcast_to(ground, (ROWS, 1, 3)), smooth_step(-degrees, 0.3, 4))
    return np.repeat(picture, COLUMNS, 1)


def _glow(at_deg: tuple[float, float], width_deg: float) -> Floats:
    """Return a soft round glow, 1 in its middle, at an azimuth and an elevation."""
    elevation, azimuth = _directions()
    east, up = np.radians(at_deg[0]), np.radians(at_deg[1])
    cosine = np.sin(elevation) * np.sin(up) + np.cos(elevation) * np.cos(up) * np.cos(azimuth - east)
    away = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return np.asarray(np.exp(-((away / width_deg) ** 1.3)), np.float32)


def _clouds(paint: SkyPaint, stretch: float) -> Floats:
    """Return how much cloud covers each direction, in [0, 1]; `stretch` above 1 draws them into streaks."""
    elevation, azimuth = _directions()
    depth = 1 / (np.sin(np.maximum(elevation, 0)) + 0.10)
    east, north = np.sin(azimuth) * np.cos(elevation) * depth, np.cos(azimuth) * np.cos(elevation) * depth
    billows = sampled(fractal(paint.seed, 1024, 1.75, 2, 300), east * 0.11 / stretch, north * 0.11)
    cover = paint.option("clouds", 0.4)
    edge = 1.3 - 2.4 * cover
    seen = smooth_step(billows, edge, edge + 1.5)
    return np.asarray(seen * smooth_step(np.degrees(elevation), 0.5, 6), np.float32)


def day(paint: SkyPaint) -> Floats:
    """Return a clear day with soft white clouds."""
    wall = paint.wall
    picture = _gradient(wall * 0.8, wall, _pale(wall, 0.55) * 1.08, paint.floor * 0.45)
    white = _pale(wall, 0.85) * 1.12
    picture = _mixed(picture, np.broadcast_to(white, picture.shape), _clouds(paint, 1.3) * 0.75)
    return picture + _glow((95 * paint.sun_side, 40), 40)[..., None] * _pale(wall, 0.9) * 0.25


def overcast(paint: SkyPaint) -> Floats:
    """Return an even bright sky that fades into mist."""
    wall = paint.wall
    picture = _gradient(wall * 1.05, wall, _pale(wall, 0.3) * 1.06, paint.floor * 0.4)
    return picture * (1 + 0.05 * (_clouds(paint, 2)[..., None] - 0.5))


def golden(paint: SkyPaint) -> Floats:
    """Return a low sun, warm at the horizon, with streaks of cloud that it lights."""
    wall, accent = paint.wall, paint.accent
    at = (paint.option("sun_turn", 24) * (paint.sun_side or 0.6), paint.option("sun_height", 3.5))
    picture = _gradient(wall * 0.75, wall, accent * 0.95, paint.floor * 0.3)
    warm = _glow(at, 26)
    picture = _mixed(picture, np.broadcast_to(accent * 1.1, picture.shape), warm * 0.55)
    streaks = _clouds(paint, 5)
    lit = _mixed(_pale(wall, 0.25) * 1.1, accent * 1.35 + 0.04, smooth_step(_glow(at, 55), 0.0, 0.7))
    picture = _mixed(picture, lit, streaks * 0.6)
    core = _pale(accent, 0.7) * 1.2 + 0.25
    return picture + _glow(at, 7)[..., None] * core * 0.8 + _glow(at, 2.2)[..., None] * core * 2.2


def dusk(paint: SkyPaint) -> Floats:
    """Return the hour after sunset: deep above, a band of warmth along the horizon."""
    wall = paint.wall
    band = 0.75 * paint.accent + 0.25 * _pale(wall, 0.2)
    picture = _gradient(wall * 0.6, wall, band, paint.floor * 0.25, 17)
    return _mixed(picture, np.broadcast_to(band * 1.1, picture.shape), _clouds(paint, 6) * 0.35)


def night(paint: SkyPaint) -> Floats:
    """Return a dark sky with a faint glow above the horizon."""
    wall = paint.wall
    return _gradient(wall * 0.55, wall * 0.9, wall * 1.15 + paint.accent * 0.03, paint.floor * 0.15)


def clouds(paint: SkyPaint) -> Floats:
    """Return a bed of large soft clouds under a clear sky."""
    wall = paint.wall
    elevation, _ = _directions()
    picture = _gradient(wall * 0.8, wall, _pale(wall, 0.5) * 1.05, _pale(wall, 0.6))
    bank = smooth_step(-np.degrees(elevation), -9, 3)
    white = _pale(wall, 0.8) * 1.15
    cover = np.maximum(_clouds(paint, 1.4) * 0.7, bank * 0.5)
    return _mixed(picture, np.broadcast_to(white, picture.shape), cover)


def foliage(paint: SkyPaint) -> Floats:
    """Return leaves and the gaps between them far out of focus, as of a garden or a wood: soft discs of the wall."""
    rng = np.random.default_rng(paint.seed)
    elevation, azimuth = _directions()
    wall = paint.wall
    picture = _gradient(wall * 1.25, wall, wall * 0.8, paint.floor * 0.4)
    for at in range(420):
        east, up = np.radians(rng.normal(0, 42)), np.radians(rng.uniform(-8, 38))
        radius = np.radians(rng.uniform(1.6, 4.2))
        rows = np.abs(elevation[:, 0] - up) < radius * 1.1
        away = np.hypot((azimuth - east) * np.cos(up), elevation[rows] - up)
        cover = (1 - smooth_step(away, radius * 0.80, radius)) * rng.uniform(0.12, 0.4)
        tone = wall * rng.choice([0.45, 0.62, 0.8, 1.0, 1.3, 1.75], p=[0.2, 0.2, 0.2, 0.16, 0.14, 0.1])
        if at % 9 == 0:
            tone = 0.5 * tone + 0.5 * paint.accent
        picture[rows] = _mixed(picture[rows], np.broadcast_to(tone, picture[rows].shape), cover)
    return picture


SKIES: dict[str, Sky] = {
    "day": day, "overcast": overcast, "golden": golden, "dusk": dusk, "night": night, "clouds": clouds,
    "foliage": foliage,
}  # fmt: skip
