"""Small pictures of sets, and one renderer process that tests share."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from foundry.sets.set_file import SetFile
from models.sets.ask import Area, SetAsk
from models.sets.renderer.client import Renderer

PLAIN: Mapping[str, Any] = {
    "id": "plain", "version": 1, "title": "A plain cylinder",
    "ground": {"shape": "sweep", "surface": {"material": "plaster", "colour": "floor"}}, "wall": None,
    "parts": [{"shape": "cylinder", "surface": {"material": "plaster", "colour": "accent"}, "carries": True,
               "size": [1.5, 1.5, 0.2]}],
}  # fmt: skip


@lru_cache(maxsize=1)
def renderer() -> Renderer:
    """Return the renderer that the tests of one process share."""
    shared = Renderer()
    atexit.register(shared.close)
    return shared


def an_ask(set_file: SetFile | None = None, **changes: Any) -> SetAsk:
    """Return a small picture of a plain set, or of another one."""
    asked = {
        "set": set_file or SetFile.model_validate(PLAIN), "wall": "#D8C3B4", "floor": "#C9BCAA", "accent": "#B4695F",
        "width_px": 64, "height_px": 80, "stand": Area(left=0.3, top=0.4, right=0.7, bottom=0.85), "samples": 4,
        "depth": 4,
    }  # fmt: skip
    return SetAsk.model_validate(asked | changes)
