"""The table of rules by which rows are judged: `rules.yaml`, with the words that attributes may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from foundry.catalog.catalog import Attribute, Catalog, FeedKind
from foundry.channel.placement import Mark
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.strict_model import StrictModel

RULES = Path(__file__).with_name("rules.yaml")
MOST_TITLE, MOST_ID = 500, 128
Severity = Literal["set_aside", "warn"]
Easing = Literal["no_price", "own_pictures", "no_sale"]


class RuleSource(StrictModel):
    """The origin of a rule, and the day on which it was read."""

    title: str
    address: str = ""
    read_on: date
    confidence: Mark


class Rule(StrictModel):
    """One rule of rows. code: stable. kinds: the kinds of feeds that have the rule; none for all."""

    code: str
    attributes: tuple[Attribute, ...]
    severity: Severity
    eased: tuple[Easing, ...] = ()
    kinds: tuple[FeedKind, ...] = ()
    rule: str
    fault: str
    remedy: str
    source: str

    def applies_to(self, kind: FeedKind) -> bool:
        """Return True if feeds of this kind have the rule."""
        return not self.kinds or kind in self.kinds


class RuleTable(StrictModel):
    """The content of `rules.yaml`."""

    sources: dict[str, RuleSource]
    rules: tuple[Rule, ...]
    words: dict[Attribute, dict[str, tuple[str, ...]]]
    nothing: frozenset[str]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> RuleTable:
        if unknown := {rule.source for rule in self.rules} - set(self.sources):
            raise ValueError(f"sources that are not listed: {sorted(unknown)}")
        if len(self.by_code) != len(self.rules):
            raise ValueError("two rules have the same code")
        return self

    @cached_property
    def by_code(self) -> Mapping[str, Rule]:
        """The rules by their codes."""
        return {rule.code: rule for rule in self.rules}

    @cached_property
    def spellings(self) -> Mapping[str, Mapping[str, str]]:
        """By attribute, each spelling and the word that it stands for."""
        return {
            attribute: {spelling: word for word, spellings in words.items() for spelling in spellings}
            for attribute, words in self.words.items()
        }


@lru_cache(maxsize=1)
def rule_table() -> RuleTable:
    """Return the rules."""
    return RuleTable.model_validate(read_yaml(RULES, SETTINGS))


def easings(catalog: Catalog) -> frozenset[Easing]:
    """Return the cases in which this catalog lets some rules only warn."""
    found: set[Easing] = set()
    if catalog.products.price == "none":
        found.add("no_price")
    if "products_without_pictures" in catalog.campaign:
        found.add("own_pictures")
    return frozenset(found)


def table_lines() -> Iterator[str]:
    """Yield the lines of the table of rules in docs/catalogs.md."""
    table = rule_table()
    yield "| code | attributes | the row is | rule | source |"
    yield "| --- | --- | --- | --- | --- |"
    for rule in table.rules:
        source = table.sources[rule.source]
        page = f"[{source.title}]({source.address})" if source.address else source.title
        outcome = "set aside" if rule.severity == "set_aside" else "used, with a warning"
        attributes = ", ".join(f"`{name}`" for name in rule.attributes)
        origin = f"{page}, {source.read_on}, {source.confidence}"
        yield f"| `{rule.code}` | {attributes} | {outcome} | {rule.rule} | {origin} |"
