"""The drawing of what is asked: a graph is built, lit, traced, freed of noise and encoded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from imaging.pixels.arrays import Pixels
from models.sets.ask import SetAsk
from models.sets.building.build import build
from models.sets.graph import Camera, Environment, Graph
from models.sets.moves import move
from models.sets.rendered import StagedProduct
from models.sets.renderer.calibration import calibrate
from models.sets.renderer.denoising import denoise
from models.sets.renderer.drawing import load_scene, render
from models.sets.renderer.guides import noise_guides
from models.sets.renderer.job_files import ASK
from models.sets.renderer.own import read_own
from models.sets.renderer.products import add_products, finish_products
from models.sets.renderer.refusals import RenderRefused
from models.sets.renderer.tone import encode
from models.sets.seen import blur_of, seen_at


@dataclass(frozen=True)
class Picture:
    """A picture, (height, width, 3) float32 in [0, 1], sRGB encoded, and how products stand in it."""

    pixels: Pixels
    staged: StagedProduct | None
    denoised: bool


@dataclass(frozen=True)
class _Still:
    """The last still graph, by the hash of what was asked."""

    key: str
    graph: Graph


class Studio:
    """The renderer of this process, in one variant."""

    def __init__(self, variant: str, threads: int, triangles: int) -> None:
        import mitsuba as mi

        mi.set_variant(variant)
        if threads:
            import drjit

            drjit.set_thread_count(threads)
        self.mi: Any = mi
        self.triangles = triangles
        self._still: _Still | None = None

    def warm_up(self) -> None:
        """Render a first small picture, which fails where the variant cannot serve."""
        camera = Camera(eye=(0, -4, 1), focus=(0, 0, 0), frame=1.0, shift=(0, 0), lens_radius=0)
        graph = Graph(camera=camera, environment=Environment(colour=np.ones(3, np.float32)))
        render(self.mi, load_scene(self.mi, graph, (8, 8), 4), 1, 0)

    def draw(self, ask: SetAsk, folder: Path) -> Picture:
        """Return the picture; RenderRefused if the set is too large."""
        graph, size = self._graph(ask, folder), (ask.width_px, ask.height_px)
        if ask.moment:
            still, graph = graph, move(graph, ask)
            ask = seen_at(ask, still.camera, graph.camera)
        light = render(self.mi, load_scene(self.mi, graph, size, ask.depth), ask.samples, ask.seed)
        light = np.nan_to_num(light, posinf=0.0, neginf=0.0) * graph.exposure
        if ask.denoise:
            light = denoise(light, *noise_guides(self.mi, graph, size, ask.samples, ask.seed))
        pixels, staged = finish_products(self.mi, graph, ask, folder, encode(light))
        if ask.moment:
            staged = replace(staged, blur=blur_of(graph.camera))
        return Picture(pixels, staged, ask.denoise)

    def _graph(self, ask: SetAsk, folder: Path) -> Graph:
        """Return the graph of the still picture: all frames of a film share its exposure and its colours."""
        key = _key(ask, folder)
        if self._still is None or key != self._still.key:
            graph = build(ask, read_own(ask, folder))
            add_products(graph, ask, folder)
            self._check(graph, ask)
            graph = calibrate(self.mi, graph, ask)
            self._still = _Still(key, graph)
        return self._still.graph

    def _check(self, graph: Graph, ask: SetAsk) -> None:
        count = sum(len(mesh.faces) for mesh in graph.meshes)
        if count > self.triangles:
            sentence = f"set {ask.set.id} has {count} triangles; the limit is {self.triangles}"
            raise RenderRefused("render_too_large", f"{sentence}; use fewer or simpler parts")
        for mesh in graph.meshes:
            if not np.isfinite(mesh.vertices).all():
                raise RenderRefused("render_endless", f"{mesh.name} of set {ask.set.id} has infinite geometry; mend it")


def _key(ask: SetAsk, folder: Path) -> str:
    """Return a hash of what is asked, without its moment, and of all files that come with it."""
    found = hashlib.sha256(ask.model_copy(update={"moment": None}).model_dump_json().encode())
    for path in sorted(path for path in folder.iterdir() if path.name != ASK):
        found.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
