"""Exposure and surfaces that show the palette as it was asked for under the set's light.

A small picture tells what each role looks like: wall, floor and accent. The exposure follows from all of them, then
each role's surfaces are made lighter, darker or of another tint until the next small picture shows what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from foundry.colour import BT709, srgb_of_hex
from models.sets.ask import SetAsk
from models.sets.graph import Floats, Graph, Material, fade_shares
from models.sets.renderer.drawing import load_flat_scene, load_scene, render
from models.sets.renderer.tone import light_for

ROLES = ("wall", "floor", "accent")
EDGE = 64
"""Longer edge of the small picture."""
ROUNDS = 3
MOST_SAMPLES = 64
"""The small picture has as many samples as the large one: another number would be compiled anew."""
LEAST_PIXELS = 12
"""A role that is seen in fewer pixels of the small picture keeps its surfaces."""
PURE = 0.97
LIT = (0.35, 0.95)
"""A role's colour is the mean of its pixels between these ranks of brightness: shadows and highlights are left out."""
MOST_ALBEDO = 0.9
CORRECTION = (0.2, 5.0)
"""The most that a surface may become darker or lighter than its colour."""
EXPOSURE = (0.02, 50.0)
SCENERY = 1.0
"""What radiates no more than this is scenery, such as far hills and mist, and follows the sky; a lamp does not."""


@dataclass(frozen=True)
class Seen:
    """What a small picture shows of a role: its colour in linear light, (3,), and its pixels."""

    colour: Floats
    pixels: int


def calibrate(mi: Any, graph: Graph, ask: SetAsk) -> Graph:
    """Return the graph with an exposure, and with surfaces that show the palette."""
    wanted = {role: light_for(srgb_of_hex(getattr(ask, role))) for role in ROLES}
    size = probe_size(ask)
    marks = role_marks(mi, graph, size)
    factors = {role: np.ones(3, np.float32) for role in ROLES}
    lit = graph = _parted(graph)
    for _ in range(ROUNDS):
        light = render(mi, load_scene(mi, lit, size, ask.depth), min(ask.samples, MOST_SAMPLES), 0)
        seen = seen_roles(np.nan_to_num(light, posinf=0.0), marks)
        if not seen:
            return graph
        exposure = lit.exposure * _exposure({r: s.colour * lit.exposure for r, s in seen.items()}, seen, wanted, lit)
        for role, each in seen.items():
            shown = np.maximum(each.colour * exposure, 1e-5)
            factors[role] = np.clip(factors[role] * wanted[role] / shown, *CORRECTION).astype(np.float32)
        lit = _recoloured(replace(graph, exposure=float(np.clip(exposure, *EXPOSURE))), factors)
    return lit


def probe_size(ask: SetAsk) -> tuple[int, int]:
    """Return the size of the small picture."""
    share = EDGE / max(ask.width_px, ask.height_px)
    return max(16, round(ask.width_px * share)), max(16, round(ask.height_px * share))


def role_marks(mi: Any, graph: Graph, size: tuple[int, int]) -> Floats:
    """Return the share of each pixel that shows each role, (height, width, 3) in [0, 1]; an open sky is wall."""
    meshes, materials = [], {}
    for mesh in graph.meshes:
        given = graph.materials[mesh.material]
        role = mesh.role if given.kind == "principled" else ""
        name = f"{mesh.material}/{role}"
        materials[name] = _mark(role, given)
        meshes.append(replace(mesh, material=name))
    seen = render(mi, load_flat_scene(mi, replace(graph, meshes=meshes, materials=materials), size), 16, 0)
    marks = seen[..., :3].copy()
    if graph.environment.picture is not None:
        marks[..., 0] += np.abs(seen[..., 3:6]).sum(-1) < 1e-4
    return np.asarray(marks, np.float32)


def _mark(role: str, material: Material) -> Material:
    colour = np.array([role == each for each in ROLES], np.float32)
    if material.opacity is None:
        return Material(colour=colour)
    return Material(colour=material.opacity[..., None] * colour, repeat=material.repeat)


def seen_roles(light: Floats, marks: Floats) -> dict[str, Seen]:
    """Return what linear light shows of each role that is seen well enough."""
    found = {}
    for at, role in enumerate(ROLES):
        pixels = light[marks[..., at] > PURE]
        if len(pixels) >= LEAST_PIXELS:
            order = np.argsort(pixels @ BT709, kind="stable")
            chosen = pixels[order[int(LIT[0] * len(order)) : max(1, int(LIT[1] * len(order)))]]
            found[role] = Seen(np.asarray(chosen.mean(0), np.float32), len(pixels))
    return found


def _exposure(shown: dict[str, Floats], seen: dict[str, Seen], wanted: dict[str, Floats], graph: Graph) -> float:
    """Return by what the exposure must change: so that roles get as bright as asked, and none must reflect too much."""
    weights = np.sqrt([seen[role].pixels for role in shown])
    steps = [np.log(max(float(wanted[r] @ BT709), 1e-4) / max(float(shown[r] @ BT709), 1e-5)) for r in shown]
    step = float(np.exp(np.average(steps, weights=weights)))
    for role, colour in shown.items():
        albedo = _albedo(graph, role)
        if albedo is not None:
            needed = float((albedo * wanted[role] / np.maximum(colour * step, 1e-5)).max())
            step *= max(1.0, min(needed / MOST_ALBEDO, 4.0))
    return step


def _albedo(graph: Graph, role: str) -> Floats | None:
    """Return the mean colour of the brightest surface of a role; None if it has none."""
    found = [_mean(graph.materials[mesh.material].colour) for mesh in graph.meshes if mesh.role == role]
    return max(found, key=lambda colour: float(colour.max())) if found else None


def _mean(colour: Floats) -> Floats:
    return colour if colour.ndim == 1 else np.asarray(colour.reshape(-1, 3).mean(0), np.float32)


def _faded(colour: Floats, factors: dict[str, Floats], fade: tuple[str, str]) -> Floats:
    """Return a texture that fades from one role to another, with both ends multiplied."""
    near, far = (factors.get(role, np.ones(3, np.float32)) for role in fade)
    share = fade_shares(colour.shape[0])
    return np.clip(colour * (near * (1 - share) + far * share), 0, 1).astype(np.float32)


def _parted(graph: Graph) -> Graph:
    """Return the graph with a material of its own for each role that a material shows, in the order of the meshes."""
    materials, meshes = {}, []
    for mesh in graph.meshes:
        name = "/".join((mesh.material, mesh.role, *(mesh.fade or ())))
        materials[name] = graph.materials[mesh.material]
        meshes.append(replace(mesh, material=name))
    return replace(graph, meshes=meshes, materials=materials)


def _is_scenery(material: Material) -> bool:
    return material.kind == "emissive" and float(material.colour.max()) <= SCENERY


def _recoloured(graph: Graph, factors: dict[str, Floats]) -> Graph:
    """Return the graph with the colours of its roles multiplied.

    It keeps the order of everything: a scene that differs in its values alone needs not be compiled again.
    """
    sky, materials = graph.environment, dict(graph.materials)
    for mesh in {mesh.material: mesh for mesh in graph.meshes}.values():
        given, factor = materials[mesh.material], factors.get(mesh.role)
        colour = given.colour
        if mesh.fade:
            colour = _faded(given.colour, factors, mesh.fade)
        elif factor is not None and given.kind == "principled":
            colour = np.clip(given.colour * factor, 0, 1).astype(np.float32)
        elif _is_scenery(given) and sky.picture is not None:
            colour = (given.colour * factors["wall"]).astype(np.float32)
        materials[mesh.material] = replace(given, colour=colour)
    if sky.picture is not None:
        sky = replace(sky, picture=(sky.picture * factors["wall"]).astype(np.float32))
    return replace(graph, environment=sky, materials=materials)
