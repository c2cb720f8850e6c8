"""Briefs to build tests and benchmarks from. Importing this loads neither Beam nor torch."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from foundry.brief.intake import parse
from foundry.card.selection import Cards
from foundry.tenant import Models, Tenant, load_tenant
from models.registry import cards_of
from pipelines.planning.admission import Admitted, admit

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
EXAMPLE_BRIEFS = sorted(path for path in EXAMPLES.glob("*.yaml") if not path.stem.endswith("-catalog"))

BRIEF: dict[str, Any] = {
    "tenant": "aurelle",
    "campaign": {"id": "test", "name": "Test"},
    "market": {"regions": ["US"]},
    "products": [
        {
            "id": "serum",
            "name": "Serum",
            "picture": "serum.png",
            "prices": [{"amount": "48", "currency": "USD"}, {"amount": "45", "currency": "EUR"}],
        }
    ],
    "scenes": [{"id": "wall", "prompt": "Plaster wall, light from the left"}],
    "messages": {
        "en-US": {"headline": "Wake up radiant", "call_to_action": "Shop now"},
        "de-DE": {"headline": "Strahlend in den Tag", "call_to_action": "Entdecken"},
    },
    "placements": ["google/leaderboard", "google/medium-rectangle", "google/half-page"],
}


_NAMES = {f"thin-{number}": "i" * (30 + number) for number in range(3)} | {"wide": "W" * 29}
WIDE_COPY: dict[str, Any] = {
    "products": [{"id": key, "name": name, "picture": "serum.png"} for key, name in _NAMES.items()],
    "messages": {"de-DE": {"headline": "{product.name}"}},
    "placements": ["google/leaderboard"],
}
"""Changes that make a brief of four files, one of which has no room for its words; `not_tried` lets it pass.

The name of the product `wide` has fewer characters than the others, and wider ones.
"""


def a_brief(**changes: Any) -> dict[str, Any]:
    """The test brief with some keys replaced; None removes a key."""
    made = {**copy.deepcopy(BRIEF), **changes}
    return {key: value for key, value in made.items() if value is not None}


def product_picture(path: Path, colour: str = "#B0651D") -> Path:
    """A bottle-like shape on transparency."""
    picture = Image.new("RGBA", (240, 480))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((20, 140, 220, 479), 30, fill=colour)
    draw.rectangle((90, 10, 150, 140), fill="#222222")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return path


def a_tenant(tenant: str = "aurelle") -> Tenant:
    """One of the example tenants, enlarging and judging without networks, since most tests run the whole flow."""
    found = load_tenant(EXAMPLES / "tenants", tenant)
    return found.model_copy(update={"models": Models(upscale="lanczos", screen="measured")})


SMALL_MASTERS = {"square": (960, 960), "portrait": (800, 1000), "story": (720, 1280), "landscape": (1280, 720)}
"""Sizes of masters, in their shapes, with an eighth or a ninth of the usual pixels: most tests are not about pixels."""


def small_cards(owner: Tenant) -> Cards:
    """The cards of a tenant, with an upscaler that makes small masters."""
    usual = cards_of(owner)
    return replace(usual, upscale=usual.upscale.model_copy(update={"sizes": SMALL_MASTERS}))


def admitted(folder: Path, *, owner: Tenant | None = None, draws: bool = False, **changes: Any) -> Admitted:
    """The test brief, admitted for its owner, with its product picture in `folder`.

    With `draws`, the card of its shots is one that draws products, too.
    """
    if not (folder / "serum.png").exists():
        product_picture(folder / "serum.png")
    owner = owner or a_tenant()
    cards = small_cards(owner)
    if draws:
        cards = replace(cards, generate=cards.generate.model_copy(update={"draws_products": True}))
    return admit(parse(a_brief(**changes)), folder, owner, cards)


def not_tried(folder: Path, **changes: Any) -> Admitted:
    """The test brief, planned without the gate's trial of its copy: the run refuses what does not fit.

    A run whose workers have other fonts than its gate had meets the same.
    """
    named = [{**product, "name": "Serum"} for product in changes["products"]]
    short = admitted(folder, **{**changes, "products": named})
    return replace(short, plan=replace(short.plan, brief=parse(a_brief(**changes))))
