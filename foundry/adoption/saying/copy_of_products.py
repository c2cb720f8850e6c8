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
    """Return the facts with the copy that stands for all products; ask where products have different copy.

    Legal lines of all products are kept, since a line too many is better than one too few.
    """
    own = [claim for claim in facts.of(*COPY) if claim.scope.product is not None]
    products = {claim.scope.product for claim in facts.claims} - {None}
    if not own or len(products) < 2:
        return facts
    dropped: list[Claim] = []
    for group in _by_place(own).values():
        if len(alike(group)) > 1 or len({claim.scope.product for claim in group}) < len(products):
            dropped += _dropped(group, facts, notebook)
    gone = set(map(id, dropped))
    return Facts(tuple(claim for claim in facts.claims if id(claim) not in gone))


def _by_place(claims: list[Claim]) -> dict[tuple[Meaning, str, str], list[Claim]]:
    found: dict[tuple[Meaning, str, str], list[Claim]] = {}
    for claim in claims:
        found.setdefault((claim.meaning, claim.scope.locale, claim.scope.market), []).append(claim)
    return found


def _dropped(group: list[Claim], facts: Facts, notebook: Notebook) -> list[Claim]:
    """Return the claims of a group that do not stand for all products."""
    meaning = group[0].meaning
    if meaning == Meaning.LEGAL:
        return []
    same = _MAIN if meaning in _MAIN else (meaning,)
    if any(claim.scope.product is None for claim in facts.of(*same)):
        notebook.leave(leaves(group), "it is the copy of one product, and the campaign's own stands on all files")
        return group
    texts = alike(group)
    answer = notebook.answer(QUESTION)
    chosen = answer if answer in texts else next(iter(texts))
    if answer in texts or meaning not in _MAIN:
        others = [claim for text, some in texts.items() if text != chosen for claim in some]
        notebook.leave(leaves(others), "it is the copy of one product, and another text stands on all files")
        return others
    choices = [Choice(APART, "a brief for each product, with its own copy")]
    choices += [Choice(text, "for all products") for text in list(texts)[:_CHOICES]]
    text = "Products have copy of their own, and a brief has one copy for all of its products. What shall stand?"
    notebook.ask(QUESTION, text, choices, leaves(group), default=APART)
    return [claim for text, some in texts.items() if text != chosen for claim in some]
