"""Drawings for the tests of the screen: our own renders, sample photographs, and orders to go with them."""

from __future__ import annotations

import dataclasses
import io
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from foundry.card.card import ModelCard
from foundry.fonts import FONTS
from foundry.plan.shot import ShotOrder
from lab.renders.recipes import draw_recipes
from lab.renders.scenes import render
from models.drawing import Drawn, DrawRequest, Guide
from models.registry import card
from models.screening.judged_drawing import JudgedDrawing
from models.screening.onnx_networks import Networks

CARD = card("guardian@1", "screen")
NETWORKS = Networks(CARD)


def only(*names: str, **limits: str) -> ModelCard:
    """The guardian with these judges alone."""
    kept = {name: CARD.thresholds[name] for name in names} | {name: Decimal(limit) for name, limit in limits.items()}
    return CARD.model_copy(update={"thresholds": kept})


def order(alternative: int = 0, **changes: Any) -> ShotOrder:
    made = ShotOrder(
        name=f"shot-{alternative}",
        plan="plan",
        tenant="aurelle",
        subject=0,
        scene=0,
        bucket="square",
        mirrored=False,
        alternative=alternative,
        prompt="",
        negative_prompt="",
        palette=(),
        picture=None,
        width_px=96,
        height_px=96,
        steps=1,
    )
    return dataclasses.replace(made, **changes)


@lru_cache(maxsize=2)
def scene(size: int = 256) -> np.ndarray[Any, Any]:
    """One of the project's own renders, (size, size, 3) uint8."""
    return render(draw_recipes(1, [(size, size)], 5)[0])


@lru_cache(maxsize=4)
def photograph(name: str = "astronaut") -> np.ndarray[Any, Any]:
    """One of scikit-image's sample pictures at 256 px."""
    data = pytest.importorskip("skimage.data")
    whole = Image.fromarray(getattr(data, name)()).convert("RGB")
    short = min(whole.size)
    return np.asarray(whole.crop((0, 0, short, short)).resize((256, 256), Image.Resampling.LANCZOS))


def drawn(pixels: np.ndarray[Any, Any], guide: Guide | None = None, **changes: Any) -> Drawn:
    floats = pixels.astype(np.float32) / 255 if pixels.dtype == np.uint8 else pixels
    return Drawn(DrawRequest(order(**changes), 1, guide), floats, "", ())


def judged(pixels: np.ndarray[Any, Any], **changes: Any) -> JudgedDrawing:
    return JudgedDrawing(drawn(pixels, **changes), NETWORKS)


def png(pixels: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def written(words: str, file: str, opacity: float = 1.0) -> np.ndarray[Any, Any]:
    ground = scene().astype(np.float32)
    layer = Image.new("L", (256, 256))
    font = ImageFont.truetype(FONTS / file, 24, layout_engine=ImageFont.Layout.RAQM)
    ImageDraw.Draw(layer).text((20, 40), words, font=font, fill=255)
    cover = np.asarray(layer, np.float32)[..., None] / 255 * opacity
    return np.asarray(ground * (1 - cover) + (255 * cover if ground.mean() < 140 else 0), np.uint8)
