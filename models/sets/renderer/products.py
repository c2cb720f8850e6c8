"""The products of an ask in a graph, and how they stand in its picture. Runs in the renderer's process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundry.colour import linear_of_srgb
from models.sets.ask import Area, SetAsk, StandIn
from models.sets.graph import PRODUCT, Floats, Graph, Material
from models.sets.product.body import body_of
from models.sets.product.clean_plate import Behind, without_cutouts
from models.sets.product.light_on import light_on
from models.sets.product.sight_lines import SightLines
from models.sets.rendered import StagedProduct
from models.sets.renderer.guides import noise_guides

HALF = 0.5
"""The focus lies this far above what the product stands on."""


def add_products(graph: Graph, ask: SetAsk, folder: Path) -> None:
    """Add the bodies of an ask's products to a graph; their files lie in `folder`."""
    lines = SightLines(graph.camera, ask.width_px / ask.height_px)
    base = graph.camera.focus[2] - HALF
    for at, product in enumerate(ask.products):
        name = f"{PRODUCT}/{at}"
        picture = read_cutout(folder / product.file)
        graph.meshes.append(body_of(picture[..., 3], product.area, lines, base, name))
        graph.materials[name] = Material(colour=_surface_colour(picture), roughness=0.4, specular=0.4)


def finish_products(mi: Any, graph: Graph, ask: SetAsk, folder: Path, pixels: Floats) -> tuple[Floats, StagedProduct]:
    """Return a rendered picture without its cutouts, whose pixels are put back later, and how they stand in it.

    `pixels` are (height, width, 3), sRGB encoded.
    """
    cutouts = [product for product in ask.products if product.kind == "cutout"]
    if not cutouts:
        nothing = np.zeros((ask.height_px, ask.width_px), np.float32)
        return pixels, StagedProduct((), nothing, relit=False)
    coverage = np.max([_cover(product, ask, folder) for product in cutouts], axis=0)
    staged = StagedProduct(
        areas=tuple(product.area for product in ask.products), coverage=coverage, relit=False,
        light=light_on(pixels, read_cutout(folder / cutouts[0].file), cutouts[0].area),
    )  # fmt: skip
    ground = replace(graph, meshes=[mesh for mesh in graph.meshes if not mesh.name.startswith(PRODUCT)])
    colours, normals = noise_guides(mi, ground, (ask.width_px, ask.height_px))
    return without_cutouts(pixels, np.asarray(coverage, np.float32), Behind(colours, normals)), staged


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
