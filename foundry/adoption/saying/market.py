"""The market: regions and audience of a campaign, and the locales that it orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.saying.facts import Facts, alike
from foundry.adoption.saying.locales import (
    countries_of,
    in_countries,
    language,
    locale_named,
    same_language,
    spoken_in,
    territory,
)
from foundry.adoption.saying.notebook import Notebook

_LONGEST_AUDIENCE = 2_000


@dataclass
class Market:
    """The regions of a campaign as they stand, their countries, and its locales in the order in which they come up.

    ordered: the locales that the file orders by name, with the claims that do so. of_region: the locales that the file
    names for a region of its own.
    """

    regions: dict[str, list[Claim]] = field(default_factory=dict)
    ordered: dict[str, list[Claim]] = field(default_factory=dict)
    of_region: dict[str, list[str]] = field(default_factory=dict)

    def by_name(self) -> Market:
        """Return the market with those locales alone that the file orders by name."""
        ordered = {tag: list(claims) for tag, claims in self.ordered.items() if claims}
        return Market(self.regions, ordered, {region: list(tags) for region, tags in self.of_region.items()})

    @property
    def countries(self) -> tuple[str, ...]:
        """The ISO 3166 codes of the regions' countries, each once."""
        return tuple(dict.fromkeys(code for region in self.regions for code in countries_of(region)))

    def add(self, region: str, claims: list[Claim]) -> None:
        """Add a region; another name of a region that is known ("FR" beside "France") is the same."""
        folded, countries = region.casefold(), countries_of(region)
        same = (
            each
            for each in self.regions
            if each.casefold() == folded or (countries and countries_of(each) == countries)
        )
        self.regions.setdefault(next(same, region), []).extend(claims)

    def order(self, tag: str, claims: list[Claim], region: str = "") -> None:
        """Add a locale, which a region may have for its own."""
        self.ordered.setdefault(tag, []).extend(claims)
        if region and tag not in self.of_region.setdefault(region, []):
            self.of_region[region].append(tag)

    def locales_of(self, tag: str, region: str = "") -> tuple[str, ...]:
        """Return the ordered locales of a language or locale; if there is none, its locale in the region or market."""
        found = same_language(tag, self.ordered)
        return found or (in_countries(tag, countries_of(region) if region else self.countries),)


def market_of(facts: Facts, notebook: Notebook) -> Market:
    """Return the regions and the ordered locales that the claims name."""
    market = Market()
    named = facts.of(Meaning.REGION)
    for claim in [claim for claim in named if not _of_product(claim)] or named:
        tag = locale_named(claim.text) if territory(claim.text) else ""
        if tag:
            market.order(tag, [claim])
            notebook.take(f"messages.{tag}", [claim], tag)
        market.add(territory(tag) if tag else claim.text, [claim])
    _add_scopes(facts, market)
    for claim in facts.of(Meaning.LOCALE):
        if not _of_product(claim):
            _order(claim, market, notebook)
    return market


def _of_product(claim: Claim) -> bool:
    """Return True for a key of a product's own map: the regions of its prices, the languages of its description."""
    return claim.from_key and claim.scope.product is not None


def _add_scopes(facts: Facts, market: Market) -> None:
    """Add the regions that claims are scoped to and that no claim names; those of products only without others."""
    scoped = [claim for claim in facts.claims if claim.scope.market]
    own = [claim for claim in scoped if claim.scope.product is None]
    for region in dict.fromkeys(claim.scope.market for claim in (own if own or market.regions else scoped)):
        market.add(region, [])


def _order(claim: Claim, market: Market, notebook: Notebook) -> None:
    tag = claim.scope.locale if territory(claim.scope.locale) else locale_named(claim.text)
    countries = countries_of(claim.scope.market) if claim.scope.market else market.countries
    if not tag:
        there = [tag for country in countries_of(claim.text) for tag in spoken_in(country)[:1]]
        if not there:
            notebook.leave([claim.leaf], f"{claim.text!r} names no language that is known")
            return
        tag = there[0]
    full = in_countries(tag, countries)
    market.order(full, [] if claim.from_key else [claim], claim.scope.market)
    notebook.take(f"messages.{full}", [claim], full)


def say_market(facts: Facts, market: Market, locales: list[str], notebook: Notebook) -> dict[str, Any]:
    """Return the strict brief's market. Without a named region, its regions are those of the locales."""
    for region, claims in market.regions.items():
        if claims:
            notebook.take("market.regions", claims, region)
    regions = [region for region in market.regions if not _is_heading(region, market)]
    if not regions:
        regions = list(dict.fromkeys(territory(tag) or language(tag) for tag in locales)) or ["US"]
        reason = "no region is named; these are the regions of the campaign's locales"
        notebook.decide("market.regions", ", ".join(regions), reason)
    audience = _audience(facts, notebook)
    return {"regions": regions, **({"audience": audience} if audience else {})}


def _is_heading(region: str, market: Market) -> bool:
    """Return True for a group of countries that is a map's key above regions of its own ("EMEA" above "Germany")."""
    inside = set(countries_of(region))
    others = [set(countries_of(other)) for other in market.regions if other != region]
    from_keys = all(claim.from_key for claim in market.regions[region])
    return from_keys and len(inside) > 1 and any(other and other < inside for other in others)


def _audience(facts: Facts, notebook: Notebook) -> str:
    said = ""
    texts = alike(facts.of(Meaning.AUDIENCE))
    for text, claims in texts.items():
        if any(other.startswith(f"{text} ") for other in texts):
            notebook.take("market.audience", claims, text)
            continue
        longer = f"{said}, {text}" if said else text
        if len(longer) > _LONGEST_AUDIENCE:
            notebook.leave([claim.leaf for claim in claims], "the audience is long enough without it")
            continue
        said = longer
        notebook.take("market.audience", claims, text)
    return said
