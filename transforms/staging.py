"""Sets a product into an enlarged backdrop: scale, contact shadow, cast shadow, reflection, matching light.

The product's own pixels are kept: they are resampled once and lit, never redrawn. All blending is in linear
light. Everything follows from the inputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from foundry.colour import linear_of_srgb
from foundry.composition import Composition
from foundry.shot import Box
from models.drawing import Pixels

LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


@dataclass(frozen=True)
class Staged:
    """The master's pixels, (height, width, 3) float32 sRGB in [0, 1], and where the product stands in thousandths."""

    pixels: Pixels
    product_box: Box | None


def stage(
    backdrop: Pixels,
    product: Image.Image | None,
    composition: Composition,
    mirrored: bool,
    name: str,
) -> Staged:
    """The backdrop, mirrored if asked, with the product standing in the composition's area."""
    scene = backdrop[:, ::-1] if mirrored else backdrop
    if product is None:
        return Staged(np.ascontiguousarray(scene), None)
    height, width = scene.shape[:2]
    cut, left, top = _placed(product, composition.box(mirrored), width, height)
    region = _region(cut, left, top, width, height)
    part = linear_of_srgb(scene[region.rows, region.columns])
    alpha, colour = _layers(cut)
    side = light_side(scene)
    canvas = part * (1 - _shadows(alpha, region, side)[..., None])
    canvas = _reflected(canvas, alpha, colour, region)
    lit = _lit(colour, part, region, side)
    y, x = region.offset
    spot = (slice(y, y + cut.height), slice(x, x + cut.width))
    share = alpha[..., None]
    canvas[spot] = canvas[spot] * (1 - share) + lit * share
    result = np.array(scene)
    result[region.rows, region.columns] = _encoded(canvas)
    box = Box(
        round(left * 1000 / width),
        round(top * 1000 / height),
        round((left + cut.width) * 1000 / width),
        round((top + cut.height) * 1000 / height),
    )
    return Staged(result, box)


@dataclass(frozen=True)
class _Region:
    """The part of the master that product and shadows touch; `offset` is the product's place in it."""

    rows: slice
    columns: slice
    offset: tuple[int, int]
    size: tuple[int, int]


def _placed(product: Image.Image, area: Box, width: int, height: int) -> tuple[Image.Image, int, int]:
    visible = product.getchannel("A").point(lambda a: 255 if a > 8 else 0).getbbox()
    cut = product.crop(visible) if visible else product
    room = ((area.right - area.left) * width / 1000, (area.bottom - area.top) * height / 1000)
    ratio = min(room[0] / cut.width, room[1] / cut.height)
    size = (max(1, round(cut.width * ratio)), max(1, round(cut.height * ratio)))
    premultiplied = cut.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")
    left = round((area.left + area.right) * width / 2000 - size[0] / 2)
    return premultiplied, left, round(area.bottom * height / 1000) - size[1]


def _region(cut: Image.Image, left: int, top: int, width: int, height: int) -> _Region:
    reach = int(0.75 * max(cut.size))
    x0, x1 = max(0, left - reach), min(width, left + cut.width + reach)
    y0, y1 = max(0, top - 8), min(height, top + cut.height + reach // 2)
    return _Region(slice(y0, y1), slice(x0, x1), (top - y0, left - x0), (y1 - y0, x1 - x0))


def _layers(cut: Image.Image) -> tuple[Pixels, Pixels]:
    pixels = np.asarray(cut, dtype=np.float32) / 255
    return pixels[..., 3], linear_of_srgb(pixels[..., :3])


def light_side(scene: Pixels) -> float:
    """-1 if the left of the upper scene is brighter, 1 if the right is, and between."""
    upper = scene[: scene.shape[0] // 2 : 16, ::16] @ LUMA
    third = max(1, upper.shape[1] // 3)
    left, right = float(upper[:, :third].mean()), float(upper[:, -third:].mean())
    return float(np.clip((right - left) / max(right + left, 1e-3) * 5, -1, 1))


def _shadows(alpha: Pixels, region: _Region, side: float) -> Pixels:
    """How much light the ground loses: a cast shadow away from the light, and a dark line of contact."""
    rows, columns = region.size
    h, w = alpha.shape
    y, x = region.offset
    base = y + h
    scale = 4
    small = (max(1, columns // scale), max(1, rows // scale))
    mask = Image.fromarray((alpha * 255).astype(np.uint8)).resize(
        (max(1, w // scale), max(1, h // scale)), Image.Resampling.BOX
    )
    flat = mask.resize((mask.width, max(1, round(mask.height * 0.20))), Image.Resampling.BILINEAR)
    lean = -side * 0.85 - (0.12 if side <= 0 else -0.12)
    cast = Image.new("L", small, 0)
    foot = base / scale - 0.012 * h / scale
    place = (1, lean, -x / scale - lean * foot, 0, 1, -(foot - flat.height))
    skewed = flat.transform(small, Image.Transform.AFFINE, place, Image.Resampling.BILINEAR)
    cast.paste(skewed)
    near = np.asarray(cast.filter(ImageFilter.GaussianBlur(w / scale * 0.035)), np.float32) / 255
    far = np.asarray(cast.filter(ImageFilter.GaussianBlur(w / scale * 0.13)), np.float32) / 255
    lines = np.arange(small[1], dtype=np.float32)[:, None]
    away = np.clip((foot - lines) / max(flat.height, 1), 0, 1)
    soft = 0.46 * near * (1 - away) + 0.34 * far * (1 - 0.55 * away)
    contact = _contact(small, x / scale, w / scale, base / scale)
    total = np.clip(1 - (1 - soft) * (1 - contact), 0, 0.93)
    large = Image.fromarray((total * 65535).astype(np.uint16).astype(np.int32)).resize(
        (columns, rows), Image.Resampling.BICUBIC
    )
    return np.clip(np.asarray(large, np.float32) / 65535, 0, 0.93)


def _contact(size: tuple[int, int], left: float, width: float, base: float) -> Pixels:
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    across = (x - left - width / 2) / (width * 0.50)
    tight = np.exp(-(np.abs(across) ** 6)) * np.exp(-(((y - base + width * 0.012) / (width * 0.028)) ** 2))
    wide = np.exp(-((across / 1.25) ** 4)) * np.exp(-(((y - base) / (width * 0.11)) ** 2))
    return np.asarray(0.72 * tight + 0.36 * wide, np.float32)


def _reflected(canvas: Pixels, alpha: Pixels, colour: Pixels, region: _Region) -> Pixels:
    """A faint mirror image on the ground, fading downwards."""
    h, w = alpha.shape
    y, x = region.offset
    base = y + h
    depth = min(round(h * 0.16), region.size[0] - base)
    if depth < 2:
        return canvas
    fade = np.linspace(0.13, 0, depth, dtype=np.float32)[:, None]
    share = (alpha[::-1][:depth] * fade)[..., None]
    spot = (slice(base, base + depth), slice(x, x + w))
    canvas[spot] = canvas[spot] * (1 - share) + colour[::-1][:depth] * share
    return canvas


def _lit(colour: Pixels, part: Pixels, region: _Region, side: float) -> Pixels:
    """The product under the scene's light: its side, a share of its colour, its level, and floor bounce."""
    h, w = colour.shape[:2]
    y, x = region.offset
    around = part[max(0, y) : y + h : 8, max(0, x - w // 3) : x + w + w // 3 : 8].reshape(-1, 3)
    ambient = around.mean(axis=0)
    level = float(ambient @ LUMA)
    tint = ambient / max(level, 1e-3)
    across = np.linspace(-1, 1, w, dtype=np.float32)[None, :, None]
    down = np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
    gain = 1 + 0.16 * side * across
    exposure = np.clip(0.80 + 0.42 * level**0.5, 0.78, 1.08)
    foot = 1 - 0.28 * np.clip((down - 0.90) / 0.10, 0, 1) ** 2
    shaded = colour * gain * exposure * foot * (0.88 + 0.12 * tint)
    return np.asarray(shaded, np.float32)


def _encoded(linear: Pixels) -> Pixels:
    light = np.clip(linear, 0, 1)
    high = 1.055 * np.power(light, 1 / 2.4, dtype=np.float32) - 0.055
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, high), np.float32)
