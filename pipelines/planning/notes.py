"""Notes on a plan: sentences that whoever ordered it should know before it runs."""

from __future__ import annotations

from collections.abc import Iterator

from foundry.card.card import ModelCard
from foundry.plan.plan import Plan
from pipelines.planning.clip_checks import clip_notes
from pipelines.planning.scene_checks import scene_notes

TOLD = 20
"""Products that a note of one kind names, each in a sentence of its own; the others are counted."""


def notes_on(plan: Plan) -> Iterator[str]:
    """Yield what was assumed, and what will look otherwise than the brief's author may expect."""
    drawn, unpriced = 0, 0
    for product, picture in zip(plan.products, plan.pictures, strict=True):
        if picture is None and (drawn := drawn + 1) <= TOLD:
            yield _note_drawn(product.id, plan.cards.generate)
        if not product.prices and (unpriced := unpriced + 1) <= TOLD:
            yield f"Product {product.id} has no price; layouts leave its place free."
    if drawn > TOLD:
        yield f"{drawn - TOLD} more products have no picture; the same holds for them."
    if unpriced > TOLD:
        yield f"{unpriced - TOLD} more products have no price."
    yield from scene_notes(plan)
    yield from clip_notes(plan)


def _note_drawn(product: str, card: ModelCard) -> str:
    if card.draws_products:
        return f"Product {product} has no picture; model {card.id} draws it from its description."
    return (
        f"Product {product} has no picture; model {card.id} was asked to draw it from its description, "
        "but its card says that it draws scenes only: add a picture to show the product."
    )
