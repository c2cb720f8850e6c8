"""The products of a strict brief."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.facts import PRODUCT, Facts, alike, leaves, place_of
from foundry.adoption.saying.files import MODELS, PICTURES, named_files
from foundry.adoption.saying.ids import UniqueIds, slug
from foundry.adoption.saying.locales import locale_named, same_language
from foundry.adoption.saying.notebook import Notebook
from foundry.adoption.saying.prices import say_prices
from foundry.adoption.saying.words_on_files import printed_line
from foundry.adoption.shapes import parts_of
from foundry.names import is_slug

PICTURELESS = "products without pictures"
_PICTURELESS = (("draw", "a card that draws products draws it from its words"), ("words", "its name, set as type"))
_LONGEST_TEXT = 2_000


def say_products(facts: Facts, locales: Sequence[str], folder: Path, notebook: Notebook) -> list[dict[str, Any]]:
    """Return the strict products; a question is asked if there is none."""
    ids, made = UniqueIds(), list[dict[str, Any]]()
    for product in facts.products:
        index = len(made)
        one = _say_product(product, index, facts, locales, notebook)
        if not one:
            continue
        one["id"] = _unique(str(one["id"]), index, ids, notebook)
        one |= _shown(product, one, index, facts, folder, notebook)
        prices = say_prices(product, one["id"], facts, locales, notebook)
        made.append(one | ({"prices": prices} if prices else {}))
    return made if facts.products else _asked_for(facts, notebook)


def _unique(wanted: str, index: int, ids: UniqueIds, notebook: Notebook) -> str:
    found = ids.take(wanted, f"-{index + 1}")
    if found != wanted:
        notebook.decide(f"products[{index}].id", found, f"another product has the id {wanted!r}", score=0.9)
    return found


def say_pictureless(products: list[dict[str, Any]], notebook: Notebook) -> dict[str, str]:
    """Return how products without a picture are shown, as answered; offer the question where there are some."""
    bare = [str(product["name"]) for product in products if "picture" not in product and "model" not in product]
    if not bare:
        return {}
    answer = notebook.answer(PICTURELESS)
    if answer in dict(_PICTURELESS):
        notebook.decide("products_without_pictures", answer, "as answered", score=1)
        return {"products_without_pictures": answer}
    shown = ", ".join(bare[:3]) + (f" and {len(bare) - 3} more" if len(bare) > 3 else "")
    text = f"No picture shows {shown}. The plan is refused unless a card draws products. What shall stand in its place?"
    choices = [Choice(*each) for each in _PICTURELESS]
    notebook.ask(PICTURELESS, text, choices, default="draw", needed=False, shared=True)
    return {}


def _asked_for(facts: Facts, notebook: Notebook) -> list[dict[str, Any]]:
    """Ask which products there are, or take the answer: names with commas between them."""
    names = parts_of(notebook.answer("product"), at_words=False)
    ids = UniqueIds()
    for name in names:
        notebook.decide("products", name, "as answered", score=1)
    if not names:
        choices = [Choice(claim.text, "the campaign's name") for claim in facts.of(Meaning.CAMPAIGN_NAME)[:1]]
        text = "No product is named. Which products does the campaign show? Write commas between several."
        notebook.ask("product", text, choices)
    return [{"id": ids.take(slug(name), f"-{at}"), "name": name} for at, name in enumerate(names, start=1)]


def _say_product(product: int, index: int, facts: Facts, locales: Sequence[str], notebook: Notebook) -> dict[str, Any]:
    where = f"products[{index}]"
    name = _name(product, where, facts, locales, notebook)
    number = _best(facts.of_product(product, Meaning.PRODUCT_ID), locales, notebook, "the product has another id")
    if not name and not number:
        name = _asked_name(product, index, facts, notebook)
    if not name and not number:
        return {}
    if not name and number:
        name = printed_line(number[0].text, f"{where}.name", notebook)
        notebook.decide(f"{where}.name", name, "the product has no name, so its id stands for it", number, score=0.6)
    text = number[0].text.strip() if number else name
    made = text if is_slug(text) else slug(text)
    if number:
        notebook.take(f"{where}.id", number, made)
    else:
        notebook.decide(f"{where}.id", made, f"made of the name {name!r}", score=0.9)
    return {"id": made, "name": name, **_texts(product, where, facts, locales, notebook)}


def _name(product: int, where: str, facts: Facts, locales: Sequence[str], notebook: Notebook) -> str:
    best = _best(facts.of_product(product, Meaning.PRODUCT_NAME), locales, notebook, "the product has another name")
    if not best:
        return ""
    name = printed_line(best[0].text, f"{where}.name", notebook)
    notebook.take(f"{where}.name", best, name)
    return name


def _asked_name(product: int, index: int, facts: Facts, notebook: Notebook) -> str:
    own = facts.of_product(product, *PRODUCT)
    question = f"name of product {index + 1}"
    if answer := notebook.answer(question):
        notebook.decide(f"products[{index}].name", answer, "as answered", score=1)
        return answer
    choices = [Choice(claim.text, claim.meaning.value) for claim in own[:6] if len(claim.text) <= 60]
    notebook.ask(question, f"Product {index + 1} has no name. What is it called?", choices, leaves(own))
    return ""


def _best(claims: list[Claim], locales: Sequence[str], notebook: Notebook, reason: str) -> list[Claim]:
    """Return the claims of the text that stands: of no language or the first locale's, then the surest."""
    if not claims:
        return []
    best = max(claims, key=lambda claim: (_nearness(claim, locales), claim.score))
    others = [claim for group in alike(claims).values() if best not in group for claim in group]
    notebook.leave(leaves(others), f"{reason}, {best.text[:60]!r}")
    return [best, *(claim for claim in claims if claim not in others and claim is not best)]


def _nearness(claim: Claim, locales: Sequence[str]) -> int:
    tag = locale_named(claim.scope.locale) if claim.scope.locale else ""
    if not tag:
        return len(locales) + 1
    places = [at for at, each in enumerate(locales) if same_language(tag, [each])]
    return len(locales) - places[0] if places else -1


def _texts(product: int, where: str, facts: Facts, locales: Sequence[str], notebook: Notebook) -> dict[str, str]:
    """Return the description and the category, of which several are joined."""
    made = {}
    for meaning, key in ((Meaning.PRODUCT_DESCRIPTION, "description"), (Meaning.PRODUCT_CATEGORY, "category")):
        claims = facts.of_product(product, meaning)
        nearest = max((_nearness(claim, locales) for claim in claims), default=0)
        near = [claim for claim in claims if _nearness(claim, locales) == nearest]
        notebook.leave(leaves(claim for claim in claims if claim not in near), f"the {key} in another language stands")
        text = ""
        for each, group in alike(near).items():
            longer = f"{text}{' ' if text.endswith(('.', '!', '?', '。')) else ', '}{each}" if text else each
            if len(longer) > _LONGEST_TEXT:
                notebook.leave(leaves(group), f"the {key} is long enough without it")
                continue
            text = longer
            notebook.take(f"{where}.{key}", group)
        if text:
            made[key] = printed_line(text, f"{where}.{key}", notebook)
    return made


def _shown(
    product: int, one: dict[str, Any], index: int, facts: Facts, folder: Path, notebook: Notebook
) -> dict[str, str]:
    """Return the picture or the model that shows a product."""
    where, number, name = f"products[{index}]", str(one["id"]), str(one["name"])
    pictures = _usable(facts.of_product(product, Meaning.PRODUCT_PICTURE), folder, PICTURES, notebook)
    models = _usable(facts.of_product(product, Meaning.PRODUCT_MODEL), folder, MODELS, notebook)
    for kind, files in (("picture", pictures), ("model", models)):
        if files:
            file, named, reason, score = files[0]
            notebook.decide(f"{where}.{kind}", file, reason, named, score=score)
            rest = leaves(claim for other in (*files[1:], *(models if kind == "picture" else [])) for claim in other[1])
            notebook.leave(rest, f"the product is shown by {file!r}", part=True)
            return {kind: file}
    if (answer := notebook.answer(f"picture of {number}")) and named_files(answer, folder, PICTURES)[0].name:
        notebook.decide(f"{where}.picture", answer, "as answered", score=1)
        return {"picture": named_files(answer, folder, PICTURES)[0].name}
    if not answer:
        _ask_picture(number, name, facts.of_product(None, Meaning.PRODUCT_PICTURE), notebook)
    reason = "the file gives it no picture: a card that draws products must draw it, or its name is set as type"
    notebook.decide(f"{where}.picture", "", reason)
    return {}


def _ask_picture(number: str, name: str, spare: list[Claim], notebook: Notebook) -> None:
    """Ask which of the pictures that no product is named for shows a product."""
    if spare:
        choices = [Choice(claim.text, place_of(claim.leaf)) for claim in spare[:9]] + [
            Choice("none", "it has no picture")
        ]
        text = f"Which picture shows {name}? The file does not say."
        notebook.ask(f"picture of {number}", text, choices, leaves(spare))


def _usable(
    claims: list[Claim], folder: Path, endings: tuple[str, ...], notebook: Notebook
) -> list[tuple[str, list[Claim], str, float]]:
    """Return the files that can be named, with claims, reason and score; those that are there come first."""
    found: dict[str, tuple[str, list[Claim], str, float]] = {}
    missing: dict[str, tuple[str, list[Claim], str, float]] = {}
    for claim in claims:
        for file in named_files(claim.text, folder, endings):
            if not file.name:
                notebook.leave([claim.leaf], file.because, part=True)
                continue
            reason = "; ".join(part for part in (claim.reason, file.because) if part)
            score = 0.9 if file.there and not file.because else 0.8 if file.there else 0.6
            kept = (found if file.there else missing).setdefault(file.name, (file.name, [], reason, score))
            kept[1].append(claim)
    return [*found.values(), *missing.values()]
