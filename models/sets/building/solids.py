"""Shapes of a studio: plinths, sweeps, planes."""

from __future__ import annotations

import numpy as np

from models.sets.building.form import Form, Options, Shape, Size, grid, revolve


def cylinder(size: Size, options: Options) -> Form:
    """Return a cylinder with a small rounded rim."""
    rim = min(0.5, float(options.get("rim", 0.012)) / max(size[2], 1e-4))
    edge = float(options.get("rim", 0.012)) / (size[0] / 2)
    arc = [(1 - edge + edge * np.sin(a), 1 - rim + rim * np.cos(a)) for a in np.linspace(np.pi / 2, 0, 6)]
    return revolve([(1, 0), *arc, (0, 1)], size)


def plane(size: Size, options: Options) -> Form:  # noqa: ARG001 - every shape has options
    """Return a level rectangle."""
    across, along = np.meshgrid(np.linspace(-0.5, 0.5, 2) * size[0], np.linspace(-0.5, 0.5, 2) * size[1])
    return grid(np.stack([across, along, np.zeros_like(across)], -1))


def sweep(size: Size, options: Options) -> Form:
    """Return a floor that bends up into a wall at `back`, with a bend of `radius`."""
    back, radius = float(options.get("back", 3)), float(options.get("radius", 1))
    bend = np.linspace(0, np.pi / 2, 24)
    y = np.concatenate([[-size[1]], back - radius + radius * np.sin(bend), [back]])
    z = np.concatenate([[0], radius - radius * np.cos(bend), [size[2]]])
    x = np.linspace(-size[0] / 2, size[0] / 2, 2)
    points = np.stack([np.tile(x, (len(y), 1)), np.tile(y[:, None], (1, 2)), np.tile(z[:, None], (1, 2))], -1)
    return grid(points)


SHAPES: dict[str, Shape] = {"cylinder": cylinder, "plane": plane, "sweep": sweep}
