"""Notes on a plan: sentences that whoever ordered it should know before it runs."""

from __future__ import annotations

from collections.abc import Iterator

from foundry.card.card import ModelCard
from foundry.plan.plan import Plan
from pipelines.planning.clip_checks import clip_notes


def notes_on(plan: Plan) -> Iterator[str]:
    """Yield what was assumed, and what will look otherwise than the brief's author may expect."""
    for product, picture in zip(plan.products, plan.pictures, strict=True):
        if picture is None:
            yield _note_drawn(product.id, plan.cards.generate)
        if not product.prices:
            yield f"Product {product.id} has no price; layouts leave its place free."
    yield from clip_notes(plan)


def _note_drawn(product: str, card: ModelCard) -> str:
    if card.draws_products:
        return f"Product {product} has no picture; model {card.id} draws it from its description."
    return (
        f"Product {product} has no picture; model {card.id} was asked to draw it from its description, "
        "but its card says that it draws scenes only: add a picture to show the product."
    )
