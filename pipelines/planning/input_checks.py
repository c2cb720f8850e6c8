"""Checks of what a brief names: its products' pictures and models, its sounds, its placements."""

from __future__ import annotations

from pathlib import Path

from foundry.brief.brief import Brief, Product
from foundry.channel.placement import Placement, resolve_placements
from foundry.errors import KEPT_PROBLEMS, FoundryError, Problem, Unusable, shorten
from foundry.inputs.door import Home, receive
from foundry.inputs.picture import PICTURE, PictureFacts, inspect_picture_once
from foundry.inputs.product_model import MODEL, ModelFacts, inspect_model
from foundry.inputs.product_view import View
from foundry.inputs.sound import SOUND, SoundFacts, inspect_sound
from foundry.plan.timeline import ordered_timeline


def inspect_products(
    brief: Brief, home: Path | Home
) -> tuple[dict[str, PictureFacts | ModelFacts], list[FoundryError]]:
    """Return the facts of products' pictures and models, by product id, and a problem for each unusable one.

    A file that several products name is inspected once. Once there are more problems than a refusal keeps, the files
    that are left are not opened.
    """
    facts: dict[str, PictureFacts | ModelFacts] = {}
    problems: list[FoundryError] = []
    inspected: dict[tuple[str | None, str | None, View | None], PictureFacts | ModelFacts | Unusable] = {}
    for index, product in enumerate(brief.products):
        file = product.model or product.picture
        if file is None:
            continue
        asked = (product.model, product.picture, product.view)
        if asked not in inspected:
            if len(problems) > KEPT_PROBLEMS:
                continue
            inspected[asked] = _inspected(product, home)
        found = inspected[asked]
        if isinstance(found, Unusable):
            problems.append(found.at(f"products[{index}].{'model' if product.model else 'picture'}", file))
        else:
            facts[product.id] = found
    return facts, problems


def _inspected(product: Product, home: Path | Home) -> PictureFacts | ModelFacts | Unusable:
    """Return the facts of a product's file, or the reason why it cannot be used."""
    try:
        return _inspect_product(product, home)
    except Unusable as error:
        return error


def _inspect_product(product: Product, home: Path | Home) -> PictureFacts | ModelFacts:
    if product.model:
        return inspect_model(receive(home, product.model, MODEL), product.view or View())
    found = inspect_picture_once(receive(home, product.picture or "", PICTURE))
    if found.blank:
        raise Unusable(found.file.short_name, f"shows no product: it {found.blank}", "give a picture of the product")
    return found


def inspect_sounds(brief: Brief, home: Path | Home) -> tuple[list[SoundFacts], list[FoundryError]]:
    """Return the facts of the films' audio files, and a problem for each unusable one."""
    sounds: list[SoundFacts] = []
    problems: list[FoundryError] = []
    for path, name in brief.film.sounds() if brief.film else ():
        try:
            sounds.append(inspect_sound(receive(home, name, SOUND)))
        except Unusable as error:
            problems.append(error.at(path, name))
    return sounds, problems


def check_placements(brief: Brief) -> tuple[tuple[Placement, ...], list[FoundryError]]:
    """Return the brief's placements, and a problem for each that is unknown or whose film no template serves.

    There are no placements where there is a problem.
    """
    problems: list[FoundryError] = []
    for index, name in enumerate(brief.placements):
        try:
            for placement in resolve_placements((name,)):
                ordered_timeline(brief.film, placement)
        except FoundryError as error:
            problems.append(Problem(f"placements[{index}]", shorten(name), "is refused", str(error)))
    return (() if problems else resolve_placements(brief.placements)), problems
