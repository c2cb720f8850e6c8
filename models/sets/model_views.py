"""Views of product models without Blender: the model in a plain light set, cut out by what the renderer knows of it."""

from __future__ import annotations

import io
from decimal import Decimal

import numpy as np
from PIL import Image

from foundry.inputs.product_model import kind_of
from foundry.inputs.product_view import View
from foundry.sets.set_file import Ground, KeyLight, Lens, SetFile, Surface
from foundry.sets.set_file import Light as SetLight
from imaging.pixels.arrays import Pixels
from imaging.pixels.master_file import in_sixteen_bits
from imaging.pixels.png_stream import PngWriter
from models.sets.ask import Area, SetAsk, StandIn
from models.sets.product.clean_plate import filled_from
from models.sets.renderer.client import Renderer
from models.sets.renderer.refusals import RenderRefused

LONGEST_PX, MOST_SAMPLES = 1_536, 48
"""Of what is rendered; a larger view is enlarged, as two cores need minutes for more."""
STEEPEST_DEG, LONGEST_MM = 70, 200
MARGIN = 0.02
WHITE = "#F4F4F4"
SOLID = 0.98
"""The share of a pixel from which on its colour is the product's alone."""


def render_view(model: bytes, view: View, renderer: Renderer) -> bytes:
    """Return the view of a GLB or USD file as PNG: 16-bit RGBA, straight alpha, sRGB; RenderRefused if it cannot be."""
    if not 0 <= view.elevation_deg <= STEEPEST_DEG:
        sentence = f"a view from {view.elevation_deg} degrees is rendered by Blender alone, and there is none"
        raise RenderRefused("view_needs_blender", f"{sentence}; look from 0 to {STEEPEST_DEG}, or install Blender")
    file = f"product{kind_of(model[:16]) or ''}"
    found = renderer.render(_ask(file, view), {file: model})
    assert found.staged is not None
    cover = found.staged.coverage
    colour = filled_from(found.pixels, cover > SOLID)
    rgba = np.concatenate([colour, cover[..., None]], axis=-1)
    return _png(_at_edge(rgba[_seen(cover)], view.edge_px))


def _ask(file: str, view: View) -> SetAsk:
    edge = min(view.edge_px, LONGEST_PX) // 16 * 16
    area = Area(left=MARGIN, top=MARGIN, right=1 - MARGIN, bottom=1 - MARGIN)
    product = StandIn(kind="geometry", file=file, area=area, turn_deg=float(-view.azimuth_deg))
    return SetAsk(
        set=_plain_set(view), wall=WHITE, floor=WHITE, accent=WHITE, light=view.light, width_px=max(edge, 16),
        height_px=max(edge, 16), stand=area, products=(product,), samples=min(view.samples, MOST_SAMPLES),
        denoise=view.denoise,
    )  # fmt: skip


def _plain_set(view: View) -> SetFile:
    return SetFile(
        id="view",
        version=1,
        title="White ground for views of product models",
        ground=Ground(shape="plane", surface=Surface(material="paper", colour="floor")),
        wall=None,
        light=SetLight(key=KeyLight(size=Decimal("1.4")), fill=Decimal("0.7"), rim=Decimal("0.5")),
        lens=Lens(
            focal_mm=Decimal(min(view.lens_mm, LONGEST_MM)),
            aperture=Decimal(64),
            height_deg=Decimal(view.elevation_deg),
        ),
    )


def _seen(cover: Pixels) -> tuple[slice, slice]:
    """Return the rows and columns that show the product."""
    rows, columns = np.nonzero(cover > 0)
    if not rows.size:
        raise RenderRefused("wrong_model", "the product model shows nothing from this side; export it again")
    return slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)


def _at_edge(rgba: Pixels, edge_px: int) -> Pixels:
    """Return a picture whose longer edge has this many pixels."""
    share = edge_px / max(rgba.shape[:2])
    size = (max(1, round(rgba.shape[1] * share)), max(1, round(rgba.shape[0] * share)))
    bands = [
        Image.fromarray(np.ascontiguousarray(rgba[..., band])).resize(size, Image.Resampling.LANCZOS)
        for band in range(4)
    ]
    return np.clip(np.stack([np.asarray(band) for band in bands], -1), 0, 1)


def _png(rgba: Pixels) -> bytes:
    stream = io.BytesIO()
    writer = PngWriter(stream, (rgba.shape[0], rgba.shape[1], 4), 16, srgb=True)
    writer.write(in_sixteen_bits(rgba))
    writer.close()
    return stream.getvalue()
