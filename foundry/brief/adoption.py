"""Conversion of briefs as people write them into strict ones, with a note of every assumption.

The rules are in docs/adopting-briefs.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foundry.brief.adoption_rules import KEYS, RATIOS, locale_for, names_a_locale, regions_in, slug, written_money
from foundry.brief.adoption_sources import rows_or_documents
from foundry.brief.brief import Brief
from foundry.brief.copywriting import currency_of
from foundry.brief.intake import brief_problem, parse
from foundry.channel.placement import placement_sets, placements
from foundry.documents.writing import yaml_text
from foundry.errors import Refusals
from foundry.inputs.file_name import is_file_name

STUDIO = "Seamless studio sweep, soft light from the left"


@dataclass(frozen=True)
class Adoption:
    """A strict brief, the assumptions made on the way, and the keys that were not understood."""

    brief: Brief
    assumptions: tuple[str, ...]
    not_understood: tuple[str, ...]


def adopt(path: Path, *, tenant: str | None = None) -> tuple[Adoption, ...]:
    """Adopt every brief of a YAML, JSON, JSON Lines, CSV or XLSX file; Refusals if one cannot become strict."""
    found = []
    for document in rows_or_documents(path):
        if not isinstance(document, dict):
            wrong = brief_problem(path.name, "", "a brief is a map of keys", "write `campaign:` and the rest")
            raise Refusals(str(path), (wrong,))
        found.append(_Adopter(document, path, tenant).adopt())
    return tuple(found)


def as_yaml(brief: Brief) -> str:
    """Return a strict brief as YAML for people: block style, defaults left out."""
    content = brief.model_dump(mode="json", exclude_defaults=True)
    return yaml_text(content)


class UniqueIds:
    """Ids that are told apart by a number where several would be the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def take(self, wanted: str, ending: str) -> str:
        """Return `wanted` if it is free, else with `ending`, else with the next number that makes it free."""
        found = wanted
        if found in self._taken:
            found = f"{wanted[: 62 - len(ending)]}{ending}"
        start = wanted[:50]
        while found in self._taken:
            self._numbers[start] += 1
            found = f"{start}-{self._numbers[start]}"
        self._taken.add(found)
        return found


@dataclass
class _Adopter:
    source: dict[str, Any]
    path: Path
    tenant: str | None
    assumed: list[str] = field(default_factory=list)
    left: dict[str, Any] = field(default_factory=dict)

    def adopt(self) -> Adoption:
        known = self._sorted_keys()
        market = self._market(known)
        messages = self._messages(known, market["regions"])
        strict = {
            "tenant": self._tenant(known),
            "campaign": self._campaign(known),
            "market": market,
            "products": self._products(known, list(messages)),
            **self._scenes(known),
            "messages": messages,
            "placements": self._placements(known),
            **self._passed_on(known),
        }
        if self.left:
            strict["metadata"] = {**strict.get("metadata", {}), "adopted": self.left}
        return Adoption(parse(strict, f"{self.path.name}: "), tuple(self.assumed), tuple(self.left))

    def _sorted_keys(self) -> dict[str, Any]:
        known: dict[str, Any] = {}
        for key, value in self.source.items():
            name = KEYS.get(slug(str(key)).replace("-", "_"))
            if value in (None, "", [], {}):
                continue
            if name and name not in known:
                known[name] = value
            else:
                self.left[str(key)] = value
        return known

    def _tenant(self, known: dict[str, Any]) -> str:
        if self.tenant:
            return self.tenant
        brand = known.get("tenant")
        if isinstance(brand, dict):
            brand = brand.get("id") or brand.get("name")
        if not brand:
            wrong = brief_problem(f"{self.path.name}: tenant", "", "no brand is named", "give --tenant")
            raise Refusals(str(self.path), (wrong,))
        if slug(str(brand)) != brand:
            self.assumed.append(f"tenant {slug(str(brand))!r}, from the brand {brand!r}")
        return slug(str(brand))

    def _campaign(self, known: dict[str, Any]) -> dict[str, str]:
        given = known.get("campaign")
        if isinstance(given, dict):
            name = given.get("name") or given.get("title") or given.get("id")
            number = given.get("id")
        else:
            name, number = given, known.get("campaign_id")
        if not name:
            name = number or self.path.stem.replace("_", " ").replace("-", " ").title()
            self.assumed.append(f"campaign name {name!r}, from the {'id' if number else 'file name'}")
        if not number or slug(str(number)) != number:
            self.assumed.append(f"campaign id {slug(str(number or name))!r}, from {str(number or name)!r}")
        return {"id": slug(str(number or name)), "name": str(name)}

    def _market(self, known: dict[str, Any]) -> dict[str, Any]:
        regions = regions_in(known.get("regions"))
        if not regions:
            regions = ["US"]
            self.assumed.append("market US, since none is named")
        audience = known.get("audience", "")
        if isinstance(audience, list | dict):
            parts = audience.values() if isinstance(audience, dict) else audience
            audience = ", ".join(str(part) for part in parts)
        return {"regions": regions, "audience": str(audience)}

    def _products(self, known: dict[str, Any], locales: list[str]) -> list[dict[str, Any]]:
        given = known.get("products")
        if not given:
            self.assumed.append("one product named like the campaign, since none is listed")
            given = [self._campaign(known)["name"]]
        items = given if isinstance(given, list) else [given]
        if isinstance(given, str):
            items = [part.strip() for part in given.replace(";", ",").split(",") if part.strip()]
        made: list[dict[str, Any]] = []
        ids = UniqueIds()
        for number, item in enumerate(items, start=1):
            product = self._product(item if isinstance(item, dict) else {"name": item}, number, locales)
            product["id"] = ids.take(product["id"], f"-{number}")
            made.append(product)
        return made

    def _product(self, item: dict[str, Any], number: int, locales: list[str]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for key, value in item.items():
            name = KEYS.get(slug(str(key)).replace("-", "_"), "")
            target = {"campaign": "name", "campaign_id": "id"}.get(name, name)
            if target in ("id", "name", "description", "category", "picture", "price") and value:
                fields.setdefault(target, value)
            elif value not in (None, "", [], {}):
                self.left[f"products[{number - 1}].{key}"] = value
        name = str(fields.get("name") or fields.get("id") or f"Product {number}")
        if "id" not in fields:
            self.assumed.append(f"product id {slug(name)!r}, from {name!r}")
        made = {"id": slug(str(fields.get("id") or name)), "name": name}
        made |= {k: str(fields[k]) for k in ("description", "category") if k in fields}
        made |= self._picture(str(fields.get("picture") or ""), name)
        return made | self._prices(fields.get("price"), name, locales)

    def _picture(self, picture: str, name: str) -> dict[str, str]:
        if not picture:
            self.assumed.append(f"no picture of {name!r}: the model draws it")
            return {}
        if not self._is_there(picture):
            self.assumed.append(f"picture {picture!r} of {name!r} is not there: the model draws the product")
            return {}
        return {"picture": picture}

    def _is_there(self, picture: str) -> bool:
        try:
            return is_file_name(picture) and (self.path.parent / picture).is_file()
        except OSError:  # the file system does not take the name
            return False

    def _prices(self, price: Any, name: str, locales: list[str]) -> dict[str, Any]:
        found = []
        for one in price if isinstance(price, list) else [price] if price else []:
            money = written_money(one)
            if money is None:
                self.left[f"price of {name}"] = one
                continue
            amount, currency = money
            if currency is None:
                currency = currency_of(locales[0]) or "USD"
                self.assumed.append(f"price {amount} of {name!r} is in {currency}")
            found.append({"amount": amount, "currency": currency})
        return {"prices": found} if found else {}

    def _scenes(self, known: dict[str, Any]) -> dict[str, Any]:
        given = known.get("scenes")
        if not given:
            self.assumed.append(f"scene {STUDIO!r}, since none is described")
            return {"scenes": [{"id": "studio", "prompt": STUDIO}]}
        made: dict[str, dict[str, str]] = {}
        ids = UniqueIds()
        for item in given if isinstance(given, list) else [given]:
            inner = item if isinstance(item, dict) else {"prompt": item}
            prompt = str(inner.get("prompt") or inner.get("description") or ", ".join(map(str, inner.values())))
            if prompt not in made:
                name = slug(str(inner.get("id") or inner.get("name") or prompt))[:40]
                made[prompt] = {"id": ids.take(name, "-b"), "prompt": prompt}
        return {"scenes": list(made.values())}

    def _messages(self, known: dict[str, Any], regions: list[str]) -> dict[str, Any]:
        default = locale_for(str(known.get("language") or ""), regions)
        made: dict[str, dict[str, str]] = {}
        for tag, words in self._texts_by_locale(known.get("messages"), default):
            made.setdefault(tag, {}).update(self._message(words))
        fields = ("headline", "subheadline", "call_to_action", "offer", "legal")
        shared: dict[str, str] = {str(name): str(known[name]) for name in fields if name in known}
        if shared:
            made.setdefault(default, {}).update(shared)
        if not any(message.get("headline") for message in made.values()):
            name = self._campaign(known)["name"]
            made.setdefault(default, {})["headline"] = name
            self.assumed.append(f"headline {name!r}, since no message is given")
        if not known.get("language") and set(made) == {default}:
            self.assumed.append(f"the message is in {default}, by the first market {regions[0]!r} or English")
        return {tag: words for tag, words in made.items() if words.get("headline")}

    def _texts_by_locale(self, given: Any, default: str) -> Iterator[tuple[str, Any]]:
        for item in given if isinstance(given, list) else [given] if given else []:
            if isinstance(item, dict) and all(self._tag(key) for key in item):
                for key, words in item.items():
                    yield self._tag(key), words
            elif isinstance(item, dict):
                rest = {k: v for k, v in item.items() if KEYS.get(slug(str(k)).replace("-", "_")) != "language"}
                named = next((v for k, v in item.items() if k not in rest), "")
                yield (self._tag(named) or default), rest
            else:
                yield default, item

    def _tag(self, key: Any) -> str:
        text = str(key).strip()
        return locale_for(text, []) if names_a_locale(text) else ""

    def _message(self, words: Any) -> dict[str, str]:
        if not isinstance(words, dict):
            return {"headline": str(words)}
        made: dict[str, str] = {}
        for key, value in words.items():
            name = KEYS.get(slug(str(key)).replace("-", "_"), "")
            name = {"messages": "headline", "campaign": "headline", "description": "subheadline"}.get(name, name)
            if name in ("headline", "subheadline", "call_to_action", "offer", "legal") and value:
                made.setdefault(name, str(value))
            elif value:
                self.left[f"message.{key}"] = value
        return made

    def _placements(self, known: dict[str, Any]) -> list[str]:
        given = known.get("placements")
        items = given if isinstance(given, list) else str(given or "").replace(";", ",").split(",")
        chosen: list[str] = []
        for item in items:
            text = str(item).strip().lower()
            ratio = text.split()[0].replace("x", ":").replace("/", ":") if text else ""
            if text in placements() or text in placement_sets():
                chosen.append(text)
            elif ratio in RATIOS:
                chosen.append(RATIOS[ratio])
                self.assumed.append(f"placement {RATIOS[ratio]} for the ratio {text}")
            elif text:
                self.left[f"placement {text}"] = text
        if not chosen:
            self.assumed.append("placements of the set 'social', since none is named")
        return list(dict.fromkeys(chosen)) or ["social"]

    def _passed_on(self, known: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        money = written_money(known.get("budget")) if "budget" in known else None
        if money and money[1] in (None, "USD"):
            made["budget"] = {"amount": money[0]}
        elif "budget" in known:
            self.left["budget"] = known["budget"]
        for key in ("negative_prompt", "embargo", "expiry"):
            if key in known:
                made[key] = str(known[key])
        if isinstance(known.get("metadata"), dict):
            made["metadata"] = dict(known["metadata"])
        return made
