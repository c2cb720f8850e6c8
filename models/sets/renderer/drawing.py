"""A graph drawn by Mitsuba: its scene, and the picture in linear light."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from foundry.colour import BT709
from models.sets.graph import PRODUCT, Floats, Graph, Lamp, Material, Mesh
from models.sets.renderer.lighting import environment, lamp_emitters
from models.sets.renderer.surfaces import colour_of, flat_surface, surface

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
        "integrator": {"type": _tracer(graph), "max_depth": depth, "block_size": BLOCK},
        "sensor": _sensor(mi, graph, size),
    }
    sky = environment(mi, graph.environment)
    if sky is not None:
        described["environment"] = sky
    surfaces = {name: mi.load_dict(surface(mi, material)) for name, material in graph.materials.items()}
    for at, mesh in enumerate(graph.meshes):
        material = graph.materials[mesh.material]
        emitter = _glow(mi, mesh, material, graph) if material.kind == "emissive" else None
        described[f"mesh{at}"] = _mesh(mi, mesh, surfaces[mesh.material], emitter)
    for at, lamp in enumerate(graph.lamps):
        for part, emitter in enumerate(lamp_emitters(mi, lamp, _share(lamp, graph))):
            described[f"lamp{at}_{part}"] = emitter
    return mi.load_dict(described, parallel=False)  # in order: else each scene is compiled anew


def _tracer(graph: Graph) -> str:
    """Return the integrator: the slower one for labels of products, which let light through where they are clear."""
    masked = (graph.materials[mesh.material].opacity is not None for mesh in graph.meshes if _is_product(mesh))
    return "volpath" if any(masked) else "path"


def _is_product(mesh: Mesh) -> bool:
    return mesh.name.startswith(PRODUCT)


def load_flat_scene(mi: Any, graph: Graph, size: tuple[int, int]) -> Any:
    """Return a scene whose picture has the colours of the surfaces, unlit, then their normals: six channels."""
    described: dict[str, Any] = {
        "type": "scene",
        "integrator": {"type": "aov", "aovs": "albedo:albedo,normal:sh_normal", "block_size": BLOCK},
        "sensor": _sensor(mi, graph, size),
    }
    surfaces = {name: mi.load_dict(flat_surface(mi, material)) for name, material in graph.materials.items()}
    for at, mesh in enumerate(graph.meshes):
        described[f"mesh{at}"] = _mesh(mi, mesh, surfaces[mesh.material])
    return mi.load_dict(described, parallel=False)  # in order: else each scene is compiled anew


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
        "sampler": {"type": "multijitter"},
    }  # fmt: skip


def _share(lamp: Lamp, graph: Graph) -> float:
    """Return what a lamp adds to the light on the product: emitters are sampled by their shares of it."""
    area, distance = lamp.size[0] * lamp.size[1], max(math.dist(lamp.at, graph.camera.focus), 0.1)
    return max(float(lamp.radiance @ BT709) * area / distance**2, 1e-4)


def _glow(mi: Any, mesh: Mesh, material: Material, graph: Graph) -> dict[str, Any]:
    """Return the emitter of a mesh that radiates its colour, on the side of its normals."""
    mean = material.colour.reshape(-1, 3).mean(0)
    corners = mesh.vertices[mesh.faces]
    area = float(np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=-1).sum())
    distance = max(math.dist(mesh.vertices.mean(0).tolist(), graph.camera.focus), 0.3)
    share = max(float(mean @ BT709) * area / 2 / distance**2, 1e-4)
    return {"type": "area", "sampling_weight": share, "radiance": colour_of(mi, material)}


def _mesh(mi: Any, mesh: Mesh, surface_: Any, emitter: dict[str, Any] | None = None) -> Any:
    properties = mi.Properties()
    properties["bsdf"] = surface_
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
    width, height = (int(edge) for edge in scene.sensors()[0].film().crop_size())
    passes = math.ceil(samples / max(1, min(samples, MOST_LANES // (width * height))))
    count = _rectangular(math.ceil(samples / passes))
    traced = _traced_in_blocks if mi.variant().startswith("scalar") else _traced_at_once
    total = np.zeros((height, width, 1), np.float32)
    for at in range(passes):
        total = total + traced(mi, scene, count, (seed * 4_099 + at) % 2**31) / np.float32(passes)
    return total


def _traced_in_blocks(mi: Any, scene: Any, samples: int, seed: int) -> Floats:
    return np.array(mi.render(scene, spp=samples, seed=seed), np.float32)


def _traced_at_once(mi: Any, scene: Any, samples: int, seed: int) -> Floats:
    """Trace all samples at once, and add up those of a pixel in their order.

    Mitsuba's own film adds them in the order in which threads come, which changes the last bits from time to time.
    """
    import drjit as dr

    sensor = scene.sensors()[0]
    size = sensor.film().crop_size()
    width, height = int(size[0]), int(size[1])
    sampler = sensor.sampler().clone()
    sampler.set_sample_count(samples)
    sampler.set_samples_per_wavefront(samples)
    sampler.seed(seed, width * height * samples)
    wide, each = dr.opaque(mi.UInt32, width), dr.opaque(mi.UInt32, samples)  # else each size is compiled anew
    pixel = dr.arange(mi.UInt32, width * height * samples) // each
    down = pixel // wide
    at = mi.Vector2f(mi.Float(pixel - down * width), mi.Float(down)) + sampler.next_2d()
    lens = sampler.next_2d()
    rays, weight = sensor.sample_ray_differential(
        0.0, 0.0, at / mi.Vector2f(mi.Float(wide), mi.Float(dr.opaque(mi.UInt32, height))), lens
    )
    rays.scale_differential(1 / math.sqrt(samples))
    light, _, others = scene.integrator().sample(scene, sampler, rays)
    channels = others or [band * each for band, each in zip(light, weight, strict=True)]
    dr.eval(channels)  # together: each alone would trace all rays again
    summed = [np.array(dr.block_sum(mi.Float(channel), samples), np.float32) for channel in channels]
    return np.stack(summed, -1).reshape(height, width, -1) / np.float32(samples)


def _rectangular(samples: int) -> int:
    """Return the least number from this on whose samples lie in a grid that is nearly square, as the sampler needs."""
    across = max(1, math.isqrt(samples))
    return across * math.ceil(samples / across)
