"""A screen without a network: blank, clipped, without detail, off the palette.

The measures are made on the drawing as the model gave it, before anything is spent on enlarging it.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from foundry.card import ModelCard
from foundry.colour import lab_of_hex, lab_of_srgb
from foundry.manifest import CheckRecord
from models.drawing import Drawn, Pixels


def judge(drawn: Drawn, screen: ModelCard) -> tuple[CheckRecord, ...]:
    """One record per measure, against the screen card's thresholds."""
    pixels, limits = drawn.pixels, screen.thresholds
    luma = pixels @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    checks = [
        _at_least("not_blank", float(luma.std()), limits["contrast"], "standard deviation of luma"),
        _at_most("not_clipped", _clipped(pixels), limits["clipped"], "share of clipped pixels"),
        _at_least("detail", _detail(luma), limits["detail"], "mean gradient of luma"),
    ]
    if drawn.request.order.palette:
        away = _palette_distance(pixels, drawn.request.order.palette)
        checks.append(_at_most("on_palette", away, limits["palette"], "CIE76 to nearest colour"))
    return tuple(checks)


def _clipped(pixels: Pixels) -> float:
    black = (pixels <= 1 / 255).all(axis=2)
    white = (pixels >= 254 / 255).all(axis=2)
    return float((black | white).mean())


def _detail(luma: Pixels) -> float:
    down, across = np.gradient(luma)
    return float(np.hypot(down, across).mean())


def _palette_distance(pixels: Pixels, palette: tuple[str, ...]) -> float:
    small = pixels[::8, ::8].reshape(-1, 3)
    lab = lab_of_srgb(small)
    wanted = np.stack([lab_of_hex(colour) for colour in palette])
    chroma = np.linalg.norm(lab[:, None, 1:] - wanted[None, :, 1:], axis=2)
    return float(np.median(chroma.min(axis=1)))


def _at_least(name: str, value: float, limit: Decimal, what: str) -> CheckRecord:
    return CheckRecord(name, value >= float(limit), f"{value:.4f} {what}", f"at least {limit}")


def _at_most(name: str, value: float, limit: Decimal, what: str) -> CheckRecord:
    return CheckRecord(name, value <= float(limit), f"{value:.4f} {what}", f"at most {limit}")
