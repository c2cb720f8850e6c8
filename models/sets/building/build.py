"""From what is asked to a graph: ground, wall, parts, light and camera."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from foundry.colour import linear_of_hex
from foundry.names import seed_of
from foundry.sets.set_file import Surface
from models.sets.ask import SetAsk
from models.sets.building.chosen import Chooser
from models.sets.building.form import Form
from models.sets.building.framing import frame_camera
from models.sets.building.library import MATERIALS
from models.sets.building.lighting import key_lamp, light_of, rim_lamp, sky_picture
from models.sets.building.own import NOTHING_OWN, OwnThings, forms_of
from models.sets.building.placing import Arrangement, Placed, arrange, chosen_options, give_way, height_at
from models.sets.graph import Environment, Floats, Graph, Material, Mesh, fade_shares

GROUND_SIZE = (60.0, 30.0, 30.0)
ROLES = ("wall", "floor", "accent")
LEVEL = 0.15
"""Slope up to which a place of a backdrop counts as level, and beyond 1 less it as upright."""
FILL = 0.42
"""Radiance of a fill of 1."""
WALL_SIZE = (30.0, 0.2, 12.0)


def build(ask: SetAsk, own: OwnThings = NOTHING_OWN) -> Graph:
    """Return the graph of a picture, without its products: `models.sets.renderer` puts those in.

    `own` are the tenant's props and materials.
    """
    chooser = Chooser(ask.seed)
    arrangement = arrange(ask, chooser, own)
    options = {"spread": arrangement.spread, **chosen_options(ask.set.ground.options, "ground", chooser)}
    ground = arrangement.shape(ask.set.ground.shape, GROUND_SIZE, options)
    parts = [arrangement.place(at, part) for at, part in arrangement.parts()]
    base = _base(ground, parts)
    camera = frame_camera(ask, chooser, base)
    strength = chooser.number(ask.set.light.fill, "light.fill")
    graph = Graph(
        camera=camera, environment=Environment(colour=light_of(strength * FILL), picture=sky_picture(ask, chooser))
    )
    _add(graph, "ground", ground, ask.set.ground.surface, arrangement)
    _add_wall(graph, arrangement)
    for placed in parts:
        kept = give_way(arrangement, placed, camera)
        if kept:
            _add_part(graph, kept, arrangement)
    graph.lamps += [lamp for lamp in (key_lamp(ask, chooser, base), rim_lamp(ask, chooser, camera, base)) if lamp]
    return graph


def _base(ground: Form, parts: list[Placed]) -> float:
    """Return the height on which the product stands."""
    forms = [ground, *(form for each in parts if each.part.carries for form in forms_of(each.thing))]
    return max([height for form in forms if (height := height_at(form)) is not None], default=0.0)


def _add_wall(graph: Graph, arrangement: Arrangement) -> None:
    wall, chooser = arrangement.ask.set.wall, arrangement.chooser
    if wall is None:
        return
    distance = chooser.number(wall.distance, "wall.distance") + 0.7 * (arrangement.spread - 1)
    form = arrangement.shape(wall.shape, WALL_SIZE, chosen_options(wall.options, "wall", chooser))
    _add(graph, "wall", form.moved(y=distance), wall.surface, arrangement)


def _add_part(graph: Graph, placed: Placed, arrangement: Arrangement) -> None:
    name = f"parts.{placed.at}"
    if isinstance(placed.thing, Form) or placed.part.surface:
        for number, form in enumerate(forms_of(placed.thing)):
            called = f"{name}/{number}" if number else name
            _add(graph, called, form, placed.part.surface or Surface(material="plaster"), arrangement)
        return
    for number, (mesh, material) in enumerate(placed.thing):
        called = f"{name}/{number}"
        graph.materials[called] = material
        graph.meshes.append(replace(mesh, name=called, material=called))


def _add(graph: Graph, name: str, form: Form, surface: Surface, arrangement: Arrangement) -> None:
    seed = seed_of(f"{arrangement.ask.seed}/{name}", 0)
    scale = arrangement.chooser.number(surface.scale, f"{name}.scale")
    makers = {**MATERIALS, **arrangement.own.materials}
    material = makers[surface.material](_colour(surface.colour, arrangement.ask), scale, seed % 2**31)
    if surface.haze:
        share = np.float32(surface.haze)
        hazy = material.colour * (1 - share) + _colour("wall", arrangement.ask) * share
        material = replace(material, colour=hazy.astype(np.float32))
    if surface.fades_to:
        _add_faded(graph, name, form, replace(material, repeat=(1.0, 1.0)), surface, arrangement)
        return
    graph.materials[name] = material
    told = not surface.haze and material.kind != "emissive"
    graph.meshes.append(_mesh(name, form, name, surface.colour if told else ""))


def _mesh(name: str, form: Form, material: str, colour: str) -> Mesh:
    role = colour if colour in ROLES else ""
    return Mesh(
        name=name,
        vertices=form.vertices,
        faces=form.faces,
        material=material,
        normals=form.normals,
        uv=form.uv,
        role=role,
    )


def _add_faded(
    graph: Graph, name: str, form: Form, material: Material, surface: Surface, arrangement: Arrangement
) -> None:
    """Add a shape without a pattern, whose upright places have another colour: level, bent and upright meshes."""
    assert form.normals is not None
    assert surface.fades_to
    share = fade_shares(256)
    level = material.colour if material.colour.ndim == 1 else material.colour.mean((0, 1))
    colour = (level * (1 - share) + _colour(surface.fades_to, arrangement.ask) * share).astype(np.float32)
    rough = float(np.mean(material.roughness))
    graph.materials[name] = replace(material, colour=np.repeat(colour, 4, 1), roughness=rough, normals=None)
    upright = np.clip(1 - np.abs(form.normals[:, 2]), 0.004, 0.996)
    uv = np.stack([np.full_like(upright, 0.5), upright], -1).astype(np.float32)
    steep = upright[form.faces].mean(-1)
    kinds = (("level", steep <= LEVEL, surface.colour), ("upright", steep >= 1 - LEVEL, surface.fades_to))
    for called, chosen, role in (*kinds, ("bent", (steep > LEVEL) & (steep < 1 - LEVEL), "")):
        if chosen.any():
            piece = Form(form.vertices, form.faces[chosen], form.normals, uv)
            mesh = _mesh(f"{name}/{called}", piece, name, role)
            graph.meshes.append(replace(mesh, fade=(surface.colour, surface.fades_to)))


def _colour(role: str, ask: SetAsk) -> Floats:
    return linear_of_hex({"wall": ask.wall, "floor": ask.floor, "accent": ask.accent}.get(role, role))
