"""Materials of land, plants and props: water, sand, snow, stone, leaf, petal, peel, wax, mist and light.

Texture coordinates of land and stones are in units of length; `scale` is the size of one tile. Leaves, petals and
sheets have coordinates in [0, 1] from edge to edge and from foot to tip.
"""

from __future__ import annotations

import numpy as np

from foundry.colour import Floats
from models.sets.building.noise import fractal, normal_map, smooth_step
from models.sets.building.surface import Maker
from models.sets.graph import Material

FINE = 512


def _tinted(colour: Floats, values: Floats, amount: float, least: float = 0.3) -> Floats:
    """Return a texture of the colour whose lightness follows `values` of standard deviation 1."""
    return np.asarray(colour * np.maximum(1 + amount * values[..., None], least), np.float32)


def _laid(scale: float, tile: float) -> tuple[float, float]:
    return (1 / (tile * scale), 1 / (tile * scale))


def water(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return deep water that mirrors what is above it."""
    return Material(colour=(colour * 0.85).astype(np.float32), roughness=0.07, specular=0.55)


def shallows(colour: Floats, scale: float, seed: int) -> Material:
    """Return clear shallow water, with the net of light that the sun draws on its floor."""
    broad = fractal(seed, FINE, 1.2, 3, 14)
    other = fractal(seed + 1, FINE, 1.2, 3, 14)
    net = np.exp(-((np.abs(broad) / 0.16) ** 0.8)) + np.exp(-((np.abs(other) / 0.16) ** 0.8))
    net = (net - net.mean()) / net.std()
    texture = _tinted(colour, net, 0.11, 0.6)
    return Material(colour=texture, roughness=0.05, specular=0.5, repeat=_laid(scale, 2.4))


def sand(colour: Floats, scale: float, seed: int) -> Material:
    """Return dry sand, with its grains."""
    rng = np.random.default_rng(seed)
    grains = rng.standard_normal((1024, 1024)).astype(np.float32)
    patches = fractal(seed, 1024, 1.8, 1, 40)
    texture = _tinted(colour, 0.75 * grains + 0.5 * patches, 0.085)
    bumps = normal_map(fractal(seed + 1, 1024, 0.6, 40, 400), 0.10)
    return Material(colour=texture, roughness=0.95, specular=0.12, normals=bumps, repeat=_laid(scale, 1.6))


def snow(colour: Floats, scale: float, seed: int) -> Material:
    """Return fresh snow: soft, with a fine sparkle."""
    bumps = normal_map(fractal(seed, 1024, 0.9, 10, 400), 0.11)
    texture = _tinted(colour, fractal(seed + 1, 512, 1.6, 1, 60), 0.015)
    return Material(colour=texture, roughness=0.6, specular=0.35, sheen=0.3, normals=bumps, repeat=_laid(scale, 1.8))


def cloud(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return the soft white of a cloud."""
    return Material(colour=colour, roughness=1.0, specular=0.05, sheen=0.6)


def stone(colour: Floats, scale: float, seed: int) -> Material:
    """Return rough natural stone, with grain and stains."""
    stains, grain = fractal(seed, FINE, 1.7, 1, 200), fractal(seed + 1, FINE, 0.7, 24, 250)
    texture = _tinted(colour, 0.8 * stains + 0.7 * grain, 0.15)
    bumps = normal_map(fractal(seed + 2, FINE, 1.25, 4, 250), 0.32)
    return Material(colour=texture, roughness=0.82, specular=0.25, normals=bumps, repeat=_laid(scale, 1.1))


def wet_stone(colour: Floats, scale: float, seed: int) -> Material:
    """Return dark stone that is wet: glossy where water lies."""
    dry = stone(colour * 0.8, scale, seed)
    lies = smooth_step(fractal(seed + 5, FINE, 1.8, 1, 60), -0.5, 0.7)
    rough = (0.5 - 0.38 * lies).astype(np.float32)
    return Material(colour=dry.colour, roughness=rough, specular=0.5, normals=dry.normals, repeat=dry.repeat)


def strata(colour: Floats, scale: float, seed: int) -> Material:
    """Return sandstone in layers; its texture must run up along v."""
    rows = np.linspace(0, 1, FINE)[:, None]
    warp = 0.02 * fractal(seed, FINE, 1.8, 1, 30)
    bands = sum(np.sin(2 * np.pi * cycles * (rows + warp) + cycles) / cycles**0.6 for cycles in (3, 7, 12, 23, 41))
    texture = _tinted(colour, 0.6 * np.asarray(bands) + 0.5 * fractal(seed + 1, FINE, 0.8, 10, 250), 0.12)
    bumps = normal_map(0.5 * np.asarray(bands) + 0.6 * fractal(seed + 2, FINE, 1.1, 6, 250), 0.30)
    return Material(colour=texture, roughness=0.9, specular=0.15, normals=bumps, repeat=_laid(scale, 1.4))


def smooth_pebble(colour: Floats, scale: float, seed: int) -> Material:
    """Return a pebble that water has smoothed."""
    texture = _tinted(colour, fractal(seed, FINE, 1.0, 3, 200), 0.11)
    return Material(colour=texture, roughness=0.55, specular=0.35, repeat=_laid(scale, 1.0))


def soil(colour: Floats, scale: float, seed: int) -> Material:
    """Return earth of a forest or a garden."""
    texture = _tinted(colour, fractal(seed, 1024, 1.0, 4, 400), 0.35, 0.15)
    bumps = normal_map(fractal(seed + 1, 1024, 1.1, 8, 400), 0.6)
    return Material(colour=texture, roughness=1.0, specular=0.1, normals=bumps, repeat=_laid(scale, 1.8))


def moss(colour: Floats, scale: float, seed: int) -> Material:
    """Return moss: soft cushions of fine leaves."""
    cushions, fine = fractal(seed, 1024, 1.5, 4, 60), fractal(seed + 1, 1024, 0.5, 60, 420)
    light = _tinted(colour, 0.7 * cushions + 0.75 * fine, 0.30, 0.2)
    warm = np.array([1.12, 1.0, 0.78], np.float32)
    share = smooth_step(fractal(seed + 2, 1024, 1.6, 2, 30), -0.6, 1.4)[..., None]
    texture = light * (1 + (warm - 1) * share)
    bumps = normal_map(0.8 * cushions + 0.8 * fine, 0.75)
    return Material(
        colour=texture.astype(np.float32),
        roughness=1.0,
        specular=0.1,
        sheen=0.9,
        normals=bumps,
        repeat=_laid(scale, 1.5),
    )


def bark(colour: Floats, scale: float, seed: int) -> Material:
    """Return bark with furrows that run up along v."""
    furrows = fractal(seed, FINE, 1.2, 6, 160)[np.arange(FINE) // 5]
    furrows = (furrows + np.roll(furrows, 2, 0)) / 2
    fine = fractal(seed + 1, FINE, 0.9, 10, 250)
    texture = _tinted(colour, 0.9 * furrows + 0.5 * fine, 0.3, 0.15)
    return Material(
        colour=texture,
        roughness=0.95,
        specular=0.1,
        normals=normal_map(furrows + 0.4 * fine, 0.8),
        repeat=_laid(scale, 1.2),
    )


def leaf(colour: Floats, scale: float, seed: int) -> Material:
    """Return the upper side of a leaf with its veins; for shapes whose coordinates run over each leaf."""
    v, u = np.mgrid[0:256, 0:256] / 255.0
    aside = np.abs(u - 0.5) * 2
    midrib = np.exp(-((aside / 0.045) ** 2))
    side = np.abs(np.mod((v - 0.28 * aside) * 13 * scale, 1) - 0.5) * 2
    veins = 0.5 * np.exp(-(((1 - side) / 0.10) ** 2)) * (1 - aside) ** 0.5
    blotch = fractal(seed, 256, 1.6, 1, 60)
    light = 1 + 0.55 * midrib + 0.22 * veins + 0.09 * blotch - 0.16 * aside**2
    tip = np.array([1.18, 1.06, 0.72], np.float32)
    share = np.clip(0.35 * aside**2 + 0.25 * (v - 0.4), 0, 0.6)[..., None]
    texture = colour * light[..., None] * (1 + (tip - 1) * share)
    bumps = normal_map((0.9 * midrib + 0.6 * veins).astype(np.float32), 1.2)
    return Material(colour=texture.astype(np.float32), roughness=0.42, specular=0.45, normals=bumps)


def autumn(colour: Floats, scale: float, seed: int) -> Material:
    """Return dry autumn leaves between the colour, rust and gold."""
    made = leaf(colour, scale, seed)
    warm = fractal(seed + 3, 256, 1.8, 1, 12)[..., None]
    towards = np.array([1.25, 0.80, 0.45], np.float32) ** np.clip(warm, -1.5, 1.5)
    return Material(
        colour=(made.colour * towards).astype(np.float32), roughness=0.7, specular=0.2, normals=made.normals
    )


def petal(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a soft petal, paler at its edge and deeper at its foot."""
    v, u = np.mgrid[0:256, 0:128] / np.array([255.0, 127.0]).reshape(2, 1, 1)
    white = np.full(3, 0.86, np.float32)
    share = np.clip(0.12 + 0.5 * v - 0.1 * np.abs(u - 0.5), 0, 0.62)[..., None]
    streaks = 1 + 0.05 * np.sin(u * 75)[..., None] * (1 - v[..., None])
    texture = (colour + (white - colour) * share * 0.8) * streaks
    return Material(colour=texture.astype(np.float32), roughness=0.65, specular=0.2, sheen=0.5)


def peel(colour: Floats, scale: float, seed: int) -> Material:
    """Return the pored skin of a citrus fruit."""
    pores = fractal(seed, FINE, 0.2, 40, 90)
    bumps = normal_map(pores, 0.10)
    return Material(
        colour=_tinted(colour, fractal(seed + 1, FINE, 1.6, 1, 20), 0.05), roughness=0.38, specular=0.5, normals=bumps,
        repeat=_laid(scale, 0.6),
    )  # fmt: skip


def pulp(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return the cut side of a citrus fruit, laid once over [0, 1]."""
    y, x = np.mgrid[0:512, 0:512] / 255.5 - 1
    away, turn = np.hypot(x, y), np.arctan2(y, x)
    wedge = np.abs(np.mod(turn / (2 * np.pi) * 10, 1) - 0.5) * 2
    rays = smooth_step((1 - wedge) * np.maximum(away, 0.05), 0.02, 0.07)
    inside = rays * smooth_step(away, 0.07, 0.13) * (1 - smooth_step(away, 0.80, 0.85))
    drops = fractal(seed, 512, 1.0, 10, 120)
    white = np.array([0.86, 0.80, 0.62], np.float32)
    flesh = colour * (1 + 0.14 * drops[..., None])
    texture = white + (flesh - white) * inside[..., None]
    skin = smooth_step(away, 0.93, 0.96)[..., None]
    texture = texture + (colour * 0.9 - texture) * skin
    rough = (0.5 - 0.3 * inside).astype(np.float32)
    return Material(colour=np.maximum(texture, 0.01).astype(np.float32), roughness=rough, specular=0.5)


def wax(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return wax of a candle."""
    return Material(colour=colour, roughness=0.45, specular=0.4, sheen=0.2)


def lacquer(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a deep gloss, as of a bauble or a lacquered box."""
    return Material(colour=colour, roughness=0.12, specular=0.6, clearcoat=0.8)


def foil(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a satin metal in the colour, as of a ribbon or a bauble."""
    return Material(colour=np.clip(colour * 1.15, 0, 1).astype(np.float32), roughness=0.28, metallic=0.85)


def ice(colour: Floats, scale: float, seed: int) -> Material:
    """Return cloudy ice."""
    bumps = normal_map(fractal(seed, FINE, 1.3, 3, 90), 0.35)
    pale = np.clip(0.45 + 0.55 * colour / max(float(colour.max()), 1e-3), 0, 1).astype(np.float32)
    rough = (0.12 + 0.22 * smooth_step(fractal(seed + 1, FINE, 1.6, 1, 60), -0.5, 1.5)).astype(np.float32)
    return Material(
        colour=pale, roughness=rough, transmission=0.75, ior=1.31, specular=0.4, normals=bumps, repeat=_laid(scale, 1.2)
    )


def glow(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a small lamp in the colour; `scale` is its strength."""
    warm = colour / max(float(colour.max()), 1e-3)
    return Material(colour=(warm * 9 * scale).astype(np.float32), kind="emissive")


def far(colour: Floats, scale: float, seed: int) -> Material:  # noqa: ARG001
    """Return a far slope in haze, flat in its colour; it needs no light. `scale` is its strength."""
    return Material(colour=(colour * scale).astype(np.float32), kind="emissive")


def mist(colour: Floats, scale: float, seed: int) -> Material:
    """Return a bank of mist in the colour: thick at the foot of its sheet, nothing at the top."""
    v = np.linspace(0, 1, 256)[:, None]
    billows = fractal(seed, 256, 1.9, 1, 20)
    thick = np.clip(smooth_step(v, 0.02, 0.95) ** 1.4 * (0.85 + 0.22 * billows), 0, 1)
    edge = np.minimum(smooth_step(np.linspace(0, 1, 256), 0, 0.12), smooth_step(np.linspace(1, 0, 256), 0, 0.12))
    return Material(
        colour=(colour * scale).astype(np.float32), kind="emissive", opacity=(thick * edge[None]).astype(np.float32)
    )


def windows(colour: Floats, scale: float, seed: int) -> Material:
    """Return the lit and dark windows of a house at night; one window each tenth of a unit."""
    rng = np.random.default_rng(seed)
    lit = (rng.uniform(size=(40, 40)) < 0.34) * rng.uniform(0.15, 1.0, (40, 40)) ** 2
    tint = np.where(
        rng.uniform(size=(40, 40, 1)) < 0.25, np.array([0.8, 0.9, 1.0]), colour / max(float(colour.max()), 1e-3)
    )
    cell = np.zeros((12, 12))
    cell[3:10, 3:9] = 1
    light = np.kron(lit, cell)[..., None] * np.kron(tint.reshape(40, 40, 3), np.ones((12, 12, 1)))
    dark = np.array([0.010, 0.012, 0.018])
    return Material(colour=(dark + 2.6 * light).astype(np.float32), kind="emissive", repeat=_laid(scale, 8.0))


MATERIALS: dict[str, Maker] = {
    "water": water, "shallows": shallows, "sand": sand, "snow": snow,
    "cloud": cloud, "stone": stone, "wet-stone": wet_stone,
    "strata": strata, "pebble": smooth_pebble, "soil": soil, "moss": moss, "bark": bark, "leaf": leaf,
    "autumn": autumn, "petal": petal, "peel": peel, "pulp": pulp, "wax": wax, "lacquer": lacquer, "foil": foil,
    "ice": ice, "glow": glow, "far": far, "mist": mist, "windows": windows,
}  # fmt: skip
