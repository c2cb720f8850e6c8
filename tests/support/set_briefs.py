"""Briefs with a scene in a set that moves, in films of 180 × 320."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from foundry.brief.intake import parse
from models.registry import open_registry
from pipelines.planning.admission import Admitted, admit
from tests.support.briefs import a_brief, a_tenant, product_picture, small_cards
from tests.support.small_films import WORDS, with_small
from tests.support.three_cards import small_lanczos, small_studio, write_cards

SIZES = {"story": [54, 96]}
UNPRICED = {"id": "serum", "name": "Serum", "picture": "serum.png"}


def small_film_studio() -> dict[str, Any]:
    """The shipped set card, with tiny pictures and frames of stories."""
    card = small_studio(sizes=SIZES)
    return {**card, "set": {**card["set"], "film_sizes": {"story": [72, 128]}}}


def small_story_lanczos() -> dict[str, Any]:
    """The shipped resampler, with small stories."""
    return {**small_lanczos(), "sizes": {"story": [108, 192]}}


def ordered_in_set(folder: Path, monkeypatch: Any, clip: dict[str, Any], **changes: Any) -> Admitted:
    """The small film's brief: one scene, in a set, which moves as the clip says."""
    with_small(monkeypatch)
    product_picture(folder / "serum.png")
    registry = open_registry(write_cards(folder / "cards", small_film_studio(), small_story_lanczos()))
    scene = {"id": "stage", "prompt": "Plaster podium, soft light", "model": "small-studio@1", "clip": clip}
    scene |= changes.pop("scene", {})
    wanted: dict[str, Any] = {
        "scenes": [scene], "messages": WORDS, "placements": ["test/reel"], "products": [UNPRICED], **changes,
    }  # fmt: skip
    owner = a_tenant()
    return admit(parse(a_brief(**wanted)), folder, owner, small_cards(owner), registry)
