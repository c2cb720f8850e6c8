"""Checks of scenes: their compositions, and their words against what the drawing card reads; notes on unread words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from foundry.brief.brief import Brief, Product, Scene
from foundry.card.card import ModelCard
from foundry.card.selection import Cards
from foundry.errors import FoundryError, Problem, shorten
from foundry.plan.composition import VARY, composition_names
from foundry.plan.plan import Plan
from foundry.tenant import Tenant
from models.backdrop.prompt_compiler import compile_prompt
from models.prompt import compile_for
from models.prompt_length import PromptReach, reach_of
from pipelines.planning.scene_sets import read_set

TOLD = 20
"""Scenes whose unread words are told; the others are counted."""
WORDS = 12
"""Words that one sentence lists."""


def check_scenes(brief: Brief, tenant: Tenant, cards: Cards) -> Iterator[Problem]:
    """Yield a problem for each scene that would not be what its words say, as its card reads too few of them.

    None where the tenant wants to be warned only.
    """
    if tenant.models.unread_words == "warn":
        return
    known = (
        f"let the tenant draw with a card that reads it, or accept it with `models.unread_words: warn` in {tenant.id}"
    )
    reaches = _Reaches()
    for at, scene in enumerate(brief.settings()):
        if not cards.knows(scene.model):
            continue
        card = cards.of(scene.model).generate
        path = f"scenes[{at}].prompt" if brief.scenes else "prompt"
        hidden = _hides_products(card, reaches.of(card), scene.prompt, brief.products)
        if wrong := _misread(card, at, scene, tenant) or hidden:
            yield Problem(path, shorten(scene.prompt), wrong, f"reword it, {known}/tenant.yaml")


def check_compositions(brief: Brief) -> Iterator[Problem]:
    """Yield a problem for each scene whose composition is unknown."""
    known = composition_names()
    for at, scene in enumerate(brief.settings()):
        if scene.composition not in (None, VARY, *known):
            remedy = f"there is {', '.join(known)}, and {VARY} for another one in each alternative"
            yield Problem(f"scenes[{at}].composition", shorten(str(scene.composition)), "is no composition", remedy)


class _Reaches:
    """The reach of each card, worked out once."""

    def __init__(self) -> None:
        self._known: dict[str, PromptReach] = {}

    def of(self, card: ModelCard) -> PromptReach:
        """Return the reach of a card."""
        if card.digest not in self._known:
            self._known[card.digest] = reach_of(card)
        return self._known[card.digest]


def _misread(card: ModelCard, at: int, scene: Scene, tenant: Tenant) -> str:
    """Return why the card would draw something else; "" if it draws the scene."""
    if card.prompt_language != "backdrop":
        return ""
    if card.set:
        try:
            choice = read_set(at, scene, tenant)
        except FoundryError:  # told by `place_sets`
            return ""
        found, drawn = choice.read, choice.is_the_scene
    else:
        found = compile_prompt(scene.prompt)
        drawn = found.is_the_scene
    if drawn:
        return ""
    reads = f"only {_listed(found.understood)}" if found.understood else "none"
    return f"is not what {card.name} would draw: of its words it reads {reads}, and not {_listed(found.missing)}"


def _hides_products(card: ModelCard, reach: PromptReach, prompt: str, products: Iterable[Product]) -> str:
    """Return a clause if the first product that the card is to draw lies behind the end of what it reads."""
    drawn = next((product.name for product in products if not product.picture and not product.model), "")
    if not drawn or len(reach.unread_end(f"{prompt}. {drawn}")) < len(drawn):
        return ""
    return f"is so long that {card.name} does not read the product {shorten(drawn)} behind it"


def scene_notes(plan: Plan) -> Iterator[str]:
    """Yield the words that the drawing card does not read, by scene, and what it cannot be told to avoid."""
    reaches = _Reaches()
    told = [note for at in range(len(plan.scenes)) if (note := _note_scene(plan, at, reaches))]
    yield from told[:TOLD]
    if len(told) > TOLD:
        who = f"{plan.all_cards[0].generate.name} does" if len(plan.all_cards) == 1 else "their cards do"
        yield f"{len(told) - TOLD} more scenes have words that {who} not read."
    for cards in plan.all_cards:
        yield from _note_avoided(plan, cards.generate)


def _note_scene(plan: Plan, at: int, reaches: _Reaches) -> str:
    """Return the note on one scene; "" if its card reads all of it."""
    card, scene, placed = plan.cards_for(at).generate, plan.scenes[at], plan.set_for(at)
    who = f"Scene {scene.id}: {card.name}"
    if placed:
        return (
            f"{who} does not know {_listed(placed.ignored)}, and renders {placed.set.id} without."
            if placed.ignored
            else ""
        )
    if card.prompt_language == "backdrop":
        ignored = compile_prompt(scene.prompt).ignored
        return f"{who} does not know {_listed(ignored)}, and draws the scene without." if ignored else ""
    drawn = [number for number, subject in enumerate(plan.subjects) if not subject.picture]
    longest = max(drawn, key=lambda number: len(plan.subjects[number].words), default=0)
    order = plan.shot(longest, at, plan.sides[0][0], plan.sides[0][1], 0)
    unread = reaches.of(card).unread_end(compile_for(card, order).text)
    return f"{who} does not read the end of the prompt, {shorten(unread)}." if unread else ""


def _note_avoided(plan: Plan, card: ModelCard) -> Iterator[str]:
    """Yield a note if a card that reads no negative prompts is told to avoid something."""
    deaf = card.prompt_language == "backdrop" or (card.has_weights and card.guidance <= 1)
    drawn = (scene for at, scene in enumerate(plan.scenes) if plan.cards_for(at).generate.digest == card.digest)
    avoided = dict.fromkeys(plan.brief.avoid(scene) for scene in drawn) if deaf else {}
    said = [words for words in avoided if words]
    if said:
        more = f", and {len(said) - 1} more" if len(said) > 1 else ""
        yield f"{card.name} reads no negative prompts: {shorten(said[0])}{more} changes nothing that it draws."


def _listed(words: tuple[str, ...]) -> str:
    shown = ", ".join(word[:40] for word in words[:WORDS])
    return f"{shown} and {len(words) - WORDS} more" if len(words) > WORDS else shown
