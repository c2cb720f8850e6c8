"""A graph drawn by Mitsuba: its scene, and the picture in linear light."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from foundry.colour import BT709
from models.sets.graph import Floats, Graph, Lamp, Mesh
from models.sets.renderer.lighting import environment, lamp_emitters
from models.sets.renderer.surfaces import flat_surface, surface

WIDER = 3
"""The lens covers this many frames in width; the picture is cut from it, which shifts the lens."""
BLOCK = 32
"""Edge of the blocks that threads render. Left alone, it would follow the number of threads, and the noise with it."""
MOST_LANES = 1 << 24
"""Samples of one pass: they bound its memory."""


def load_scene(mi: Any, graph: Graph, size: tuple[int, int], depth: int) -> Any:
    """Return Mitsuba's scene of a graph."""
    described: dict[str, Any] = {
        "type": "scene",
        "integrator": {"type": "path", "max_depth": depth, "block_size": BLOCK},
        "sensor": _sensor(mi, graph, size),
    }
    sky = environment(mi, graph.environment)
    if sky is not None:
        described["environment"] = sky
    surfaces = {name: surface(mi, material) for name, material in graph.materials.items()}
    for at, mesh in enumerate(graph.meshes):
        material = graph.materials[mesh.material]
        emitter = _glow(mesh, material.colour, graph) if material.kind == "emissive" else None
        described[f"mesh{at}"] = _mesh(mi, mesh, surfaces[mesh.material], emitter)
    for at, lamp in enumerate(graph.lamps):
        for part, emitter in enumerate(lamp_emitters(mi, lamp, _share(lamp, graph))):
            described[f"lamp{at}_{part}"] = emitter
    return mi.load_dict(described)


def load_flat_scene(mi: Any, graph: Graph, size: tuple[int, int]) -> Any:
    """Return a scene whose picture has the colours of the surfaces, unlit, then their normals: six channels."""
    described: dict[str, Any] = {
        "type": "scene",
        "integrator": {"type": "aov", "aovs": "albedo:albedo,normal:sh_normal", "block_size": BLOCK},
        "sensor": _sensor(mi, graph, size),
    }
    surfaces = {name: flat_surface(mi, material) for name, material in graph.materials.items()}
    for at, mesh in enumerate(graph.meshes):
        described[f"mesh{at}"] = _mesh(mi, mesh, surfaces[mesh.material])
    return mi.load_dict(described)


def _sensor(mi: Any, graph: Graph, size: tuple[int, int]) -> dict[str, Any]:
    camera, (width, height) = graph.camera, size
    distance = math.dist(camera.eye, camera.focus)
    across = camera.frame * width / height * WIDER
    left = round((WIDER / 2 - 0.5 - camera.shift[0]) * width)
    top = round((WIDER / 2 - 0.5 - camera.shift[1]) * height)
    return {
        "type": "thinlens",
        "fov": math.degrees(2 * math.atan(across / 2 / distance)),
        "fov_axis": "x",
        "aperture_radius": max(camera.lens_radius, 1e-5),
        "focus_distance": distance + camera.sharp,
        "to_world": mi.ScalarTransform4f().look_at(camera.eye, camera.focus, (0, 0, 1)),
        "film": {
            "type": "hdrfilm", "width": width * WIDER, "height": height * WIDER, "crop_offset_x": left,
            "crop_offset_y": top, "crop_width": width, "crop_height": height, "rfilter": {"type": "box"},
            "pixel_format": "rgb", "component_format": "float32",
        },
        "sampler": {"type": "independent"},
    }  # fmt: skip


def _share(lamp: Lamp, graph: Graph) -> float:
    """Return what a lamp adds to the light on the product: emitters are sampled by their shares of it."""
    area, distance = lamp.size[0] * lamp.size[1], max(math.dist(lamp.at, graph.camera.focus), 0.1)
    return max(float(lamp.radiance @ BT709) * area / distance**2, 1e-4)


def _glow(mesh: Mesh, colour: Floats, graph: Graph) -> dict[str, Any]:
    """Return the emitter of a mesh that radiates its colour, on the side of its normals."""
    colour = colour if colour.ndim == 1 else colour.mean((0, 1))
    corners = mesh.vertices[mesh.faces]
    area = float(np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=-1).sum())
    distance = max(math.dist(mesh.vertices.mean(0).tolist(), graph.camera.focus), 0.3)
    share = max(float(colour @ BT709) * area / 2 / distance**2, 1e-4)
    return {
        "type": "area", "sampling_weight": share,
        "radiance": {"type": "rgb", "value": [float(band) for band in colour]},
    }  # fmt: skip


def _mesh(mi: Any, mesh: Mesh, described: dict[str, Any], emitter: dict[str, Any] | None = None) -> Any:
    properties = mi.Properties()
    properties["bsdf"] = mi.load_dict(described)
    if emitter:
        properties["emitter"] = mi.load_dict(emitter)
    made = mi.Mesh(
        mesh.name, len(mesh.vertices), len(mesh.faces), has_vertex_normals=mesh.normals is not None,
        has_vertex_texcoords=mesh.uv is not None, props=properties,
    )  # fmt: skip
    values = mi.traverse(made)
    values["vertex_positions"] = np.ascontiguousarray(mesh.vertices, np.float32).ravel()
    values["faces"] = np.ascontiguousarray(mesh.faces, np.uint32).ravel()
    if mesh.uv is not None:
        values["vertex_texcoords"] = np.ascontiguousarray(mesh.uv, np.float32).ravel()
    if mesh.normals is not None:
        values["vertex_normals"] = np.ascontiguousarray(mesh.normals, np.float32).ravel()
    values.update()
    return made


def render(mi: Any, scene: Any, samples: int, seed: int) -> Floats:
    """Return the picture, (height, width, channels) float32 in linear light; the same for the same seed."""
    width, height = scene.sensors()[0].film().crop_size()
    each = max(1, min(samples, MOST_LANES // (int(width) * int(height))))
    total, done = np.zeros((int(height), int(width), 1), np.float32), 0
    while done < samples:
        count = min(each, samples - done)
        found = np.array(mi.render(scene, spp=count, seed=(seed * 4_099 + done) % 2**31), np.float32)
        total = total + found * np.float32(count / samples)
        done += count
    return total
