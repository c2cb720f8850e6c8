"""The guides of the denoiser: the colours and directions of what each pixel shows, seen through masks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from models.sets.graph import Floats, Graph, Material
from models.sets.renderer.drawing import load_flat_scene, render

GUIDE_SAMPLES = 9
WHITE = np.ones(3, np.float32)


def noise_guides(
    mi: Any, graph: Graph, size: tuple[int, int], samples: int = GUIDE_SAMPLES, seed: int = 0
) -> tuple[Floats, Floats]:
    """Return the albedo in [0, 1] and the normals, each (height, width, 3) float32.

    With the picture's own samples and seed, rays pass through the same points of each pixel: edges are alike.
    """
    masked = [mesh for mesh in graph.meshes if graph.materials[mesh.material].opacity is not None]
    albedo, normals = _flat(mi, graph, size, samples, seed)
    if masked:
        behind = replace(graph, meshes=[mesh for mesh in graph.meshes if mesh not in masked])
        far = _flat(mi, behind, size, samples, seed)
        seen = _flat(
            mi, replace(graph, materials={k: _opacity(m) for k, m in graph.materials.items()}), size, samples, seed
        )[0]
        albedo, normals = far[0] + (albedo - far[0]) * seen, far[1] + (normals - far[1]) * seen
    return np.clip(albedo, 0, 1), np.clip(normals, -1, 1)


def _flat(mi: Any, graph: Graph, size: tuple[int, int], samples: int, seed: int) -> tuple[Floats, Floats]:
    found = render(mi, load_flat_scene(mi, graph, size), samples, seed)
    return np.ascontiguousarray(found[..., :3]), np.ascontiguousarray(found[..., 3:6])


def _opacity(material: Material) -> Material:
    """Return a material whose colour is its opacity."""
    if material.opacity is None:
        return Material(colour=np.zeros(3, np.float32))
    return Material(colour=np.repeat(material.opacity[..., None], 3, -1).astype(np.float32), repeat=material.repeat)
