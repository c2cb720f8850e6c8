"""Films of scenes that move: tiny video cards with random weights, and briefs that order clips with them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from foundry.brief.intake import parse
from foundry.card.card import ModelCard
from foundry.channel.placement import Motion
from pipelines.planning.admission import Admitted, admit
from tests.support.briefs import a_brief, a_tenant, product_picture, small_cards
from tests.support.small_films import SMALL, WORDS, with_small
from tests.support.tiny_video import a_video_card

LOOSE = {"contrast": "0", "clipped": "1", "detail": "0", "palette": "1000"}
REEL = SMALL.model_copy(
    update={"motion": Motion(seconds=(Decimal(4), Decimal(4)), rates=(Decimal(12),), codecs=("h264",))}
)
"""Four seconds of 180 × 320 at 12 frames per second."""
WALL, ARCH = {"id": "wall", "prompt": "Plaster wall"}, {"id": "arch", "prompt": "An arch"}
UNPRICED = {"id": "serum", "name": "Serum", "picture": "serum.png"}
"""Its films have no small type on their scenes: what random weights draw is too restless for that."""
BOTH = {"template": "story-15s"}
"""A film of two scenes; without it, the small placement's film shows the first one alone."""


def a_story_card(folder: Path, family: str = "ltx-image", **changes: Any) -> ModelCard:
    """A tiny card that films stories of 96 × 160 px: 9 frames, or 17, at 8 a second."""
    said = {"sizes": {"story": (96, 160)}, "frames": 17, "frame_step": 8, "attempts": 2, **changes}
    return a_video_card(family, folder, **said)


def ordered_moving(
    folder: Path, monkeypatch: Any, card: ModelCard | None, *, thresholds: dict[str, str] | None = None, **changes: Any
) -> Admitted:
    """The small film's brief: the first of two scenes moves for a second; the tenant has this video card."""
    with_small(monkeypatch, REEL)
    product_picture(folder / "serum.png")
    owner = a_tenant()
    usual = small_cards(owner)
    limits = {name: Decimal(limit) for name, limit in {**LOOSE, **(thresholds or {})}.items()}
    drawing = usual.generate.model_copy(update={"draws_products": True})
    judging = usual.screen.model_copy(update={"thresholds": limits})
    cards = replace(usual, generate=drawing, screen=judging, clip=card)
    wanted: dict[str, Any] = {
        "scenes": [{**WALL, "clip": {"seconds": "1"}}, ARCH], "messages": WORDS, "placements": ["test/reel"],
        "products": [UNPRICED], **changes,
    }  # fmt: skip
    return admit(parse(a_brief(**wanted)), folder, owner, cards)
