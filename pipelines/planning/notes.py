"""Notes on a plan: sentences that whoever ordered it should know before it runs."""

from __future__ import annotations

from collections.abc import Iterator

from foundry.plan.plan import Plan
from pipelines.planning.clip_checks import clip_notes
from pipelines.planning.scene_checks import scene_notes

TOLD = 20
"""Products that a note of one kind names, each in a sentence of its own; the others are counted."""


def notes_on(plan: Plan) -> Iterator[str]:
    """Yield what was assumed, and what will look otherwise than the brief's author may expect."""
    bare, unpriced = 0, 0
    for product in plan.products:
        if not (product.picture or product.model) and (bare := bare + 1) <= TOLD:
            yield _note_bare(plan, product.id)
        if not product.prices and (unpriced := unpriced + 1) <= TOLD:
            yield f"Product {product.id} has no price; layouts leave its place free."
    if bare > TOLD:
        yield f"{bare - TOLD} more products have no picture; the same holds for them."
    if unpriced > TOLD:
        yield f"{unpriced - TOLD} more products have no price."
    yield from scene_notes(plan)
    yield from clip_notes(plan)


def _note_bare(plan: Plan, product: str) -> str:
    if plan.brief.products_without_pictures == "words":
        return f"Product {product} has no picture; its name stands in its place, as type."
    return f"Product {product} has no picture; {_drawn_by(plan)} it from its description."


def _drawn_by(plan: Plan) -> str:
    names = [cards.generate.id for cards in plan.all_cards]
    return f"model {names[0]} draws" if len(names) == 1 else f"models {', '.join(names)} draw"
