"""Orders, guides and comparisons for tests that draw with tiny pipelines."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels
from models.diffusion.diffusers_handler import DiffusersHandler
from models.diffusion.loaded import LoadedPipeline
from models.drawing import Drawn, DrawRequest, Guide

WORDS = ("a red wall", "sea", "city lights at night", "oak", "a paper moon", "snow on hills", "silk", "one lamp")


def an_order(prompt: str = "a red wall", **changes: Any) -> ShotOrder:
    """A square order of 64 pixels and three steps."""
    made = ShotOrder(
        name="n",
        plan="p",
        tenant="aurelle",
        subject=0,
        scene=0,
        bucket="square",
        mirrored=False,
        alternative=0,
        prompt=prompt,
        negative_prompt="",
        palette=(),
        picture=None,
        width_px=64,
        height_px=64,
        steps=3,
    )
    return dataclasses.replace(made, **changes)


def a_request(prompt: str = "a red wall", seed: int = 1, guide: Guide | None = None, **changes: Any) -> DrawRequest:
    """One drawing of such an order."""
    return DrawRequest(an_order(prompt, **changes), seed, guide)


def drawn(handler: DiffusersHandler, loaded: LoadedPipeline, requests: Sequence[DrawRequest]) -> list[Drawn]:
    """What the handler draws; nothing of it may be refused."""
    made = handler.run_inference(requests, loaded)
    for one in made:
        assert isinstance(one, Drawn), one
    return made  # type: ignore[return-value]


def pictures(handler: DiffusersHandler, loaded: LoadedPipeline, *requests: DrawRequest) -> list[Pixels]:
    """Their pixels."""
    return [one.pixels for one in drawn(handler, loaded, requests)]


def levels(one: Pixels, other: Pixels) -> float:
    """The largest difference, in 8-bit levels."""
    return float(np.abs(one - other).max()) * 255


def a_picture(seed: int = 0, size: int = 64) -> Pixels:
    """Soft coloured noise, (size, size, 3)."""
    chance = np.random.default_rng(seed)
    small = chance.random((8, 8, 3), np.float32)
    return np.asarray(np.kron(small, np.ones((size // 8, size // 8, 1), np.float32)), np.float32)


def a_mask(size: int = 64) -> Pixels:
    """Draws the right half, with a soft edge of four pixels."""
    line = np.clip((np.arange(size, dtype=np.float32) - size / 2) / 4, 0, 1)
    return np.broadcast_to(line, (size, size)).copy()
