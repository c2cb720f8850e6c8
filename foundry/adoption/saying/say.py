"""Saying: the strict brief of what was understood, the reason of each decision, and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from foundry.adoption.claims import Understanding, UnderstoodCampaign
from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import COPY, Meaning
from foundry.adoption.said import Adoption, Said
from foundry.adoption.saying import copy_of_products, scenes
from foundry.adoption.saying.avoiding import with_avoided_apart
from foundry.adoption.saying.brand import say_tenant, say_tenant_file
from foundry.adoption.saying.copy_of_locales import spoken_copy
from foundry.adoption.saying.copy_of_products import for_all_products
from foundry.adoption.saying.doubts import ask_doubts, possible_brands, possible_headlines
from foundry.adoption.saying.facts import Facts, alike, leaves
from foundry.adoption.saying.ids import UniqueIds, slug
from foundry.adoption.saying.limits import say_limits
from foundry.adoption.saying.locales import language, spoken_in, territory
from foundry.adoption.saying.market import Market, market_of, say_market
from foundry.adoption.saying.messages import say_messages
from foundry.adoption.saying.metadata import metadata_of
from foundry.adoption.saying.notebook import Notebook
from foundry.adoption.saying.placeholders import is_placeholder
from foundry.adoption.saying.placements import say_placements
from foundry.adoption.saying.placing import placed
from foundry.adoption.saying.products import say_pictureless, say_products
from foundry.adoption.saying.scenes import say_scenes
from foundry.adoption.saying.setting import Setting
from foundry.adoption.saying.words_on_files import printed_line
from foundry.brief.brief import Brief
from foundry.brief.intake import parse
from foundry.documents.writing import yaml_text
from foundry.errors import Refusals
from foundry.names import is_slug

_LONGEST_NAME = 500
_AS_THEY_ARE = frozenset({*COPY, Meaning.REGION, Meaning.LOCALE, Meaning.APPROVAL, Meaning.NOTE})


@dataclass(frozen=True)
class _Order:
    """A campaign to say: its facts, and the product's name if it is one of several briefs of a campaign."""

    understood: UnderstoodCampaign
    facts: Facts
    product: str = ""


def say(understanding: Understanding, answers: Mapping[str, str], setting: Setting) -> Adoption:
    """Return the strict briefs of what was understood, as far as answers and the file decide them."""
    several = len(understanding.campaigns) > 1
    ids, names, found = UniqueIds(), UniqueIds(), list[Said]()
    for number, campaign in enumerate(understanding.campaigns, start=1):
        facts = placed(with_avoided_apart(Facts(campaign.claims)))
        own = names.take(_campaign_slug(facts, setting), f"-{number}") if several else ""
        notebook = Notebook(answers, own)
        for order in _orders(campaign, facts, notebook):
            found.append(_say_one(order, Notebook(answers, own), setting, ids, f"-{number}"))
    return Adoption(tuple(found), tuple(dict.fromkeys(understanding.notes)))


def as_yaml(brief: Brief) -> str:
    """Return a strict brief as YAML for people: block style, defaults left out."""
    return yaml_text(brief.model_dump(mode="json", exclude_defaults=True))


def _orders(campaign: UnderstoodCampaign, facts: Facts, notebook: Notebook) -> Iterator[_Order]:
    """Yield the campaign, or a part of it for each product if that is what people answered."""
    wanted = {
        notebook.answer(copy_of_products.QUESTION) == copy_of_products.APART,
        notebook.answer(scenes.QUESTION) == scenes.APART,
    }
    if True not in wanted or len(facts.products) < 2:
        yield _Order(campaign, facts)
        return
    for product in facts.products:
        named = facts.of_product(product, Meaning.PRODUCT_NAME, Meaning.PRODUCT_ID)
        yield _Order(campaign, facts.of_one_product(product), named[0].text if named else f"product {product + 1}")


def _say_one(order: _Order, notebook: Notebook, setting: Setting, ids: UniqueIds, ending: str) -> Said:
    ask_doubts(order.understood.doubts, notebook)  # first: their answers may settle what is asked below
    facts = _given(order.facts, notebook)
    tenant = say_tenant(facts, setting.tenant, setting.tenant_ids, possible_brands(order.understood.listed), notebook)
    campaign = _say_campaign(order, setting, ids, ending, notebook)
    market = market_of(facts, notebook)
    spoken = spoken_copy(for_all_products(facts, notebook), market, notebook)
    candidates = possible_headlines(order.understood.doubts, order.understood.listed)
    messages = say_messages(spoken, market, candidates, notebook)
    locales = list(messages) or list(market.ordered)
    products = say_products(facts, _of_prices(locales, market), setting.folder, notebook)
    draft: dict[str, Any] = {
        **({"tenant": tenant} if tenant else {}),
        "campaign": campaign,
        "market": say_market(facts, market, list(market.ordered), notebook),
        "products": products,
        **say_pictureless(products, notebook),
        **say_scenes(facts, notebook),
        "messages": messages,
        "placements": say_placements(facts, notebook),
        **say_limits(facts, locales, setting.folder, notebook),
    }
    tenant_file = say_tenant_file(tenant, facts, setting.tenant_ids, setting.folder, notebook)
    _leave_the_rest(order, notebook)
    _add_metadata(draft, notebook)
    brief, problems = _parsed(draft, notebook)
    return Said(
        draft=draft, brief=brief, decisions=notebook.decisions, questions=notebook.questions, listed=notebook.listed,
        problems=problems, tenant=tenant_file,
    )  # fmt: skip


def _of_prices(locales: list[str], market: Market) -> list[str]:
    """Return the locales by which prices are read: those of the market, where the copy is in a language of no country.

    So "100 kr" beside English copy in the Nordics has several readings.
    """
    named = [tag for tag in locales if territory(tag).isalpha()]
    at_home = {language(spoken) for tag in named for spoken in spoken_in(territory(tag))}
    if all(language(tag) in at_home for tag in named):
        return locales
    return list(dict.fromkeys((*(spoken_in(country)[0] for country in market.countries), *locales)))


def _given(facts: Facts, notebook: Notebook) -> Facts:
    """Return the facts without values that nobody has given yet; copy keeps them, since its locale is ordered."""
    absent = [claim for claim in facts.claims if claim.meaning not in _AS_THEY_ARE and is_placeholder(claim.text)]
    notebook.leave(leaves(absent), "it stands for a value that is not given yet")
    gone = set(map(id, absent))
    return Facts(tuple(claim for claim in facts.claims if id(claim) not in gone)) if absent else facts


def _campaign_slug(facts: Facts, setting: Setting) -> str:
    """Return the id that tells a campaign's questions from those of others in the file."""
    named = facts.of(Meaning.CAMPAIGN_ID, Meaning.CAMPAIGN_NAME)
    return slug(named[0].text if named else PurePath(setting.file_name).stem)


def _say_campaign(order: _Order, setting: Setting, ids: UniqueIds, ending: str, notebook: Notebook) -> dict[str, str]:
    """Return the campaign's id and name; a file's name stands for one that is missing."""
    names, numbers = alike(order.facts.of(Meaning.CAMPAIGN_NAME)), alike(order.facts.of(Meaning.CAMPAIGN_ID))
    number = next(iter(numbers), "")
    name = max(names, key=lambda text: max(claim.score for claim in names[text])) if names else number
    if names:
        notebook.take("campaign.name", names[name], name)
        others = [claim for text, group in names.items() if text != name for claim in group]
        notebook.leave(leaves(others), f"the campaign is called {name[:60]!r}")
    elif number:
        notebook.decide("campaign.name", name, "no name is given, so its id stands for it", numbers[number])
    else:
        name = PurePath(setting.file_name).stem.replace("_", " ").replace("-", " ").strip().title() or "Campaign"
        notebook.decide("campaign.name", name, "no name is given; this is the file's")
    name = printed_line(name, "campaign.name", notebook)
    made = number if is_slug(number) else slug(number or name)
    if order.product:
        made, name = slug(f"{made} {order.product}"), f"{name}: {order.product}"
    unique = ids.take(made, ending)
    if numbers:
        notebook.take("campaign.id", numbers[number], unique)
        notebook.leave(
            leaves(claim for text, group in numbers.items() if text != number for claim in group),
            f"the campaign's id is {number[:60]!r}",
        )
    else:
        notebook.decide("campaign.id", unique, f"made of the name {name[:60]!r}", score=0.9)
    return {"id": unique, "name": " ".join(name.split())[:_LONGEST_NAME]}


def _leave_the_rest(order: _Order, notebook: Notebook) -> None:
    """Leave everything that no field took, so that no leaf is lost."""
    for listed in order.understood.listed:
        notebook.leave([listed.leaf], listed.reason)
    settled = notebook.asked | {each.leaf for each in notebook.listed}
    for claim in order.facts.claims:
        if claim.leaf in settled or notebook.has_taken(claim) or claim.from_key:
            continue
        plain = claim.meaning in (Meaning.NOTE, Meaning.APPROVAL)
        reason = claim.reason if plain else f"{claim.reason}; no field of the brief takes this {claim.meaning.value}"
        notebook.leave([claim.leaf], reason, part=True)


def _add_metadata(draft: dict[str, Any], notebook: Notebook) -> None:
    kept: list[Leaf] = [each.leaf for each in notebook.listed]
    if not kept:
        return
    draft["metadata"], left_out = metadata_of(kept)
    if left_out:
        reason = f"{left_out} of {len(kept)} values are beyond the limits of metadata and stay in the file alone"
        notebook.decide("metadata", f"{len(kept) - left_out} values", reason)


def _parsed(draft: Mapping[str, Any], notebook: Notebook) -> tuple[Brief | None, tuple[str, ...]]:
    """Return the strict brief, or the sentences on why it is refused; neither while a needed question is open."""
    if any(question.needed for question in notebook.questions):
        return None, ()
    try:
        return parse(dict(draft)), ()
    except Refusals as refused:
        return None, tuple(str(problem) for problem in refused.problems)
