"""Copy that a file has for single products: a strict brief has copy for all of its products."""

from __future__ import annotations

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import COPY, Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.facts import Facts, alike, leaves
from foundry.adoption.saying.notebook import Notebook

QUESTION, APART = "copy by product", "apart"
_MAIN = (Meaning.HEADLINE, Meaning.MESSAGE)
_CHOICES = 8


def for_all_products(facts: Facts, notebook: Notebook) -> Facts:
    """Return the facts with the copy that stands for all products; ask where products have different headlines.

    Legal lines of all products are kept, since a line too many is better than one too few.
    """
    own = [claim for claim in facts.of(*COPY) if claim.scope.product is not None and claim.meaning != Meaning.LEGAL]
    products = {claim.scope.product for claim in facts.claims} - {None}
    if not own or len(products) < 2:
        return _beside_copy_per_locale(own, facts, notebook)
    apart: list[Claim] = []
    for group in _by_place(own).values():
        if len(alike(group)) > 1 or len({claim.scope.product for claim in group}) < len(products):
            apart += group
    kept = _kept(apart, facts, notebook)
    dropped = [claim for claim in apart if claim not in kept]
    notebook.leave(leaves(dropped), "it is the copy of one product, and a brief has one copy for all of its products")
    gone = set(map(id, dropped))
    return Facts(tuple(claim for claim in facts.claims if id(claim) not in gone))


def _beside_copy_per_locale(own: list[Claim], facts: Facts, notebook: Notebook) -> Facts:
    """Return the facts without the only product's copy of no stated locale, where the campaign has copy per locale."""
    per_locale = any(c.scope.product is None and (c.scope.locale or c.scope.market) for c in facts.of(*_MAIN))
    dropped = [claim for claim in own if per_locale and not claim.scope.locale and not claim.scope.market]
    notebook.leave(leaves(dropped), "it is the copy of the product, and the campaign has its own for each locale")
    return Facts(tuple(claim for claim in facts.claims if claim not in dropped)) if dropped else facts


def _by_place(claims: list[Claim]) -> dict[tuple[Meaning, str, str], list[Claim]]:
    found: dict[tuple[Meaning, str, str], list[Claim]] = {}
    for claim in claims:
        found.setdefault((claim.meaning, claim.scope.locale, claim.scope.market), []).append(claim)
    return found


def _kept(apart: list[Claim], facts: Facts, notebook: Notebook) -> list[Claim]:
    """Return the copy of single products that stands for all: none, or that of the product whose headline is chosen."""
    main = [claim for claim in apart if claim.meaning in _MAIN]
    if not main or any(claim.scope.product is None for claim in facts.of(*_MAIN)):
        return []
    texts = alike(main)
    answer = notebook.answer(QUESTION)
    chosen = texts.get(answer) or next(iter(texts.values()))
    if answer not in texts:
        choices = [Choice(APART, "a brief for each product, with its own copy")]
        choices += [Choice(text, "for all products") for text in list(texts)[:_CHOICES]]
        text = "Products have copy of their own, and a brief has one copy for all of its products. What shall stand?"
        notebook.ask(QUESTION, text, choices, leaves(main), default=APART, shared=True)
    return [claim for claim in apart if claim.scope.product == chosen[0].scope.product]
