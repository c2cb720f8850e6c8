"""A graph drawn by Mitsuba: its scene, its picture in linear light, and the guides by which noise is removed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from models.sets.graph import Floats, Graph, Material, Mesh

WIDER = 3
"""The lens covers this many frames in width; the picture is cut from it, which shifts the lens."""


def load_scene(mi: Any, graph: Graph, size: tuple[int, int], depth: int) -> Any:
    """Return Mitsuba's scene of a graph."""
    described: dict[str, Any] = {
        "type": "scene",
        "integrator": {"type": "path", "max_depth": depth},
        "sensor": _sensor(mi, graph, size),
        "environment": {"type": "constant", "radiance": _rgb(graph.environment.colour)},
    }
    surfaces = {name: _surface(mi, material) for name, material in graph.materials.items()}
    for at, mesh in enumerate(graph.meshes):
        described[f"mesh{at}"] = _mesh(mi, mesh, surfaces[mesh.material])
    for at, lamp in enumerate(graph.lamps):
        facing = mi.ScalarTransform4f().look_at(lamp.at, lamp.towards, (0, 0, 1))
        described[f"lamp{at}"] = {
            "type": "rectangle",
            "to_world": facing.scale((lamp.size[0] / 2, lamp.size[1] / 2, 1)),
            "emitter": {"type": "area", "radiance": _rgb(lamp.radiance)},
        }
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


def _rgb(colour: Floats) -> dict[str, Any]:
    return {"type": "rgb", "value": [float(band) for band in colour]}


def _value(mi: Any, value: Any, repeat: tuple[float, float]) -> Any:
    if not isinstance(value, np.ndarray):
        return float(value)
    if value.ndim == 1:
        return _rgb(value)
    bitmap = mi.Bitmap(np.ascontiguousarray(value if value.ndim == 3 else value[..., None], np.float32))
    laid = mi.ScalarTransform4f().scale((repeat[0], repeat[1], 1))
    return {"type": "bitmap", "bitmap": bitmap, "raw": True, "to_uv": laid}


def _surface(mi: Any, material: Material) -> dict[str, Any]:
    if material.kind == "glass":
        return {"type": "roughdielectric", "int_ior": material.ior, "alpha": float(np.mean(material.roughness)) ** 2}
    surface: dict[str, Any] = {
        "type": "principled",
        "base_color": _value(mi, material.colour, material.repeat),
        "roughness": _value(mi, material.roughness, material.repeat),
        "metallic": _value(mi, material.metallic, material.repeat),
        "specular": material.specular,
    }
    return {"type": "twosided", "bsdf": surface}


def _mesh(mi: Any, mesh: Mesh, surface: dict[str, Any]) -> Any:
    described = mi.Properties()
    described["bsdf"] = mi.load_dict(surface)
    made = mi.Mesh(
        mesh.name, len(mesh.vertices), len(mesh.faces), has_vertex_normals=mesh.normals is not None,
        has_vertex_texcoords=mesh.uv is not None, props=described,
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
    """Return the picture, (height, width, 3) float32 in linear light."""
    return np.array(mi.render(scene, spp=samples, seed=seed % 2**31), np.float32)
