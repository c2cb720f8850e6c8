"""Woods: oak, walnut, painted boards. The grain runs along u."""

from __future__ import annotations

import numpy as np

from models.sets.building.patterns import fractal, normals_of, tinted
from models.sets.building.surface import Maker
from models.sets.graph import Floats, Material

EDGE = 1_024


def _grain(seed: int, rings: float) -> tuple[Floats, Floats, Floats]:
    """Return late wood in [0, 1], pores and fibres, tileable: lines of growth that bend around slow waves."""
    y = np.arange(EDGE)[:, None] / EDGE
    bend = fractal(EDGE, seed, roughness=1.7, low=1, high=14, stretch=5)
    fine = fractal(EDGE, seed + 1, roughness=1.0, low=2, high=200, stretch=14)
    turns = rings * y + 0.8 * bend + 0.05 * fine
    late = (turns % 1.0) ** 2.2
    soft = np.minimum(1.0, (1 - turns % 1.0) * 9)
    pores = np.clip(fractal(EDGE, seed + 2, roughness=0.0, low=60, high=480, stretch=22) - 1.5, 0, 1.4) / 1.4
    return (late * soft).astype(np.float32), pores.astype(np.float32), fine


def _boards(count: int, seed: int) -> tuple[Floats, Floats]:
    """Return the tone of `count` boards across v and the depth of the joints between them."""
    rng = np.random.default_rng(seed)
    y = np.arange(EDGE) / EDGE * count
    tone = rng.normal(0, 1, count)[np.minimum(y.astype(int), count - 1)]
    joint = np.clip(1 - np.abs(y - np.round(y)) * EDGE / count / 2.2, 0, 1)
    return np.repeat(tone[:, None], EDGE, 1).astype(np.float32), np.repeat(joint[:, None], EDGE, 1).astype(np.float32)


def _wood(colour: Floats, scale: float, seed: int, rings: float, contrast: float, boards: int = 0) -> Material:
    late, pores, fine = _grain(seed, rings)
    shade = 1 - contrast * late - 0.55 * contrast * pores + 0.05 * fine
    joint = np.zeros_like(late)
    if boards:
        tone, joint = _boards(boards, seed + 5)
        shift = np.random.default_rng(seed + 6).integers(0, EDGE, boards)
        rows = np.minimum(np.arange(EDGE) * boards // EDGE, boards - 1)
        shade = np.stack([np.roll(line, shift[board]) for line, board in zip(shade, rows, strict=True)])
        shade = shade * (1 + 0.08 * tone) * (1 - 0.75 * joint)
    texture = _coloured(colour, np.clip(shade / shade.mean(), 0.05, None))
    tile = 1.7 * scale
    return Material(
        colour=texture,
        roughness=np.clip(0.42 + 0.18 * late + 0.2 * pores, 0, 1).astype(np.float32),
        specular=0.4,
        normals=normals_of(-0.5 * pores - 0.15 * late - 2.5 * joint, 0.0022),
        repeat=(1 / tile, 1 / tile),
    )


def _coloured(colour: Floats, shade: Floats) -> Floats:
    """Return a wood's colour: where it is darker it is also warmer."""
    power = np.array([0.82, 1.0, 1.22])
    texture = np.asarray(colour) * shade[..., None] ** power
    texture *= np.asarray(colour) / np.maximum(texture.mean((0, 1)), 1e-5)
    return np.clip(texture, 0, 0.95).astype(np.float32)


def oak(colour: Floats, scale: float, seed: int) -> Material:
    """Return oiled oak of one piece."""
    return _wood(colour, scale, seed, 9, 0.34)


def walnut(colour: Floats, scale: float, seed: int) -> Material:
    """Return oiled walnut of one piece: wide rings, strong tones."""
    return _wood(colour, scale * 1.2, seed, 7, 0.52)


def planks(colour: Floats, scale: float, seed: int) -> Material:
    """Return boards of wood beside each other."""
    return _wood(colour, scale * 1.5, seed, 12, 0.36, boards=5)


def painted(colour: Floats, scale: float, seed: int) -> Material:
    """Return wood under satin paint: the grain just shows."""
    late, pores, fine = _grain(seed, 10)
    tile = 1.7 * scale
    return Material(
        colour=tinted(colour, 1 + 0.006 * fine),
        roughness=0.42,
        specular=0.45,
        normals=normals_of(-0.35 * pores - 0.12 * late, 0.0012),
        repeat=(1 / tile, 1 / tile),
    )


MATERIALS: dict[str, Maker] = {"oak": oak, "painted": painted, "planks": planks, "walnut": walnut}
