"""Scenes of cloth and water: surfaces shaded by the slope of a height field, in linear light."""

from __future__ import annotations

import numpy as np

from lab.renders.optics import Plane, mix, noise, sample, step
from lab.renders.scene_stage import SceneStage, ground_coordinates, lamp, on_floor


def slopes(height: Plane, pixel: float) -> tuple[Plane, Plane]:
    """Return the slope across and down of a height field whose pixels have this edge."""
    across = np.empty_like(height)
    down = np.empty_like(height)
    across[:, 1:-1] = height[:, 2:] - height[:, :-2]
    across[:, 0], across[:, -1] = across[:, 1], across[:, -2]
    down[1:-1] = height[2:] - height[:-2]
    down[0], down[-1] = down[1], down[-2]
    return across / np.float32(2 * pixel), down / np.float32(2 * pixel)


def fabric(s: SceneStage) -> Plane:
    """Render silk: folds that hang behind, and lie flatter where the subject stands."""
    calm = step(-0.15, 0.35, s.under)
    deep = 1 - 0.62 * calm
    height = _folds(s) * deep
    across, down = slopes(height, s.pixel)
    normal = 1 / np.sqrt(1 + across**2 + down**2)
    lx, ly, lz = (0.62 * s.side, -0.42, 0.66) if s.side else (0.12, -0.68, 0.72)
    diffuse = np.maximum((-across * lx - down * ly + lz) * normal, 0)
    half = np.array([lx, ly, lz + 1.0])
    half = half / np.linalg.norm(half)
    shine = np.maximum((-across * half[0] - down * half[1] + half[2]) * normal, 0)
    gloss = 0.22 * shine**18 + 0.10 * (1 - normal) ** 2
    valley = np.clip(1 + 1.3 * np.minimum(height, 0), 0.55, 1)
    base = mix(s.wall, s.floor, step(-0.5, 0.45, s.under))
    light, _ = lamp(s)
    body = base * ((0.20 + 1.10 * diffuse) * valley * (0.45 + 0.55 * light))[..., None]
    return body + (gloss * (0.5 + 0.5 * light))[..., None] * (0.35 + 0.65 * base)


def _folds(s: SceneStage) -> Plane:
    """Return the height of the cloth: sine folds bent by slow noise, sharper on their crests."""
    angle = s.random(-0.6, 0.6) + (1.15 if s.chance.random() < 0.35 else 0)
    u = s.x * np.float32(np.cos(angle)) + s.under * np.float32(np.sin(angle))
    v = -s.x * np.float32(np.sin(angle)) + s.under * np.float32(np.cos(angle))
    at = s.random(0, 1), s.random(0, 1)
    bend = sample(noise(2.7), 0.10 * u + at[0], 0.06 * v + at[1])
    slow = sample(noise(2.9), 0.08 * u + at[1], 0.05 * v + at[0])
    phase = s.random(3.6, 5.2) * u + 1.7 * bend + s.random(0, 6.3)
    first = np.sin(phase) * (0.9 + 0.25 * slow)
    second = np.sin(phase * 1.9 + 1.3 * slow + 0.6 * v)
    crest = first - 0.28 * np.cos(2 * phase)
    return np.asarray(0.15 * crest + 0.05 * second + 0.05 * bend, np.float32)


def water(s: SceneStage) -> Plane:
    """Render shallow still water before a plain wall: rings around the subject, the wall mirrored in the slopes."""
    light, floor = lamp(s)
    x, z = ground_coordinates(s)
    foot_z = 3.6 * 0.62 / ((s.base - s.horizon) * s.tall + 0.62)
    foot_x = s.focus * foot_z / 3.6
    dx, dz = x - foot_x, (z - foot_z) * 0.55
    far = np.sqrt(dx**2 + dz**2)
    rings = (
        np.sin(far * s.random(34, 46) + s.random(0, 6.3)) * np.exp(-far / s.random(0.35, 0.7)) * step(0.02, 0.16, far)
    )
    at = s.random(0, 1), s.random(0, 1)
    small = sample(noise(1.9), x * 0.32 + at[0], z * 0.20 + at[1])
    height = 0.6 * rings + s.random(0.16, 0.34) * small
    across, down = slopes(height * s.scale, s.pixel)
    tilt = np.clip(down * 0.028, -0.6, 0.6)
    lean = np.clip(across * 0.028, -0.6, 0.6) * (s.side or 0.3)
    fresnel = 0.16 + 0.60 * np.exp(-np.maximum(s.under, 0) / 0.5) + 0.35 * tilt
    mirror = s.wall * (light[::-1] * 0 + light * (0.96 + 0.55 * (tilt + lean)))[..., None]
    bottom = s.floor * (floor * (0.96 + 0.5 * lean + 0.25 * tilt) + 0.05 * np.abs(small))[..., None]
    sparkle = np.clip(tilt * 1.2 + lean * 1.6 - 0.22, 0, 0.5)
    pool = mix(bottom, mirror, np.clip(fresnel, 0.05, 0.9)) + (0.9 * sparkle)[..., None] * (0.6 + 0.4 * s.wall)
    shore = 1 - 0.25 * np.exp(-np.maximum(s.under, 0) / 0.02)
    glow = 1 + 0.16 * np.exp(-((s.x - s.focus) ** 2) / 0.8 - (s.under + 0.45) ** 2 / 0.4)
    caustic = np.clip(1.1 - 2.2 * np.abs(sample(noise(1.8), s.x * 0.16 + at[1], s.under * 0.30 + at[0])), 0, 1) ** 3
    ripple = 1 + 0.10 * caustic * np.exp(np.minimum(s.under, 0) / 0.35)
    wall = s.wall * (light * glow * ripple)[..., None]
    return mix(wall, pool * shore[..., None], on_floor(s, 1.2))
