"""From what is asked to a graph: ground, wall, parts, products, light and camera."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from foundry.colour import linear_of_srgb, srgb_of_hex
from foundry.names import seed_of
from foundry.sets.set_file import Part, Surface
from models.sets.ask import SetAsk
from models.sets.building.chosen import Chooser
from models.sets.building.form import Form
from models.sets.building.framing import frame_camera
from models.sets.building.library import GOBOS, MATERIALS, SHAPES, SKIES
from models.sets.building.own import NOTHING_OWN, OwnThings, Prop, fitted, turned
from models.sets.building.skies import SkyPaint
from models.sets.building.warmth import lamp_colour
from models.sets.graph import Environment, Floats, Graph, Lamp, Mesh

GROUND_SIZE = (60.0, 30.0, 30.0)
ROLES = ("wall", "floor", "accent")
SIDES = {"left": -1.0, "right": 1.0, "top": -0.35, "front": 0.0}


def build(ask: SetAsk, own: OwnThings = NOTHING_OWN) -> Graph:
    """Return the graph of a picture, without its products: `models.sets.renderer` puts those in.

    `own` are the tenant's props and materials.
    """
    chooser = Chooser(ask.seed)
    base = max([0.0, *(_top(part, at, chooser) for at, part in enumerate(ask.set.parts) if part.carries)])
    graph = Graph(
        camera=frame_camera(ask, chooser, base),
        environment=Environment(colour=_light(chooser.number(ask.set.light.fill, "light.fill"))),
    )
    ground = ask.set.ground
    options = {key: _option(value, f"ground.{key}", chooser) for key, value in ground.options.items()}
    _add(graph, "ground", SHAPES[ground.shape](GROUND_SIZE, options), ground.surface, ask, chooser, own)
    for at, part in enumerate(ask.set.parts):
        if chooser.chance(float(part.chance), f"parts.{at}.chance"):
            _add_part(graph, at, part, ask, chooser, own)
    _add_key(graph, ask, chooser, base)
    _add_sky(graph, ask, chooser)
    return graph


def _add_sky(graph: Graph, ask: SetAsk, chooser: Chooser) -> None:
    light = ask.set.light
    if light.sky is None:
        return
    paint = SkyPaint(
        wall=_colour("wall", ask),
        floor=_colour("floor", ask),
        accent=_colour("accent", ask),
        sun_side={"left": -1.0, "right": 1.0}.get(ask.light, 0.0),
        options={key: _option(value, f"light.{key}", chooser) for key, value in light.options.items()},
        seed=seed_of(f"{ask.seed}/sky", 0) % 2**31,
    )
    graph.environment = replace(graph.environment, picture=SKIES[light.sky](paint))


def _option(value: object, name: str, chooser: Chooser) -> float | str:
    return value if isinstance(value, str) else chooser.number(value, name)  # type: ignore[arg-type]


def _top(part: Part, at: int, chooser: Chooser) -> float:
    return chooser.number(part.at[2], f"parts.{at}.at.2") + chooser.number(part.size[2], f"parts.{at}.size.2")


def _add_part(graph: Graph, at: int, part: Part, ask: SetAsk, chooser: Chooser, own: OwnThings) -> None:
    size = tuple(chooser.number(value, f"parts.{at}.size.{axis}") for axis, value in enumerate(part.size))
    place = np.array([chooser.number(value, f"parts.{at}.at.{axis}") for axis, value in enumerate(part.at)], np.float32)
    turn = math.radians(chooser.number(part.turn_deg, f"parts.{at}.turn"))
    about = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]], np.float32)
    if part.shape in own.props:
        _add_prop(graph, f"parts.{at}", turned(fitted(own.props[part.shape], size), about, place))  # type: ignore[arg-type]
        return
    options = {key: _option(value, f"parts.{at}.{key}", chooser) for key, value in part.options.items()}
    form = SHAPES[part.shape](size, options)  # type: ignore[arg-type]
    moved = Form((form.vertices @ about.T + place).astype(np.float32), form.faces, form.normals, form.uv)
    _add(graph, f"parts.{at}", moved, part.surface or Surface(material="plaster"), ask, chooser, own)


def _add_prop(graph: Graph, name: str, prop: Prop) -> None:
    for number, (mesh, material) in enumerate(prop):
        called = f"{name}/{number}"
        graph.materials[called] = material
        graph.meshes.append(replace(mesh, name=called, material=called))


def _add(graph: Graph, name: str, form: Form, surface: Surface, ask: SetAsk, chooser: Chooser, own: OwnThings) -> None:
    seed = seed_of(f"{ask.seed}/{name}", 0)
    scale = chooser.number(surface.scale, f"{name}.scale")
    material = {**MATERIALS, **own.materials}[surface.material](_colour(surface.colour, ask), scale, seed % 2**31)
    hazy = material.colour + (_colour("wall", ask) - material.colour) * float(surface.haze)
    graph.materials[name] = replace(material, colour=hazy.astype(np.float32))
    role = surface.colour if surface.colour in ROLES and not surface.haze and material.kind != "emissive" else ""
    mesh = Mesh(name=name, vertices=form.vertices, faces=form.faces, material=name, normals=form.normals, uv=form.uv)
    graph.meshes.append(replace(mesh, role=role))


def _colour(role: str, ask: SetAsk) -> Floats:
    colour = {"wall": ask.wall, "floor": ask.floor, "accent": ask.accent}.get(role, role)
    return np.asarray(linear_of_srgb(srgb_of_hex(colour)), np.float32)


def _light(strength: float) -> Floats:
    return np.full(3, strength, np.float32)


def _add_key(graph: Graph, ask: SetAsk, chooser: Chooser, base: float) -> None:
    key = ask.set.light.key
    if key is None:
        return
    turn = math.radians(chooser.number(key.turn_deg, "key.turn")) * SIDES[ask.light]
    rise, distance = (
        math.radians(chooser.number(key.height_deg, "key.height")),
        chooser.number(key.distance, "key.distance"),
    )
    at = (
        distance * math.cos(rise) * math.sin(turn),
        -distance * math.cos(rise) * math.cos(turn),
        base + 0.4 + distance * math.sin(rise),
    )
    size = chooser.number(key.size, "key.size")
    strength = chooser.number(key.strength, "key.strength") * 2.2 * distance**2 / size**2
    radiance = np.asarray(strength * lamp_colour(chooser.number(key.warmth_k, "key.warmth")), np.float32)
    gobo = GOBOS[key.gobo](seed_of(f"{ask.seed}/gobo", 0) % 2**31) if key.gobo else None
    graph.lamps.append(Lamp(at=at, towards=(0, 0, base + 0.4), size=(size, size), radiance=radiance, gobo=gobo))
