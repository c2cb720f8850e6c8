"""A brief of three products in three scenes: one is a set, one is drawn by diffusion, one by a vendor's API."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from foundry.brief.intake import parse
from foundry.card.card import ModelCard
from models.registry import open_registry
from models.registry.folders import CARDS
from pipelines.planning.admission import Admitted, admit
from tests.support.briefs import a_brief, a_tenant, product_picture, small_cards

SMALL = {"square": [96, 96]}
SCENES = (
    {"id": "set", "prompt": "Plaster podium, sage background, soft light", "model": "small-studio@1"},
    {"id": "diffusion", "prompt": "Silk on a shelf in warm light"},
    {"id": "vendor", "prompt": "Calm lake before a wooden jetty", "model": "vendor@1"},
)
PRODUCTS = (("serum", "#B0651D"), ("cream", "#4A6A96"), ("soap", "#8FA088"))


def small_studio(**changes: Any) -> dict[str, Any]:
    """The shipped set card, with small and noisy pictures."""
    card = yaml.safe_load((CARDS / "studio.yaml").read_text(encoding="utf-8"))
    quality = {**card["set"], "samples": 2, "depth": 3, "film_samples": 2, "film_sizes": {"square": [64, 64]}}
    made = {**card, "id": "small-studio", "set": quality, "sizes": SMALL, "upscale": "small-lanczos@1"}
    return {**made, "stage": "candidate", **changes}


def small_lanczos() -> dict[str, Any]:
    """The shipped resampler, which makes small masters."""
    card = yaml.safe_load((CARDS / "lanczos.yaml").read_text(encoding="utf-8"))
    return {**card, "id": "small-lanczos", "sizes": {"square": [192, 192]}, "stage": "candidate"}


def write_cards(folder: Path, *cards: dict[str, Any] | ModelCard) -> Path:
    """Write cards into a folder of one's own, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for card in cards:
        content = json.loads(card.model_dump_json(exclude_defaults=True)) if isinstance(card, ModelCard) else card
        (folder / f"{content['id']}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def three_scenes(folder: Path, vendor: ModelCard, **changes: Any) -> Admitted:
    """The brief, admitted with small cards; `vendor` draws the last scene."""
    selling = vendor.model_copy(update={"stage": "candidate", "sizes": {"square": (64, 64)}})
    cards_folder = write_cards(folder / "cards", small_studio(), small_lanczos(), selling)
    products = [{"id": name, "name": name.title(), "picture": f"{name}.png"} for name, _ in PRODUCTS]
    for name, colour in PRODUCTS:
        product_picture(folder / f"{name}.png", colour)
    owner = a_tenant()
    usual = small_cards(owner)
    small = usual.generate.model_copy(update={"sizes": {"square": (128, 128)}, "steps": 2})
    fitting = usual.upscale.model_copy(update={"sizes": {"square": (192, 192)}})
    asked = {"products": products, "scenes": list(SCENES), "placements": ["meta/feed-square"], **changes}
    messages = {"en-US": {"headline": "Wake up radiant"}}
    brief = parse(a_brief(messages=messages, **asked))
    cards = replace(usual, generate=small, upscale=fitting)
    return admit(brief, folder, owner, cards, open_registry(cards_folder))
