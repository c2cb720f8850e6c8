"""Pictures for the labelled set on which the judges of a screen are scored: renders, photographs and edits of both.

The photographs ship with scikit-image; nothing is downloaded. docs/models/screening.md states the limits of the set.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from foundry.fonts import FONTS
from lab.evaluation.scaling import Picture
from lab.renders.recipes import draw_recipes
from lab.renders.scenes import render

SIZES = [(512, 512), (448, 576), (384, 672), (672, 384)]
PHOTOGRAPHS = (
    "astronaut", "camera", "chelsea", "coffee", "rocket", "stereo_motorcycle", "brick", "grass", "gravel",
    "hubble_deep_field", "retina", "moon", "immunohistochemistry", "coins", "page", "text", "clock",
)  # fmt: skip
WITH_WRITING = frozenset({"page", "text", "stereo_motorcycle"})
WITH_FACES = frozenset({"astronaut", "camera"})
PHRASES = (
    ("Inter-SemiBold.ttf", "Summer sale 50%"), ("Marcellus-Regular.ttf", "Aurelle"),
    ("Archivo-ExtraBold.ttf", "Jetzt kaufen"), ("NotoSansArabic-Bold.ttf", "تخفيضات الصيف"),
    ("NotoSansDevanagari-Bold.ttf", "गर्मी की सेल"), ("NotoSansHebrew-Regular.ttf", "מבצע קיץ"),
    ("NotoSansThai-Bold.ttf", "ลดราคาฤดูร้อน"), ("NotoSansJP-Bold.otf", "夏のセール"),
    ("Inter-Regular.ttf", "© stock photo"),
)  # fmt: skip
SETTINGS = ((16, 1.0, 0), (28, 0.15, 0), (40, 0.3, 0), (40, 1.0, 0), (56, 0.3, 30), (72, 1.0, 0))
"""Height of the letters in px, opacity, rotation in degrees."""


@dataclass(frozen=True)
class Case:
    """A picture, its label (faulty: the judge should refuse it) and the name of its source."""

    pixels: Picture
    faulty: bool
    source: str


@lru_cache(maxsize=2)
def renders(count: int) -> tuple[Case, ...]:
    """Return renders of the project's own scenes, evenly over the sizes of drawings."""
    return tuple(Case(render(recipe), False, recipe.kind) for recipe in draw_recipes(count, SIZES, 20_260))


def other_seeds(count: int) -> list[tuple[Picture, Picture]]:
    """Return pairs of renders of one recipe that differ only in the seed."""
    chosen = draw_recipes(count, SIZES, 31_337)
    return [(render(recipe), render(replace(recipe, seed=recipe.seed + 1))) for recipe in chosen]


@lru_cache(maxsize=1)
def photographs() -> dict[str, Picture]:
    """Return the sample pictures of scikit-image by name: the middle square of each, at 512 px."""
    from skimage import data

    squares = {}
    for name in PHOTOGRAPHS:
        whole = getattr(data, name)()
        whole = np.asarray(whole[0] if isinstance(whole, tuple) else whole)
        whole = np.repeat(whole[..., None], 3, axis=2) if whole.ndim == 2 else whole[..., :3]
        squares[name] = square(Image.fromarray(np.ascontiguousarray(whole)))
    return squares


def square(picture: Image.Image, side: int = 512) -> Picture:
    """Return the largest square in the middle of a picture, at `side` px."""
    short = min(picture.size)
    left, top = (picture.width - short) // 2, (picture.height - short) // 2
    middle = picture.crop((left, top, left + short, top + short))
    return np.asarray(middle.resize((side, side), Image.Resampling.LANCZOS))


def small_faces() -> tuple[list[Picture], list[Picture]]:
    """Return 100 faces and 100 patches without a face of Labeled Faces in the Wild, at 96 px on grey."""
    from skimage import data

    subset: Callable[[], NDArray[np.float64]] = data.lfw_subset
    patches = [_on_grey(patch) for patch in subset()]
    return patches[:100], patches[100:]


def _on_grey(patch: NDArray[np.floating]) -> Picture:
    grey = Image.fromarray(np.rint(patch * 255).astype(np.uint8)).resize((96, 96), Image.Resampling.BICUBIC)
    ground = Image.new("RGB", (256, 256), (128, 128, 128))
    ground.paste(grey.convert("RGB"), (80, 80))
    return np.asarray(ground)


def with_phrase(pixels: Picture, phrase: tuple[str, str], setting: tuple[int, float, int], at: int) -> Picture:
    """Return a picture with a phrase over it, in white or black, whichever has more contrast; `at` varies the place."""
    (file, words), (size, opacity, tilt) = phrase, setting
    font = ImageFont.truetype(FONTS / file, size, layout_engine=ImageFont.Layout.RAQM)
    height, width = pixels.shape[:2]
    layer = Image.new("L", (width, height))
    draw = ImageDraw.Draw(layer)
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    room_x, room_y = max(1.0, width - (right - left) - 8), max(1.0, height - (bottom - top) - 8)
    x, y = (
        (width - right) / 2 if tilt else 4 + at * 37 % room_x,
        (height - bottom) / 2 if tilt else 4 + at * 53 % room_y,
    )
    draw.text((x - left, y - top), words, font=font, fill=255)
    cover = np.asarray(layer.rotate(tilt, Image.Resampling.BICUBIC), np.float32)[..., None] / 255 * opacity
    under = float(pixels[cover[..., 0] > 0].mean()) if cover.any() else 0.0
    return _bytes(pixels * (1 - cover) + (255.0 if under < 140 else 0.0) * cover)


def with_logo(pixels: Picture, logo: Path, width_px: int) -> Picture:
    """Return a picture with a logo of this width in its lower right corner."""
    mark = Image.open(logo).convert("RGBA")
    mark = mark.resize((width_px, max(1, mark.height * width_px // mark.width)), Image.Resampling.LANCZOS)
    ground = Image.fromarray(pixels).convert("RGBA")
    ground.alpha_composite(mark, (ground.width - width_px - 12, ground.height - mark.height - 12))
    return np.asarray(ground.convert("RGB"))


def with_skin_tones(pixels: Picture) -> Picture:
    """Return a picture recoloured in the colours of skin: its lightness chooses from brown shadows to pale lights."""
    share = np.asarray(Image.fromarray(pixels).convert("L"), np.float32)[..., None] / 255
    return _bytes(np.array([78, 44, 30]) * (1 - share) + np.array([255, 224, 202]) * share)


def blur(pixels: Picture, sigma_px: float) -> Picture:
    """Return a picture after a Gaussian blur."""
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(sigma_px)))


def posterise(pixels: Picture, levels: int) -> Picture:
    """Return a picture with few levels per channel, not dithered, after a light blur that imitates a smooth source."""
    smooth = blur(pixels, 1.5).astype(np.float32)
    return _bytes(np.rint(smooth / 255 * (levels - 1)) / (levels - 1) * 255)


def with_seam(pixels: Picture, step: int) -> Picture:
    """Return a picture as two tiles with a vertical border, the right one brighter by `step` levels."""
    tiles = pixels.astype(np.float32)
    tiles[:, tiles.shape[1] * 2 // 5 :] += step
    return _bytes(tiles)


def expose(pixels: Picture, eighths: int) -> Picture:
    """Return a picture that is lighter, or darker if negative, by eighths of the range, and clipped to it."""
    return _bytes(pixels.astype(np.float32) + 32 * eighths)


def _bytes(values: NDArray[np.floating]) -> Picture:
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def _jpeg(picture: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


def _crop(picture: Image.Image, share: float) -> Image.Image:
    width, height = int(picture.width * share), int(picture.height * share)
    left, top = int((picture.width - width) * 0.3), int((picture.height - height) * 0.3)
    return picture.crop((left, top, left + width, top + height)).resize(picture.size, Image.Resampling.LANCZOS)


def _cover(picture: Image.Image) -> Image.Image:
    copy, (width, height) = picture.copy(), picture.size
    ImageDraw.Draw(copy).rectangle((width * 0.6, height * 0.1, width * 0.95, height * 0.3), fill=(200, 30, 40))
    return copy


def _rotate(picture: Image.Image, degrees: float) -> Image.Image:
    return _crop(picture.rotate(degrees, Image.Resampling.BICUBIC), 0.88)


def _exchange_channels(picture: Image.Image) -> Image.Image:
    red, green, blue = picture.split()
    return Image.merge("RGB", (blue, red, green))


Edit = Callable[[Image.Image], Image.Image]
EDITS: dict[str, Edit] = {
    "JPEG quality 60": lambda p: _jpeg(p, 60),
    "25 % brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.25),
    "channels exchanged": _exchange_channels,
    "grey": lambda p: p.convert("L").convert("RGB"),
    "blur, sigma 2 px": lambda p: p.filter(ImageFilter.GaussianBlur(2)),
    "crop to 90 %": lambda p: _crop(p, 0.9),
    "crop to 75 %": lambda p: _crop(p, 0.75),
    "crop to 60 %": lambda p: _crop(p, 0.6),
    "mirrored": lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "mirrored, crop to 85 %": lambda p: _crop(p.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 0.85),
    "box over 7 % of it": _cover,
    "turned by 5 degrees": lambda p: _rotate(p, 5),
}
"""Edits after which a picture is still the protected one, and the likeness judge must refuse it."""
SLIGHT: dict[str, Edit] = {
    "JPEG quality 95": lambda p: _jpeg(p, 95),
    "3 % brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.03),
    "mirrored": lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "softened": lambda p: p.filter(ImageFilter.GaussianBlur(0.6)),
}
"""Edits after which a picture is still the same alternative, and the duplicate judge must refuse it."""


def apply_edit(pixels: Picture, edit: Edit) -> Picture:
    """Return a picture after an edit."""
    return np.asarray(edit(Image.fromarray(pixels)).convert("RGB"))
