"""Lists of equal length side by side: three headlines beside three languages, two prices beside two products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from foundry.adoption.claims import Claim, Doubt, Reading
from foundry.adoption.leaf import Leaf, ListNode, MapNode
from foundry.adoption.meaning import COPY, Meaning
from foundry.adoption.shapes import locales_in
from foundry.adoption.understanding.answers import PER_LANGUAGE, answer_for, key_of
from foundry.adoption.understanding.context import ENOUGH, Context, of_container
from foundry.adoption.understanding.deciding import Outcome, Stated, decide
from foundry.adoption.understanding.locales import scope_of
from foundry.adoption.understanding.roster import Roster

_IN_ORDER, _ALTERNATIVES = 0.6, 0.55
_OF_PRODUCTS = frozenset({
    Meaning.PRICE, Meaning.PRODUCT_PICTURE, Meaning.PRODUCT_DESCRIPTION, Meaning.PRODUCT_CATEGORY, Meaning.PRODUCT_ID,
    Meaning.PRODUCT_MODEL,
})  # fmt: skip


@dataclass(frozen=True)
class Parallel:
    """The list beside another one. languages: texts of as many languages; products: names of as many products."""

    languages: tuple[str, ...] = ()
    products: tuple[str, ...] = ()

    def outcomes(
        self, leaf: Leaf, index: int, context: Context, roster: Roster, answers: Mapping[str, str]
    ) -> tuple[Outcome, ...]:
        """Return the outcomes of an item: with its product, or asked about beside languages."""
        if self.products:
            return _weaker(decide(leaf, context.within(product=roster.at(self.products[index])), answers))
        meaning = context.best
        answer = answer_for(context, answers)
        if meaning is None or (answer and not answer.endswith(PER_LANGUAGE)):
            return decide(leaf, context, answers)
        found = locales_in(self.languages[index])
        scope = replace(context.scope, locale=scope_of(found[0]))
        in_order = (
            f"there are as many of '{context.key}' as languages, and it stands where {self.languages[index]} does"
        )
        if answer:
            return (Stated(Claim(leaf, meaning, scope, 1.0, f"an answer says so: {in_order}", leaf.text), context),)
        readings = (
            Reading(meaning, scope, _IN_ORDER, in_order, f"{meaning}{PER_LANGUAGE}"),
            Reading(meaning, context.scope, _ALTERNATIVES, "they are alternatives in one language", str(meaning)),
        )
        return (Doubt(leaf, readings, key_of(context)),)


def parallel_lists(node: MapNode, context: Context) -> dict[str, Parallel]:
    """Return the lists of a map, by key, that go with one of languages or of products and are as long."""
    lists = {key: child for key, child in node.entries if isinstance(child, ListNode) and _is_plain(child)}
    if len(lists) < 2:
        return {}
    meanings = {key: _meaning(key, context) for key in lists}
    languages = _texts(lists, meanings, Meaning.LOCALE)
    products = _texts(lists, meanings, Meaning.PRODUCT_NAME)
    found: dict[str, Parallel] = {}
    for key, meaning in meanings.items():
        size = len(lists[key].items)
        if meaning in COPY and size == len(languages) and all(len(locales_in(text)) == 1 for text in languages):
            found[key] = Parallel(languages=languages)
        elif meaning in _OF_PRODUCTS and size == len(products):
            found[key] = Parallel(products=products)
    return found


def _is_plain(node: ListNode) -> bool:
    return len(node.items) > 1 and all(isinstance(item, Leaf) for item in node.items)


def _meaning(key: str, context: Context) -> Meaning | None:
    below = of_container(context, key, 0)[0]
    return below.best if below.senses and below.senses[0].score >= ENOUGH else None


def _texts(lists: dict[str, ListNode], meanings: dict[str, Meaning | None], meaning: Meaning) -> tuple[str, ...]:
    key = next((key for key, found in meanings.items() if found is meaning), None)
    return tuple(item.text for item in lists[key].items if isinstance(item, Leaf)) if key else ()


def _weaker(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Return the outcomes with the score of something that only the order of two lists says."""
    return tuple(
        Stated(replace(outcome.claim, score=outcome.claim.score * 0.8), outcome.context)
        if isinstance(outcome, Stated) else outcome
        for outcome in outcomes
    )  # fmt: skip
