"""The products of an ask in a graph, and how they stand in its picture. Runs in the renderer's process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundry.colour import linear_of_srgb
from foundry.inputs.wrong_model import WrongModel
from models.sets.ask import Area, SetAsk, StandIn
from models.sets.graph import PRODUCT, Floats, Graph, Material
from models.sets.product.body import body_of
from models.sets.product.clean_plate import Behind, without_cutouts
from models.sets.product.geometry import add_geometry, fit, read_solids, stood
from models.sets.product.light_on import light_on
from models.sets.product.sight_lines import SightLines
from models.sets.rendered import StagedProduct
from models.sets.renderer.guides import noise_guides
from models.sets.renderer.refusals import RenderRefused

HALF = 0.5
"""The focus lies this far above what the product stands on."""


def add_products(graph: Graph, ask: SetAsk, folder: Path) -> None:
    """Add an ask's products to a graph: bodies of cutouts, and models; RenderRefused for a model that cannot be read.

    Their files lie in `folder`.
    """
    lines = SightLines(graph.camera, ask.width_px / ask.height_px)
    base = graph.camera.focus[2] - HALF
    for at, product in enumerate(ask.products):
        name = f"{PRODUCT}/{at}"
        if product.kind == "geometry":
            _add_model(graph, product, folder, name, lines)
            continue
        picture = read_cutout(folder / product.file)
        graph.meshes.append(body_of(picture[..., 3], product.area, lines, base, name))
        graph.materials[name] = Material(colour=_surface_colour(picture), roughness=0.4, specular=0.4)


def _add_model(graph: Graph, product: StandIn, folder: Path, name: str, lines: SightLines) -> None:
    try:
        solids = stood(read_solids((folder / product.file).read_bytes()), product.turn_deg)
    except WrongModel as error:
        raise RenderRefused("wrong_model", f"product model {product.file} {error.wrong}; {error.remedy}") from error
    size, place = fit(solids, product.area, lines, graph.camera.focus[2] - HALF)
    add_geometry(graph, solids, name, size, place)


def finish_products(mi: Any, graph: Graph, ask: SetAsk, folder: Path, pixels: Floats) -> tuple[Floats, StagedProduct]:
    """Return a rendered picture without its cutouts, whose pixels are put back later, and how they stand in it.

    `pixels` are (height, width, 3), sRGB encoded. Models stay in the picture, and so do all products of a film's frame.
    """
    size, areas = (ask.width_px, ask.height_px), tuple(product.area for product in ask.products)
    cutouts = [product for product in ask.products if product.kind == "cutout"]
    if ask.moment:
        return pixels, StagedProduct(areas, np.zeros((size[1], size[0]), np.float32), relit=bool(areas))
    if not cutouts:
        return pixels, StagedProduct(areas, _models_cover(mi, graph, size), relit=bool(areas))
    coverage = np.asarray(np.max([_cover(product, ask, folder) for product in cutouts], axis=0), np.float32)
    light = light_on(pixels, read_cutout(folder / cutouts[0].file), cutouts[0].area)
    ground = replace(graph, meshes=[mesh for mesh in graph.meshes if not mesh.name.startswith(PRODUCT)])
    plate = without_cutouts(pixels, coverage, Behind(*noise_guides(mi, ground, size)))
    return plate, StagedProduct(areas, coverage, relit=False, light=light)


def _models_cover(mi: Any, graph: Graph, size: tuple[int, int]) -> Floats:
    """Return the share of each pixel that shows a product of the graph."""
    if not any(mesh.name.startswith(PRODUCT) for mesh in graph.meshes):
        return np.zeros((size[1], size[0]), np.float32)
    shown = {mesh.material for mesh in graph.meshes if mesh.name.startswith(PRODUCT)}
    marked = {
        name: Material(colour=np.full(3, name in shown, np.float32), opacity=material.opacity, repeat=material.repeat)
        for name, material in graph.materials.items()
    }
    return np.ascontiguousarray(noise_guides(mi, replace(graph, materials=marked), size)[0][..., 0])


def read_cutout(file: Path) -> Floats:
    """Return a cutout, (height, width, 4) float32 in [0, 1], sRGB encoded, straight alpha."""
    with Image.open(file, formats=("PNG",)) as stored:
        return np.asarray(stored.convert("RGBA"), np.float32) / np.float32(255)


def _surface_colour(picture: Floats) -> Floats:
    """Return the colour of a body, linear; where the picture is clear, that of the nearest part that is not."""
    return np.asarray(linear_of_srgb(without_cutouts(picture[..., :3], 1 - picture[..., 3])), np.float32)


def _cover(product: StandIn, ask: SetAsk, folder: Path) -> Floats:
    """Return the share of each pixel that a cutout takes."""
    alpha = Image.fromarray(read_cutout(folder / product.file)[..., 3])
    return _share_of_pixels(alpha, product.area, (ask.width_px, ask.height_px))


def _share_of_pixels(alpha: Image.Image, area: Area, size: tuple[int, int]) -> Floats:
    """Return (height, width) shares of an alpha channel that fills an area of a picture."""
    width, height = size
    across, down = (area.right - area.left) * width, (area.bottom - area.top) * height
    back = (alpha.width / across, 0, -area.left * width * alpha.width / across,
            0, alpha.height / down, -area.top * height * alpha.height / down)  # fmt: skip
    placed = alpha.transform(size, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR)
    return np.asarray(placed, np.float32)
