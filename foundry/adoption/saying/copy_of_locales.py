"""The locales that each piece of copy is for: its own, its market's, or those of the language that it is in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import COPY, Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.facts import Facts, leaves
from foundry.adoption.saying.language import likely_languages
from foundry.adoption.saying.locales import (
    abroad,
    countries_of,
    in_countries,
    language,
    locale_named,
    same_language,
    spoken_in,
    territory,
)
from foundry.adoption.saying.market import Market
from foundry.adoption.saying.notebook import DEFAULTED, Notebook
from foundry.adoption.saying.placeholders import is_placeholder

NARROW, OWN, MARKET, LANGUAGE, BASE = 0, 4, 3, 2, 1
"""Ranks of copy for one locale: for a placement alone, by its locale, by its market, by its language, by nothing."""
FALLBACK, ALL = "en-US", "all"
MAIN = (Meaning.HEADLINE, Meaning.MESSAGE)
_CHOICES = 9


@dataclass(frozen=True)
class Spoken:
    """A claim of copy, the locales that it is for, and its rank there: the copy of the highest rank stands.

    Copy in a language that nobody ordered is for no locale.
    """

    claim: Claim
    locales: tuple[str, ...]
    rank: int


def spoken_copy(facts: Facts, market: Market, notebook: Notebook) -> list[Spoken]:
    """Return all copy with its locales. Locales that only copy names are ordered by it."""
    claims = facts.of(*COPY)
    named = market.by_name()
    by_locale = [claim for claim in claims if claim.scope.locale]
    by_locale.sort(key=lambda claim: not territory(claim.scope.locale))
    found = [_by_locale(claim, market, named) for claim in by_locale]
    free = [claim for claim in claims if not claim.scope.locale]
    by_market: dict[str, list[Claim]] = {}
    for claim in claims:
        if not claim.scope.locale and claim.scope.market:
            by_market.setdefault(claim.scope.market, []).append(claim)
    for region, own in by_market.items():
        tags = _locales_of_region(region, own, free, market, notebook)
        found += [Spoken(claim, tags, MARKET) for claim in own]
    base = [claim for claim in claims if not claim.scope.locale and not claim.scope.market]
    worded = [claim for claim in base if any(letter.isalpha() for letter in claim.text)]
    if worded or (base and not market.ordered):
        tags = _locales_of_base(worded or base, market, found, notebook)
        found += [Spoken(claim, tags, _rank_of_base(claim)) for claim in worded]
    wordless = [claim for claim in base if claim not in worded]  # "18+" and "-20%" are in every language
    found += [Spoken(claim, tuple(market.ordered), _rank_of_base(claim)) for claim in wordless]
    _sort_locales(facts, found, market, named)
    return [each for each in found if not _is_unwritten(each.claim, notebook)]


def _rank_of_base(claim: Claim) -> int:
    return NARROW if claim.scope.placement else BASE


def _sort_locales(facts: Facts, found: list[Spoken], market: Market, named: Market) -> None:
    """Put the locales into the order of the file: those that are ordered by name first, then those of copy."""
    places = {id(claim): at for at, claim in enumerate(facts.claims)}
    first: dict[str, int] = {}
    for each in found:
        for tag in each.locales:
            first[tag] = min(places[id(each.claim)], first.get(tag, len(places)))
    rest = sorted((tag for tag in market.ordered if tag not in named.ordered), key=lambda tag: first.get(tag, -1))
    market.ordered = {tag: market.ordered[tag] for tag in (*named.ordered, *rest)}


def _is_unwritten(claim: Claim, notebook: Notebook) -> bool:
    """Return True for a placeholder in place of copy, which is left; its locale stays ordered."""
    unwritten = is_placeholder(claim.text)
    if unwritten:
        notebook.leave([claim.leaf], "it stands for copy that is not written yet")
    return unwritten


def _by_locale(claim: Claim, market: Market, named: Market) -> Spoken:
    """Return copy of a stated locale. named: the locales that were ordered by name.

    A language alone serves the locales that were ordered in it, or its usual one, which comes with the locales of the
    language that have copy of their own and add to it.
    """
    tag, region = locale_named(claim.scope.locale) or claim.scope.locale, claim.scope.market
    full = in_countries(tag, countries_of(region) if region else market.countries)
    if territory(tag):
        market.order(full, [], region)
        return Spoken(claim, (full,), OWN)
    if own := same_language(tag, named.of_region.get(region, ())):
        return Spoken(claim, own, OWN)
    if ordered := same_language(tag, named.ordered):
        return Spoken(claim, ordered, LANGUAGE)
    market.order(full, [], region)
    return Spoken(claim, (full, *(each for each in same_language(tag, market.ordered) if each != full)), LANGUAGE)


def _locales_of_region(
    region: str, claims: list[Claim], others: list[Claim], market: Market, notebook: Notebook
) -> tuple[str, ...]:
    """Return the locales of a region that has copy of its own. others: all copy without a locale."""
    countries, text = countries_of(region), _joined(claims)
    own = tuple(market.of_region.get(region, ()))
    own = own or tuple(tag for tag in market.ordered if territory(tag) in countries)
    if own:
        spoken = likely_languages(text, _languages(own)) or likely_languages(_joined(others), _languages(own))
        fitting = tuple(tag for tag in own if language(tag) in spoken)
        return fitting or (own if len(_languages(own)) == 1 else own[:1])
    there = [tag for country in countries for tag in spoken_in(country)]
    spoken = likely_languages(text, _languages(there))
    found = _tag_in(countries, spoken) or _tag_in(countries, likely_languages(_joined(others), _languages(there)))
    if not found:
        found = _ask_locale(f"locale {region}", f"The copy of {region}", countries, claims, notebook)
    market.order(found, [], region)
    notebook.decide(f"messages.{found}", found, f"the copy of {region} is in this locale", claims, score=0.7)
    return (found,)


def _joined(claims: list[Claim]) -> str:
    return " \n".join(claim.text for claim in claims)


def _languages(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(language(tag) for tag in tags))


def _tag_in(countries: tuple[str, ...], spoken: tuple[str, ...]) -> str:
    """Return the locale, in some countries, of copy in one of some languages; "" where nothing tells it.

    Copy in a language that none of the countries speaks keeps its language, and the form of it that is used there.
    """
    there = [tag for country in countries for tag in spoken_in(country)]
    if spoken:
        fitting = next((one for one in spoken if any(language(tag) == one for tag in there)), "")
        if fitting:
            return in_countries(fitting, countries)
        return abroad(spoken[0], countries)
    main = list(dict.fromkeys(spoken_in(country)[0] for country in countries if spoken_in(country)))
    return main[0] if len(set(map(language, main))) == 1 else ""


def _locales_of_base(claims: list[Claim], market: Market, others: list[Spoken], notebook: Notebook) -> tuple[str, ...]:
    """Return the locales of copy that names neither a locale nor a market."""
    if any(market.ordered.values()):
        return _among_ordered(claims, market, others, notebook)
    there = tuple(tag for country in market.countries for tag in spoken_in(country))
    spoken = likely_languages(_joined(claims), _languages((*market.ordered, *there)))
    if matching := tuple(tag for tag in market.ordered if language(tag) in spoken):
        return matching
    if not spoken and not market.countries and (matching := same_language(language(FALLBACK), market.ordered)):
        return matching
    if market.ordered and all(claim.meaning not in MAIN for claim in claims):
        return _ask_ordered(claims, tuple(market.ordered), spoken, notebook)
    return (_own_locale(claims, market, spoken, notebook),)


def usual_locale(market: Market, text: str) -> str:
    """Return the locale of a text in a market, by its words or else by the market's first country."""
    there = [tag for country in market.countries for tag in spoken_in(country)]
    return _tag_in(market.countries, likely_languages(text, _languages(there))) or next(iter(there), FALLBACK)


def _own_locale(claims: list[Claim], market: Market, spoken: tuple[str, ...], notebook: Notebook) -> str:
    """Order the locale that copy of no stated locale is in, by its words and its market; ask if they do not tell."""
    countries = tuple(code for code in market.countries if code not in map(territory, market.ordered))
    found = _tag_in(countries or market.countries, spoken)
    score, reason = 0.7, "the copy names no locale; this one follows from its market and its words"
    if spoken and not any(language(tag) in spoken for code in countries for tag in spoken_in(code)):
        score, reason = DEFAULTED, "the copy names no locale; its words are in this language"
    if not found and not market.countries:
        found, score = FALLBACK, DEFAULTED
        reason = "neither a market nor a language is named, and the words of the copy do not tell"
    if not found:
        found = _ask_locale("locale", "The copy", market.countries, claims, notebook)
    else:
        notebook.decide(f"messages.{found}", found, reason, score=score)
    market.order(found, [])
    return found


def _among_ordered(claims: list[Claim], market: Market, others: list[Spoken], notebook: Notebook) -> tuple[str, ...]:
    """Return the ordered locales that copy of no stated locale serves."""
    ordered = tuple(market.ordered)
    spoken = likely_languages(_joined(claims), _languages(ordered))
    if matching := tuple(tag for tag in ordered if language(tag) in spoken):
        if len(matching) < len(ordered):
            reason = "the copy names no locale; its words are in this language"
            notebook.decide(f"messages.{', '.join(matching)}", matching[0], reason, score=0.7)
        return matching
    if spoken and any(claim.meaning in MAIN for claim in claims):
        return ()  # the copy of each ordered locale is asked for, with this one as an answer
    if spoken:
        return _ask_ordered(claims, ordered, spoken, notebook)
    served = {tag for each in others for tag in each.locales if each.claim.meaning in MAIN}
    free = tuple(tag for tag in ordered if tag not in served)
    if not free and any(claim.meaning in MAIN for claim in claims):
        return (_own_locale(claims, market, spoken, notebook),)
    chosen = (free or ordered)[0]
    if len(ordered) > 1:
        reason = "the copy names no locale; this is the first that is ordered and has no copy of its own"
        notebook.decide(f"messages.{chosen}", chosen, reason, score=DEFAULTED)
    return same_language(language(chosen), ordered) or (chosen,)


def _ask_ordered(
    claims: list[Claim], ordered: tuple[str, ...], spoken: tuple[str, ...], notebook: Notebook
) -> tuple[str, ...]:
    """Ask which ordered locale copy is for that is in none of their languages."""
    chosen = notebook.answer("locale")
    if chosen in ordered:
        notebook.decide(f"messages.{chosen}", chosen, "as answered", score=1)
        return (chosen,)
    if chosen == ALL:
        notebook.decide("messages", ", ".join(ordered), "as answered: the copy without a locale is for all", score=1)
        return ordered
    reads = f"reads like {spoken[0]}" if spoken else "does not tell its language"
    text = f"The copy without a locale, such as {claims[0].text[:60]!r}, {reads}. Which locale is it for?"
    choices = [*(Choice(tag, f"for {tag} alone") for tag in ordered), Choice(ALL, "for every locale, as it stands")]
    notebook.ask("locale", text, choices, leaves(claims), default=ordered[0])
    return ordered[:1]


def _ask_locale(name: str, what: str, countries: tuple[str, ...], claims: list[Claim], notebook: Notebook) -> str:
    """Ask which locale copy is for, where its market has several languages and its words do not tell."""
    if tag := locale_named(notebook.answer(name)):
        found = in_countries(tag, countries)
        notebook.decide(f"messages.{found}", found, "as answered", score=1)
        return found
    there = list(dict.fromkeys(spoken_in(country)[0] for country in countries if spoken_in(country)))[:_CHOICES]
    tags = there or [FALLBACK]
    text = f"{what} does not say its language, and its market has several. Which locale is it for?"
    notebook.ask(name, text, [Choice(tag, tag) for tag in tags], leaves(claims), default=tags[0])
    return tags[0]
