"""The scenes of a strict brief."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from foundry.adoption.claims import EVERYWHERE, Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.facts import Facts, alike, leaves
from foundry.adoption.saying.ids import UniqueIds, slug
from foundry.adoption.saying.notebook import Notebook

STUDIO = "Seamless studio sweep, soft light from the left"
_NEGATION = re.compile(
    r"^(?:no|not|never|without|avoid(?:ing)?|(?:do not|don.t)(?: show| use| include)?|keine?[nrms]?|nicht|ohne|pas de|"
    r"sans|sin|ningún|ninguna|evitar|éviter|sem|não|nenhum|nenhuma|geen|zonder|niente|senza)\s+(?=\S)|^pas d[’'](?=\S)",
    re.IGNORECASE,
)
QUESTION, APART = "scenes by product", "apart"
_LONGEST_PROMPT, _LONGEST_AVOID, _LONGEST_ID = 500, 2_000, 40


def say_scenes(facts: Facts, notebook: Notebook) -> dict[str, Any]:
    """Return the strict scenes, and what all of them avoid."""
    facts = _for_all(facts, notebook)
    styles = _unscoped(facts, Meaning.STYLE)
    made: list[dict[str, str]] = []
    ids = UniqueIds()
    for group in _groups(facts):
        scene = _scene(group, styles, len(made), notebook)
        if scene and all(scene["prompt"] != other["prompt"] for other in made):
            scene["id"] = ids.take(scene["id"], f"-{len(made) + 1}")
            made.append(scene)
    if not made:
        made = [_default(styles, notebook)]
    avoid = _avoided(_avoided_everywhere(facts), "negative_prompt", notebook)
    _offer_apart(facts, notebook)
    return {"scenes": made, **({"negative_prompt": avoid} if avoid else {})}


def _unscoped(facts: Facts, meaning: Meaning) -> list[Claim]:
    return [claim for claim in facts.of(meaning) if _key(claim) == _key(None)]


def _avoided_everywhere(facts: Facts) -> list[Claim]:
    """Return what the file avoids in no certain scene, and in scenes of which it says nothing else."""
    said = {_key(claim) for claim in facts.of(Meaning.SCENE, Meaning.SCENE_NAME, Meaning.STYLE)} - {_key(None)}
    return [claim for claim in facts.of(Meaning.AVOID) if _key(claim) not in said]


def _for_all(facts: Facts, notebook: Notebook) -> Facts:
    """Return the facts without scenes of one market or placement, where the campaign has scenes for all of them.

    In a campaign of one product, what is said of its scene is said of all.
    """
    mine = facts.of(Meaning.SCENE, Meaning.SCENE_NAME, Meaning.STYLE, Meaning.AVOID)
    narrow = [claim for claim in mine if claim.scope.market or claim.scope.placement]
    if len(narrow) < len(mine):
        notebook.leave(leaves(narrow), "the scenes of a brief are for all of its markets and placements")
        mine = [claim for claim in mine if not claim.scope.market and not claim.scope.placement]
    if len({claim.scope.product for claim in facts.claims} - {None}) < 2:
        mine = [replace(claim, scope=replace(claim.scope, product=None)) for claim in mine]
    return Facts(tuple(mine))


def _key(claim: Claim | None) -> tuple[int, int, str]:
    """Return what tells the scene of a claim from others: its product, its position, its market."""
    scope = claim.scope if claim else EVERYWHERE
    product, scene = -1 if scope.product is None else scope.product, -1 if scope.scene is None else scope.scene
    return product, scene, scope.market


def _groups(facts: Facts) -> list[list[Claim]]:
    """Return the claims of each scene: of each position, of each product, and of none, which are one scene."""
    groups: dict[tuple[int, int, str], list[Claim]] = {}
    for claim in facts.of(Meaning.SCENE, Meaning.SCENE_NAME, Meaning.STYLE, Meaning.AVOID):
        if _key(claim) == _key(None) and claim.meaning in (Meaning.STYLE, Meaning.AVOID):
            continue
        groups.setdefault(_key(claim), []).append(claim)
    return [groups[key] for key in sorted(groups)]


def _scene(group: list[Claim], styles: list[Claim], index: int, notebook: Notebook) -> dict[str, str]:
    """Return one scene: its own words, its style, then the style of all; {} where nothing is to be drawn."""
    where = f"scenes[{index}]"
    by = {meaning: [claim for claim in group if claim.meaning == meaning] for meaning in Meaning}
    words, names = by[Meaning.SCENE] or by[Meaning.SCENE_NAME], by[Meaning.SCENE_NAME]
    own = words + by[Meaning.STYLE]
    if not own:
        return {}
    prompt = _prompt([*own, *styles], f"{where}.prompt", notebook)
    if names and by[Meaning.SCENE]:
        notebook.take(f"{where}.id", names, slug(names[0].text)[:_LONGEST_ID].strip("-"))
    avoid = _avoided(by[Meaning.AVOID], f"{where}.negative_prompt", notebook)
    made = {"id": slug((names or words or own)[0].text)[:_LONGEST_ID].strip("-"), "prompt": prompt}
    return made | ({"negative_prompt": avoid} if avoid else {})


def _prompt(claims: list[Claim], field: str, notebook: Notebook) -> str:
    """Return the texts as one prompt; what does not fit in is left, unless it is the first."""
    prompt = ""
    for text, group in alike(claims).items():
        plain = " ".join(text.split())
        longer = f"{prompt.rstrip('.')}, {plain}" if prompt else plain
        if prompt and len(longer) > _LONGEST_PROMPT:
            notebook.leave(leaves(group), f"a prompt has at most {_LONGEST_PROMPT} characters")
            continue
        prompt = longer
        notebook.take(field, group)
    return prompt


def _default(styles: list[Claim], notebook: Notebook) -> dict[str, str]:
    if styles:
        return {"id": "style", "prompt": _prompt(styles, "scenes[0].prompt", notebook)}
    notebook.decide("scenes[0].prompt", STUDIO, "no scene is described")
    return {"id": "studio", "prompt": STUDIO}


def _avoided(claims: list[Claim], field: str, notebook: Notebook) -> str:
    said: list[str] = []
    for text, group in alike(claims).items():
        plain = _NEGATION.sub("", text).strip()
        if len(", ".join([*said, plain])) > _LONGEST_AVOID:
            notebook.leave(leaves(group), "the list of what to avoid is long enough without it")
            continue
        said.append(plain)
        if plain == text:
            notebook.take(field, group)
        else:
            notebook.decide(field, plain, "what to avoid is named without its negation", group)
    return ", ".join(dict.fromkeys(said))


def _offer_apart(facts: Facts, notebook: Notebook) -> None:
    """Offer a brief for each product where products have scenes of their own."""
    own = [claim for claim in facts.of(Meaning.SCENE, Meaning.STYLE) if claim.scope.product is not None]
    texts: dict[int | None, set[str]] = {}
    for claim in own:
        texts.setdefault(claim.scope.product, set()).add(claim.text)
    if len(texts) < 2 or len({frozenset(each) for each in texts.values()}) < 2:
        return
    if notebook.answer(QUESTION):
        return
    choices = [
        Choice("together", "one brief, which shows every product in every scene"),
        Choice(APART, "a brief for each product, with its own scene"),
    ]
    text = f"{len(texts)} products have scenes of their own, and a brief shows every product in every scene."
    notebook.ask(QUESTION, text, choices, default="together", needed=False, shared=True)
