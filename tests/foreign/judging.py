"""The comparison of an adopted brief with what a person reads out of the same file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

from foundry.adoption.claims import Understanding
from foundry.adoption.leaf import Seen
from foundry.adoption.said import Adoption, Said
from foundry.adoption.saying import Setting, say
from foundry.adoption.seeing import see
from foundry.adoption.understanding import understand
from foundry.brief.brief import Brief, Product
from foundry.channel.placement import placements
from foundry.errors import FoundryError
from tests.foreign.accounting import unaccounted
from tests.foreign.expected import ExpectedCampaign, ExpectedProduct, ExpectedTenant, Foreign

PYTHON_TEXT = re.compile(r"\{'|\['|\{\"|\[\"|Leaf\(|Place\(|Decimal\(|datetime\.|<\w+ object|\bNone\b|OrderedDict")
ANYTHING = "*"
COUNTRIES = {
    "uk": "GB",
    "usa": "US",
    "中国大陆": "CN",
    "台灣": "TW",
    "belgium (fr)": "BE",
    "canada (english)": "CA",
    "香港": "HK",
}


def read(path: Path, answers: Mapping[str, str]) -> tuple[Seen, Understanding, Adoption]:
    """Return the three steps of adopting a file; no tenant is known."""
    seen = see(path)
    understanding = understand(seen, answers)
    setting = Setting(folder=path.parent, file_name=path.name, tenant=None, tenant_ids=None)
    return seen, understanding, say(understanding, answers, setting)


def differences(foreign: Foreign, folder: Path) -> list[str]:
    """Return a sentence for each difference between the adopted file and its expected reading."""
    expected = foreign.expected
    path = foreign.lay_out(folder)
    if expected.refused:
        return _refusal(path, expected.refused)
    seen, understanding, adoption = read(path, {})
    found = [f"lost: {leaf}" for leaf in unaccounted(seen, understanding)]
    asked = sorted(question.id for question in adoption.questions if question.needed)
    if asked != sorted(expected.questions) and not (expected.questions == ("*",) and asked):
        found.append(f"asks {asked}, not {sorted(expected.questions)}")
    if expected.questions == ("*",):
        return found
    if expected.answers:
        seen, understanding, adoption = read(path, expected.answers)
        found += [f"lost with answers: {leaf}" for leaf in unaccounted(seen, understanding)]
        found += [f"still asks {question.id}" for question in adoption.questions if question.needed]
    said = " ".join((*seen.notes, *adoption.notes))
    found += [f"{text!r} is not said of the file: {said}" for text in expected.notes if text not in said]
    if len(adoption.campaigns) != len(expected.campaigns):
        return [*found, f"{len(adoption.campaigns)} campaigns, not {len(expected.campaigns)}"]
    for wanted, got in zip(expected.campaigns, adoption.campaigns, strict=True):
        found += [f"{wanted.name}: {text}" for text in _campaign(wanted, got)]
        if wanted.left_out and "approved" not in said + " ".join(item.reason for item in got.listed):
            found.append(f"{wanted.name}: rows that are left out are not said: {said}")
    return found


def _refusal(path: Path, texts: tuple[str, ...]) -> list[str]:
    try:
        adoption = read(path, {})[2]
    except FoundryError as error:
        return [f"{text!r} is not in {error}" for text in texts if text not in str(error)]
    return [f"it is not refused: {[said.draft for said in adoption.campaigns]}"]


def _campaign(wanted: ExpectedCampaign, said: Said) -> Iterator[str]:
    brief = said.brief
    if brief is None:
        yield f"no brief: {said.problems} {[question.text for question in said.questions if question.needed]}"
        return
    if twice := _repeated([(decision.field, decision.value, decision.reason) for decision in said.decisions]):
        yield f"said twice: {twice}"
    plain = brief.model_dump(mode="json", exclude={"metadata"})
    yield from (f"Python text: {text!r}" for text in texts_in(plain) if PYTHON_TEXT.search(text))
    yield from _head(wanted, brief)
    yield from _compared("messages", _messages(wanted, brief), _plain_messages(brief))
    yield from _compared("products", [item.name for item in wanted.products], [item.name for item in brief.products])
    for product, got in zip(wanted.products, brief.products, strict=False):
        yield from _product(product, got)
    yield from _scenes(wanted, brief)
    yield from _placements(wanted, brief)
    yield from _tenant(wanted.tenant_file, said.tenant)
    kept = set(texts_in(brief.metadata))
    yield from (f"metadata: {text!r} is not in {sorted(kept)}" for text in wanted.metadata if text not in kept)
    printed = set(texts_in(plain))
    yield from (f"left out, but printed: {text!r}" for text in wanted.left_out if text in printed)


def _head(wanted: ExpectedCampaign, brief: Brief) -> Iterator[str]:
    yield from _either("tenant", wanted.tenant, brief.tenant)
    yield from _compared("name", wanted.name, brief.campaign.name)
    yield from _either("id", wanted.id, brief.campaign.id)
    yield from _compared("regions", set(wanted.regions), {_country(name) for name in brief.market.regions})
    yield from _compared("audience", wanted.audience, brief.market.audience)
    yield from _compared("embargo", wanted.embargo, brief.embargo)
    yield from _compared("expiry", wanted.expiry, brief.expiry)
    if wanted.alternatives is not None:
        yield from _compared("alternatives", wanted.alternatives, brief.alternatives)
    yield from _compared("priority", wanted.priority, brief.priority)
    budget = (brief.budget.amount, brief.budget.currency) if brief.budget else None
    if wanted.budget != ANYTHING:
        yield from _compared("budget", _money(wanted.budget) if wanted.budget else None, budget)
    film = wanted.film
    yield from _compared("film.seconds", film and film.seconds, brief.film and brief.film.seconds)
    yield from _compared("film.music", film and film.music, brief.film and brief.film.music)


def _messages(wanted: ExpectedCampaign, brief: Brief) -> dict[str, dict[str, str]]:
    """Return the expected messages, with the brief's own tag where one of several is accepted."""
    return {
        next((tag for tag in tags.split("|") if tag in brief.messages), tags): words
        for tags, words in wanted.messages.items()
    }


def _plain_messages(brief: Brief) -> dict[str, dict[str, str]]:
    return {tag: message.model_dump(exclude_defaults=True) for tag, message in brief.messages.items()}


def _product(wanted: ExpectedProduct, got: Product) -> Iterator[str]:
    where = f"product {wanted.name!r}"
    yield from _either(f"{where}, id", wanted.id, got.id)
    yield from _compared(f"{where}, description", wanted.description, got.description)
    yield from _compared(f"{where}, category", wanted.category, got.category)
    yield from _compared(f"{where}, picture", wanted.picture, got.picture)
    prices = {(price.amount, price.currency) for price in got.prices}
    yield from _compared(f"{where}, prices", {_money(text) for text in wanted.prices}, prices)


def _scenes(wanted: ExpectedCampaign, brief: Brief) -> Iterator[str]:
    prompts = [scene.prompt for scene in brief.settings()]
    if len(prompts) != (len(wanted.scenes) or 1):
        yield f"scenes: {prompts}, not {wanted.scenes}"
    for texts, prompt in zip(wanted.scenes, prompts, strict=False):
        yield from (f"scene {prompt!r} lacks {text!r}" for text in texts if text not in prompt)
    avoided = ", ".join((brief.negative_prompt, *(scene.negative_prompt for scene in brief.settings())))
    words = {word.strip() for word in re.split("[,、;]", avoided)} - {""}
    yield from _compared("avoid", set(wanted.avoid), words)


def _placements(wanted: ExpectedCampaign, brief: Brief) -> Iterator[str]:
    """Compare placements: each ratio or size stands for one, a channel for all of its own that are left."""
    if wanted.placements is None:
        return
    left = list(brief.placements)
    for text in sorted(wanted.placements, key=lambda text: ("/" not in text, ":" in text, "channel" in text)):
        matching = [name for name in left if _fits(text, name)]
        if not matching:
            yield f"placements: nothing for {text!r} in {brief.placements}"
        for name in matching if text.startswith("channel ") else matching[:1]:
            left.remove(name)
    if left:
        yield f"placements: {left} were not ordered"


def _fits(text: str, name: str) -> bool:
    if "/" in text or name not in placements():
        return name in text.split("|")
    width, height = placements()[name].size
    if text.startswith("channel "):
        return name.startswith(f"{text.removeprefix('channel ')}/")
    if ":" in text:
        across, down = (Decimal(part) for part in text.split(":"))
        return abs(Decimal(width) / height / (across / down) - 1) < Decimal("0.02")
    return text == f"{width}x{height}"


def _tenant(wanted: ExpectedTenant | None, draft: Mapping[str, Any]) -> Iterator[str]:
    if wanted is None:
        return
    yield from _compared("tenant file, name", wanted.name, draft.get("name"))
    brand = draft.get("brand", {})
    texts = set(texts_in(brand))
    colours = {text.upper() for text in texts}
    yield from (f"tenant file: {text} is not in {brand}" for text in wanted.colours if text.upper() not in colours)
    if wanted.logo and wanted.logo not in texts:
        yield f"tenant file: {wanted.logo} is not in {brand}"
    yield from _compared("tenant file, tone", wanted.tone, brand.get("tone", ""))
    yield from _compared("tenant file, banned words", set(wanted.banned_words), set(brand.get("banned_words", ())))


def _compared(field: str, wanted: object, got: object) -> Iterator[str]:
    if wanted != got and wanted not in (ANYTHING, {ANYTHING}):
        yield f"{field}: {got!r}, not {wanted!r}"


def _either(field: str, wanted: str | None, got: str) -> Iterator[str]:
    if wanted and wanted != ANYTHING and got not in wanted.split("|"):
        yield f"{field}: {got!r}, not {wanted!r}"


def _repeated(items: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted({item for item in items if items.count(item) > 1})


def _money(text: str) -> tuple[Decimal, str]:
    amount, currency = text.split()
    return Decimal(amount), currency


def _country(name: str) -> str:
    return _countries().get(name.casefold(), name)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return ISO codes by the names of countries and by the codes themselves, in small letters."""
    found = {}
    for language in ("en", "de", "fr", "es", "pt", "ja", "zh", "zh_Hant", "it", "nl", "sv"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2:
                found[name.casefold()] = found[code.casefold()] = code
    return found | COUNTRIES


def texts_in(value: object) -> Iterator[str]:
    """Yield every text, and every number as text, inside of maps and lists, keys left out."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)
    elif value is not None:
        yield str(value)
