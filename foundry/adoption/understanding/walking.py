"""The walk through the trees of a campaign: every leaf gets its outcome, in the order of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from foundry.adoption.claims import Claim, Listed, Scope
from foundry.adoption.leaf import Leaf, ListNode, MapNode, Node, leaves_of
from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.shapes import locales_in, name_and_price_in
from foundry.adoption.understanding.context import Context, of_container, of_field
from foundry.adoption.understanding.deciding import Outcome, Stated, decide
from foundry.adoption.understanding.entries import (
    OF_PRODUCTS,
    claims_of_entry,
    context_of_entry,
    refused_by,
    section_of_entries,
)
from foundry.adoption.understanding.key_scope import KeyParts
from foundry.adoption.understanding.keyed import KeyValue, values_of_keys
from foundry.adoption.understanding.keys import words_of
from foundry.adoption.understanding.locales import scope_of
from foundry.adoption.understanding.long_form import in_short_form
from foundry.adoption.understanding.market_lists import as_markets
from foundry.adoption.understanding.parallel import Parallel, parallel_lists
from foundry.adoption.understanding.periods import period_of
from foundry.adoption.understanding.roster import Roster
from foundry.adoption.understanding.senses import is_known, sections_of
from foundry.adoption.understanding.sizes import without_size
from foundry.adoption.understanding.splitting import only_languages

_OF_SCENES = frozenset({Meaning.SCENE, Meaning.SCENE_NAME, Meaning.STYLE, Meaning.AVOID})
_OF_KEYS = {
    "locale": Meaning.LOCALE, "market": Meaning.REGION, "placement": Meaning.PLACEMENT,
    "product": Meaning.PRODUCT_NAME, "scene": Meaning.SCENE_NAME,
}  # fmt: skip
_KEY_SCORE = 0.85


class Walk:
    """One reading of a campaign. products, scenes: names from an earlier reading help to tell them from facts."""

    def __init__(self, answers: Mapping[str, str], products: Roster, scenes: Roster) -> None:
        self._answers = answers
        self.products, self.scenes = products, scenes
        self.outcomes: list[Outcome] = []
        self.notes: list[str] = []

    def visit(self, node: Node, context: Context) -> None:
        """Give each leaf of a node its outcome."""
        if isinstance(node, Leaf):
            self._leaf(node, context)
        elif isinstance(node, ListNode):
            self._list(node, context)
        else:
            self._map(node, context)

    def entry(self, entry: MapNode, context: Context, called: str = "entry") -> None:
        """Give each leaf of a row, or of an entry of a list, its outcome; list them all if it is not approved."""
        entry, naming = in_short_form(entry)
        claims = claims_of_entry(entry, context, self._answers)
        refused = refused_by(claims)
        if naming:
            self.outcomes.append(Listed(naming, "it names the fact beside it"))
        if refused:
            reason = f"its {called} is not approved: '{refused.text}'"
            self.outcomes += [Listed(leaf, reason) for leaf in leaves_of(entry)]
            self.notes.append(f"{_named(entry, called)} is left out: its approval says '{refused.text}'")
            return
        self._fields(entry, context_of_entry(claims, context, self.products, self.scenes))

    def _list(self, node: ListNode, context: Context) -> None:
        entries = [item for item in node.items if isinstance(item, MapNode)]
        context = as_markets(entries, context)
        context = replace(context, section=section_of_entries(entries, context, self._answers)) if entries else context
        if context.best is Meaning.REGION and only_languages(
            [item.text for item in node.items if isinstance(item, Leaf)]
        ):
            context = replace(context, senses=(replace(context.senses[0], meaning=Meaning.LOCALE),))
        if (period := period_of(node, context)) is not None:
            self.visit(node.items[0], period[0])
            self.visit(node.items[1], period[1])
            return
        for item in node.items:
            if isinstance(item, MapNode):
                self.entry(item, context)
            else:
                self.visit(item, replace(context, is_item=True))

    def _map(self, node: MapNode, context: Context) -> None:
        self._fields(node, self._of_one_thing(node, context))

    def _fields(self, node: MapNode, context: Context) -> None:
        node, sizes = without_size(node, context)
        self.outcomes += sizes
        values = values_of_keys(node, context, self.products)
        parallel = parallel_lists(node, context)
        for key, child in node.entries:
            if key in values:
                self._below_value(values[key], child, context)
            elif key in parallel and isinstance(child, ListNode):
                self._parallel(child, of_container(context, key, 0)[0], parallel[key])
            else:
                self._field(key, child, context)

    def _of_one_thing(self, node: MapNode, context: Context) -> Context:
        """Return the context inside a map that is one product or one scene, with its place among them."""
        if context.section not in (Section.PRODUCTS, Section.SCENES):
            return context
        claims = claims_of_entry(node, context, self._answers)
        meanings = {claim.meaning for claim in claims}
        one = Meaning.PRODUCT_NAME if context.section is Section.PRODUCTS else Meaning.SCENE
        if one not in meanings and not (context.section is Section.PRODUCTS and Meaning.PRODUCT_ID in meanings):
            return context
        found = context_of_entry(claims, context, self.products, self.scenes)
        scope = replace(context.scope, product=found.scope.product, scene=found.scope.scene)
        return replace(context, scope=scope)

    def _field(self, key: str, child: Node, context: Context) -> None:
        if isinstance(child, Leaf):
            below, parts = of_field(context, key)
        else:
            below, parts = of_container(context, key, _known_inside(child))
        self.visit(child, self._numbered(below, key, parts))

    def _numbered(self, context: Context, key: str, parts: KeyParts) -> Context:
        """Return the context with the product or scene that a key numbers: `product_2`, `Product 2 Price`."""
        if not parts.number:
            return context
        sections = {section for word in words_of(key) for section in sections_of(word)[:1]}
        beside = context.best in OF_PRODUCTS and self.products.has_number(parts.number)
        if (Section.PRODUCTS in sections or beside) and context.scope.product is None:
            return context.within(product=self.products.numbered(parts.number))
        if Section.SCENES in sections and context.scope.scene is None:
            return context.within(scene=self.scenes.numbered(parts.number))
        return context

    def _below_value(self, value: KeyValue, child: Node, context: Context) -> None:
        below = self._within(value, context)
        first = next(leaves_of(child), None)
        if first is None:
            return
        if value.kind == "placement" and isinstance(child, Leaf) and child.kind != "text":
            self._ordered(value, child, below)
            return
        before = len(self.outcomes)
        if isinstance(child, MapNode) and value.kind == "product":
            below = replace(below, section=Section.PRODUCTS)
        if isinstance(child, MapNode) and value.kind in ("market", "locale"):
            self.entry(child, below)
        else:
            self.visit(child, below)
        if value.kind == "all" or (value.kind == "product" and self._is_named(before, below.scope.product)):
            return
        if value.kind == "placement" and any(_means(o, Meaning.PLACEMENT) for o in self.outcomes[before:]):
            return
        if before < len(self.outcomes) and all(_means(o, Meaning.PRICE) for o in self.outcomes[before:]):
            return
        self.outcomes.insert(before, self._claim_of_key(value, first, below))

    def _within(self, value: KeyValue, context: Context) -> Context:
        if value.kind == "locale" and value.locale:
            return context.within(locale=scope_of(value.locale))
        if value.kind == "market":
            return context.within(market=value.text)
        if value.kind == "placement":
            return context.within(placement=value.text)
        if value.kind == "product":
            return context.within(product=self.products.at(value.text))
        return context.within(scene=self.scenes.at(value.text)) if value.kind == "scene" else context

    def _ordered(self, value: KeyValue, leaf: Leaf, context: Context) -> None:
        """Give `story: true` and `banner: 3` their outcome."""
        if leaf.text.casefold() in ("false", "no", "0", "off"):
            self.outcomes.append(Listed(leaf, f"it says that '{value.text}' is not ordered"))
            return
        self.outcomes.append(Listed(leaf, f"it concerns '{value.text}'"))
        if context.section is Section.PLACEMENTS or context.best is Meaning.PLACEMENT:
            self.outcomes.append(self._claim_of_key(value, leaf, context))

    def _is_named(self, before: int, product: int | None) -> bool:
        return any(
            _means(outcome, Meaning.PRODUCT_NAME)
            and isinstance(outcome, Stated)
            and outcome.claim.scope.product == product
            for outcome in self.outcomes[before:]
        )

    def _claim_of_key(self, value: KeyValue, leaf: Leaf, context: Context) -> Stated:
        reason = f"the key '{value.text}' is a {'language' if value.kind == 'locale' else value.kind}"
        meaning = _OF_KEYS[value.kind]
        return Stated(Claim(leaf, meaning, context.scope, _KEY_SCORE, reason, value.text, from_key=True), context)

    def _parallel(self, node: ListNode, context: Context, parallel: Parallel) -> None:
        for index, item in enumerate(node.items):
            if isinstance(item, Leaf):
                for outcome in parallel.outcomes(item, index, context, self.products, self._answers):
                    self._add(outcome)

    def _leaf(self, leaf: Leaf, context: Context) -> None:
        for outcome in decide(leaf, context, self._answers):
            self._add(outcome)

    def _add(self, outcome: Outcome) -> None:
        if not isinstance(outcome, Stated):
            self.outcomes.append(outcome)
            return
        claim, context = outcome.claim, outcome.context
        priced = name_and_price_in(claim.text) if claim.meaning is Meaning.PRODUCT_NAME else None
        claim = replace(claim, text=priced[0]) if priced else claim
        claim = replace(claim, scope=self._scope(claim, context))
        self.outcomes.append(Stated(claim, context))
        if priced:
            price = replace(claim, meaning=Meaning.PRICE, reason="it stands behind the name", text=priced[1][0].text)
            self.outcomes.append(Stated(price, context))
        if context.currency and claim.meaning in (Meaning.PRICE, Meaning.BUDGET):
            reason = f"the key names the currency {context.currency}"
            money = replace(claim, meaning=Meaning.CURRENCY, reason=reason, text=context.currency, from_key=True)
            self.outcomes.append(Stated(money, context))

    def _scope(self, claim: Claim, context: Context) -> Scope:
        """Return the scope of a claim, with the place of the product or scene that it names."""
        scope = claim.scope
        if claim.meaning is Meaning.PRODUCT_NAME:
            if scope.product is None:
                scope = replace(scope, product=self.products.at(claim.text))
            self.products.name(scope.product or 0, claim.text)
        if claim.meaning is Meaning.PRODUCT_ID and scope.product is None and context.is_item:
            scope = replace(scope, product=self.products.at(claim.text))
        if claim.meaning is Meaning.SCENE and scope.scene is None:
            scope = replace(scope, scene=self.scenes.at(claim.text))
        if claim.meaning is Meaning.PLACEMENT and scope.placement and claim.text not in scope.placement:
            scope = replace(scope, placement=f"{context.channel or scope.placement} {claim.text}")
        if claim.meaning is Meaning.LOCALE and (found := locales_in(claim.text)):
            scope = replace(scope, locale=scope_of(found[0]))
        return scope if claim.meaning in _OF_SCENES else replace(scope, scene=None)


def _means(outcome: Outcome, meaning: Meaning) -> bool:
    return isinstance(outcome, Stated) and outcome.claim.meaning is meaning


def _known_inside(node: Node) -> int:
    if isinstance(node, ListNode):
        return max(map(_known_inside, node.items), default=0)
    if isinstance(node, Leaf):
        return 0
    return sum(is_known(key) for key, _ in node.entries)


def _named(entry: MapNode, called: str) -> str:
    place = f" ({entry.place})" if str(entry.place) else ""
    return f"the {called} at {'.'.join(map(str, entry.path)) or 'the top'}{place}"
