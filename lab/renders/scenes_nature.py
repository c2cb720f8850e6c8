"""Landscapes behind a near, level ledge where the subject stands, in linear light."""

from __future__ import annotations

import numpy as np

from lab.renders.optics import Plane, mix, noise, sample, step
from lab.renders.scene_stage import SceneStage, ground_coordinates, lamp, soft_shadow, soften_by
from lab.renders.scenes_cloth import slopes

WARM = np.array([1.0, 0.80, 0.52], np.float32)
WHITE = np.array([1.0, 1.0, 1.0], np.float32)


def _ledge_line(s: SceneStage) -> float:
    """Return the back edge of the near ledge, in half short sides under the horizon."""
    return (s.base - s.horizon) * s.tall - 0.17


def _noise_line(s: SceneStage, rough: float) -> Plane:
    """Return a line of noise over x, deviation about 1; `rough` is small for jagged lines, large for rolling ones."""
    row = noise(rough)[int(s.chance.integers(1024))]
    at = s.x[0] * np.float32(s.random(0.07, 0.12)) + np.float32(s.random(0, 1))
    place = (at % 1) * 1024
    left = place.astype(np.int32) & 1023
    share = place - np.floor(place)
    line = row[left] * (1 - share) + row[(left + 1) & 1023] * share
    return np.asarray(line - line.mean(), np.float32)


def ledge(s: SceneStage, picture: Plane, grain: Plane) -> Plane:
    """Lay a level stone ledge in the floor's colour over the lower picture; its back edge is a little out of focus."""
    line = _ledge_line(s)
    depth = s.under - line
    _, floor = lamp(s)
    edge = 0.010
    share = step(-edge, edge, depth)
    rim = np.exp(-(((depth - 0.012) / 0.016) ** 2))
    lit = s.floor * (floor * grain * (0.94 + 0.10 * np.clip(depth, 0, 1)))[..., None]
    lit = lit * (1 + 0.16 * rim)[..., None]
    sheen = (0.12 * np.exp(-np.maximum(depth, 0) / 0.10))[..., None]
    lit = lit * (1 - sheen) + sheen * (0.5 * s.wall + 0.5 * s.accent)
    dim = 1 - 0.22 * np.exp(-np.abs(np.minimum(depth, 0)) / 0.05)
    return mix(picture * dim[..., None], lit, share)


def stone(s: SceneStage) -> Plane:
    """Return the fine grain of a honed stone in perspective, about 1."""
    x, z = ground_coordinates(s)
    at = s.random(0, 1), s.random(0, 1)
    grain = sample(noise(1.2), x * 0.30 + at[0], z * 0.30 + at[1])
    return np.asarray(1 + 0.055 * grain * np.clip(s.under / 0.3, 0.2, 1), np.float32)


def sunset(s: SceneStage) -> Plane:
    """Render a low sun over the sea, thin clouds lit from below, a path of glitter, and a stone ledge in front."""
    line = _ledge_line(s) - s.random(0.16, 0.26)
    above = np.maximum(line - s.under, 0)
    sun_x = s.focus * 0.5 + s.side * s.random(0.42, 0.62) * min(s.reach, 1.15)
    sun_y = line - s.random(0.05, 0.20)
    glow_colour = 0.72 * s.accent + 0.28 * WARM
    sky = mix(np.broadcast_to(s.accent, (*s.shape, 3)), s.wall, step(0.0, 0.95, above))
    far = np.hypot((s.x - sun_x) * 0.85, s.under - sun_y)
    at = s.random(0, 1), s.random(0, 1)
    cloud = sample(noise(1.7), s.x * 0.07 + at[0], above * 0.42 + at[1])
    streak = step(0.35, 1.9, cloud) * step(0.02, 0.16, above) * step(1.6, 0.7, above)
    sky = mix(sky, 0.55 * s.accent + 0.45 * glow_colour * 1.2, streak * (0.30 + 0.45 * np.exp(-far / 0.5)))
    haze = 0.95 * np.exp(-((far / 0.20) ** 1.1)) + 0.42 * np.exp(-far / 0.55)
    sky = sky + haze[..., None] * glow_colour
    disc = step(0.105 + s.pixel, 0.105 - s.pixel, np.hypot(s.x - sun_x, s.under - sun_y))
    sky = mix(sky, 1.5 * (0.35 * WARM + 0.65 * WHITE), disc * 0.95)
    return ledge(s, mix(sky, _sea(s, line, sun_x, glow_colour), step(-s.pixel, s.pixel, s.under - line)), stone(s))


def _sea(s: SceneStage, line: float, sun_x: float, glow: Plane) -> Plane:
    below = np.maximum(s.under - line, 0)
    near = 0.05 / (below + 0.05)
    at = s.random(0, 1), s.random(0, 1)
    u, v = s.x * near * 1.5 + at[0], np.sqrt(near) * 0.9 + at[1]
    wave = sample(noise(1.3), u, v * 2.2) + 0.5 * sample(noise(1.0), u * 1.7, v * 5)
    calm = np.clip(below / 0.08, 0.25, 1)
    body = mix(
        np.broadcast_to(0.62 * s.accent + 0.25 * s.wall, (*s.shape, 3)),
        0.62 * s.wall + 0.10 * s.accent,
        step(0, 0.4, below),
    )
    body = body * (1 + 0.10 * wave * calm)[..., None]
    wide = 0.075 + 0.75 * below
    path = np.exp(-(((s.x - sun_x) / wide) ** 2))
    glitter = step(0.1, 1.3, wave + 1.1 * path) * path
    return body + (0.85 * glitter + 0.22 * path)[..., None] * (0.55 * glow + 0.45 * WARM)


def dunes(s: SceneStage) -> Plane:
    """Render sand dunes with lit flanks and shadowed lees under a clear sky, and ripples in the level foreground."""
    up = np.clip(-s.under / (s.horizon * s.tall), 0, 1)
    pale = 0.45 * s.wall + 0.30 * s.accent + 0.22
    picture = mix(np.broadcast_to(pale, (*s.shape, 3)), s.wall * 1.02, step(0.0, 0.62, up + 0.15))
    turn = s.side or (0.5 if s.chance.random() < 0.5 else -0.5)
    foot = _ledge_line(s)
    for layer in range(3):
        share = layer / 2
        top = foot - 0.40 * (1 - share) - 0.05
        picture = _dune(s, picture, top, 0.10 + 0.05 * share, turn, share, pale)
    return _sand(s, picture, foot, turn)


def _dune(s: SceneStage, picture: Plane, top: float, high: float, turn: float, share: float, pale: Plane) -> Plane:
    line = top + high * np.sin(s.random(0.9, 1.7) * s.x[0] + s.random(0, 6.3)) + 0.03 * _noise_line(s, 2.4)
    slope = np.gradient(line, s.x[0])
    depth = s.under - line[None, :]
    bend = s.x + 0.9 * depth * turn
    lee = np.interp(bend.ravel(), s.x[0], slope).reshape(s.shape)
    light = 0.86 - 0.52 * np.tanh(3.2 * lee * turn) * np.exp(-np.maximum(depth, 0) / 0.30)
    light = light * (1 - 0.08 * np.clip(depth / 0.4, 0, 1))
    colour = s.floor * (0.62 + 0.38 * share) + pale * 0.38 * (1 - share)
    shadow = np.array([0.90, 0.93, 1.06], np.float32)
    lit = colour * light[..., None] * np.where(light[..., None] < 0.8, shadow, 1)
    return mix(picture, np.asarray(lit, np.float32), step(-1.5 * s.pixel, 1.5 * s.pixel, depth))


def _sand(s: SceneStage, picture: Plane, foot: float, turn: float) -> Plane:
    x, z = ground_coordinates(s)
    at = s.random(0, 1), s.random(0, 1)
    bend = sample(noise(2.0), x * 0.10 + at[0], z * 0.10 + at[1])
    ripple = np.sin(2 * np.pi * (z * s.random(6.5, 9) + 0.8 * bend + 0.5 * x * turn))
    grain = sample(noise(0.5), x * 0.9 + at[1], z * 0.9 + at[0])
    _, floor = lamp(s)
    shade = floor * (1 + 0.07 * ripple * np.clip((s.under - foot) / 0.25, 0, 1) + 0.020 * grain + 0.04 * bend)
    line = foot + 0.03 * _noise_line(s, 2.2)[None, :]
    return mix(picture, s.floor * (0.98 * shade)[..., None], step(-0.03, 0.05, s.under - line))


def hills(s: SceneStage) -> Plane:
    """Render mountains behind one another in mist, a soft sun, and a stone ledge in front."""
    up = np.clip(-s.under / (s.horizon * s.tall), 0, 1)
    mist = 0.50 * s.wall + 0.42
    glow = np.exp(-((s.x - s.side * 0.8 * s.reach) ** 2) / 0.9 - (s.under + 0.75) ** 2 / 0.35)
    sky = mix(np.broadcast_to(mist, (*s.shape, 3)), s.wall, step(0.05, 0.80, up))
    picture = sky + (0.20 * glow)[..., None] * (0.5 * WARM + 0.5)
    foot = _ledge_line(s)
    count = int(s.chance.integers(4, 6))
    for layer in range(count):
        share = (layer + 0.6) / count
        rough = 1.6 + 0.3 * share
        top = foot - 0.66 * (1 - layer / count) + (0.19 - 0.13 * share) * _noise_line(s, rough)
        depth = s.under - top[None, :]
        colour = mist * (1 - share) ** 1.2 + s.accent * (1 - (1 - share) ** 1.2)
        thick = np.exp(-np.maximum(depth, 0) / (0.20 + 0.30 * share))
        body = mix(np.broadcast_to(mist, (*s.shape, 3)), colour * (1 + 0.25 * glow)[..., None], thick)
        soft = s.pixel * (1.0 + 1.5 * (1 - share))
        picture = mix(picture, body, step(-soft, soft, depth))
    return ledge(s, picture, stone(s))


def snow(s: SceneStage) -> Plane:
    """Render drifts of snow with blue shade, blurred firs at the back, and a few flakes near the camera."""
    up = np.clip(-s.under / (s.horizon * s.tall), 0, 1)
    pale = 0.55 * s.wall + 0.38
    picture = mix(np.broadcast_to(pale, (*s.shape, 3)), s.wall, step(0.1, 0.85, up))
    foot = _ledge_line(s) - 0.06
    for layer in range(2):
        firs = soft_shadow(s, _firs(s, foot - 0.03 + 0.05 * layer, layer), 0.012 - 0.005 * layer)
        dark = (0.50 + 0.35 * layer) * s.accent * 0.75 + (0.50 - 0.35 * layer) * pale
        picture = mix(picture, np.broadcast_to(dark, picture.shape), firs)
    return _flakes(s, mix(picture, _drift(s), _drift_share(s, foot)))


def _firs(s: SceneStage, foot: float, layer: int) -> Plane:
    small = s.small
    mask = np.zeros_like(small.x)
    for _ in range(int(s.chance.integers(8, 14))):
        cx, high = s.random(-s.reach, s.reach), s.random(0.25, 0.66) * (0.8 + 0.2 * layer)
        if abs(cx - s.focus) < 0.35:
            high *= 0.55
        down = (small.under - foot) / high + 1
        teeth = 0.62 + 0.38 * ((down * s.random(6, 9)) % 1)
        wide = 0.24 * high * np.clip(down, 0, 1) * teeth
        mask = np.maximum(mask, step(small.pixel, -small.pixel, np.abs(small.x - cx) - wide) * (down > 0))
    return np.asarray(mask, np.float32)


def _drift_share(s: SceneStage, foot: float) -> Plane:
    return step(-0.012, 0.018, s.under - (foot + 0.035 * _noise_line(s, 2.6)[None, :]))


def _drift(s: SceneStage) -> Plane:
    x, z = ground_coordinates(s)
    at = s.random(0, 1), s.random(0, 1)
    height = 0.16 * sample(noise(2.3), x * 0.16 + at[0], z * 0.16 + at[1]) * s.scale
    grain = sample(noise(0.4), x * 0.9 + at[1], z * 0.9 + at[0])
    across, down = slopes(height, s.pixel)
    lean = (across * -(s.side * 0.9) - 0.5 * down) if s.side else -0.9 * down
    light = np.clip(0.93 + 0.75 * lean, 0.55, 1.12) * (1 + 0.018 * grain)
    _, floor = lamp(s)
    white = 0.45 * s.floor + 0.52 * np.array([0.94, 0.97, 1.0], np.float32)
    blue = white * np.array([0.70, 0.80, 0.98], np.float32)
    lit = mix(np.broadcast_to(blue, (*s.shape, 3)), white * 1.03, step(0.62, 1.0, light))
    sparkle = step(2.7, 3.4, grain) * 0.25
    return lit * (0.45 + 0.55 * light * (0.6 + 0.4 * floor))[..., None] + sparkle[..., None]


def _flakes(s: SceneStage, picture: Plane) -> Plane:
    picture = np.array(picture)
    for _ in range(int(s.chance.integers(14, 34))):
        radius = s.random(0.006, 0.022)
        add_disc(s, picture, (s.random(-s.reach, s.reach), s.random(-1.3, 0.2)), radius, WHITE * s.random(0.12, 0.42))
    return picture


def add_disc(s: SceneStage, picture: Plane, centre: tuple[float, float], radius: float, light: Plane) -> None:
    """Add, in place, an out-of-focus point of light: a disc, brighter at its rim as lenses draw it."""
    scale = s.short_px / 2
    cx, cy = (centre[0] + s.reach) * scale, (centre[1] + s.horizon * s.tall) * scale
    reach = radius * scale + 2
    x0, x1 = max(0, int(cx - reach)), min(s.shape[1], int(cx + reach) + 1)
    y0, y1 = max(0, int(cy - reach)), min(s.shape[0], int(cy + reach) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    far = np.hypot(x - cx, y - cy) / (radius * scale)
    edge = 1.2 / (radius * scale)
    disc = step(1 + edge, 1 - edge, far) * (0.72 + 0.28 * np.clip(far, 0, 1) ** 5)
    picture[y0:y1, x0:x1] += disc[..., None] * light


def bokeh(s: SceneStage) -> Plane:
    """Render city lights far out of focus behind a dark glossy table that mirrors them."""
    light, _ = lamp(s)
    towers = s.fine(soften_by(s.small, _towers(s), 0.06))
    tone = light * (0.90 - 0.35 * towers)
    back = np.array(s.wall * tone[..., None])
    lights = np.zeros_like(back)
    for _ in range(int(s.chance.integers(22, 40))):
        _city_light(s, lights)
    shine = 0.9 - 0.35 * float(s.wall.mean())
    picture = back + lights * shine
    return _table(s, picture, lights)


def _city_light(s: SceneStage, lights: Plane) -> None:
    radius = s.random(0.05, 0.13)
    x, y = s.random(-s.reach, s.reach), s.random(-0.62, 0.02) + 0.06 * s.chance.standard_normal()
    if y < -0.45 and s.chance.random() < 0.5:
        y += 0.35
    choice = s.chance.random()
    colour = s.accent if choice < 0.55 else 0.5 * s.accent + 0.5 * WARM if choice < 0.85 else 0.6 * WHITE + 0.4 * WARM
    bias = 1 + 0.45 * s.side * x / s.reach
    add_disc(s, lights, (x, y), radius, colour * np.float32(s.random(0.18, 0.55) * bias))


def _towers(s: SceneStage) -> Plane:
    small = s.small
    mask = np.zeros_like(small.x)
    for _ in range(9):
        cx, wide, high = s.random(-s.reach, s.reach), s.random(0.10, 0.24), s.random(0.2, 0.75)
        mask = np.maximum(mask, ((np.abs(small.x - cx) < wide) & (small.under > -high)) * np.float32(s.random(0.4, 1)))
    return np.asarray(mask, np.float32)


def _table(s: SceneStage, picture: Plane, lights: Plane) -> Plane:
    """Lay the table over the picture: its far edge is soft, and the lights stretch downwards in its gloss."""
    rows = s.shape[0]
    line = int(s.horizon * rows)
    mirrored = np.zeros_like(picture)
    count = min(rows - line, line)
    mirrored[line : line + count] = lights[line - count : line][::-1]
    small = np.stack([mirrored[2::4, 2::4, band][: s.small.shape[0], : s.small.shape[1]] for band in range(3)], -1)
    gloss = s.fine(soften_by(s.small, small, 0.05))
    _, floor = lamp(s)
    depth = np.maximum(s.under, 0)
    x, z = ground_coordinates(s)
    grain = 1 + 0.03 * sample(noise(1.3), x * 0.3 + s.random(0, 1), z * 0.1)
    fresnel = 0.22 * np.exp(-depth / 0.25)
    top = mix(s.floor * (0.92 * floor * grain)[..., None], np.broadcast_to(s.wall, picture.shape), fresnel)
    top = top + gloss * (0.55 * np.exp(-depth / 0.45))[..., None]
    return mix(picture, top, step(-0.010, 0.010, s.under))
