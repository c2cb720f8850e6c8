"""A catalog's template with everything that it refers to: what all files of its products share."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from babel.numbers import get_currency_precision

from foundry.brief.brief import Brief
from foundry.brief.copywriting import currency_of
from foundry.card.selection import Cards
from foundry.catalog.catalog import Catalog
from foundry.catalog.products import CatalogProduct
from foundry.errors import ProblemList
from foundry.inputs.door import Home
from foundry.inputs.sound import SoundFacts
from foundry.names import digest_of_many
from foundry.plan.estimate import Estimate, estimate_plan
from foundry.plan.plan import Plan
from foundry.tenant import Tenant
from models.registry import Registry, cards_of, open_registry
from pipelines.catalog.setting import CatalogSetting
from pipelines.planning.card_checks import check_cards
from pipelines.planning.copy_checks import check_copy
from pipelines.planning.input_checks import check_placements, inspect_sounds
from pipelines.planning.scene_checks import check_scenes
from pipelines.planning.scene_sets import add_scene_cards, place_sets

SAMPLE_PICTURE = "0" * 64
MOST_FILES = 200_000
"""The most files that one campaign of a run has, so that what is held of them stays small."""


@dataclass(frozen=True, kw_only=True)
class CatalogTemplate:
    """The brief of a catalog but for its products, with the tenant, cards and sounds that it names.

    They are loaded once for a run, so that all its files show one state of them. `sample` is the plan of one product.
    """

    catalog: Catalog
    tenant: Tenant
    registry: Registry
    cards: Cards
    sounds: tuple[SoundFacts, ...]
    sample: Plan

    @cached_property
    def digest(self) -> str:
        """A hash of all that the files of a product show besides the product: the names of the sample's files."""
        names = (variant.name for shot in self.sample.shots() for variant in self.sample.variants(shot))
        return digest_of_many("catalog-template", "files", names)

    @cached_property
    def per_product(self) -> Estimate:
        """The figures of one product of which nothing exists."""
        return estimate_plan(self.sample)

    def most_products(self, wanted: int) -> int:
        """Return how many products one campaign takes: `wanted`, or what a month's quota and memory allow."""
        one, quota = self.per_product, self.tenant.quota
        limits = [wanted, MOST_FILES // max(one.variants, 1)]
        limits += [quota.shots // max(one.shots, 1), quota.variants // max(one.variants, 1)]
        limits += [quota.bytes // max(one.size_bytes, 1), int(quota.budget / one.money) if one.money else wanted]
        return max(min(limits), 1)

    def brief_of(self, products: Sequence[tuple[CatalogProduct, str | None]], campaign: str) -> Brief:
        """Return the brief of products with the names of their pictures' files, None for a product without one."""
        return self.catalog.brief_of([_written(*each) for each in products], campaign)

    def plan_of(self, products: Sequence[tuple[CatalogProduct, str | None]], campaign: str) -> Plan:
        """Return the plan of products by the keys of their pictures, without the checks of an admission."""
        brief = self.brief_of([(product, None) for product, _ in products], campaign)
        keys = {product.id: key for product, key in products}
        ordered = sorted(keys)
        return Plan(
            brief=brief,
            tenant=self.tenant,
            cards=self.cards,
            pictures=tuple(keys[each] for each in ordered),
            placements=self.sample.placements,
            sounds=self.sample.sounds,
            sets=self.sample.sets,
        )

    def lay_sounds(self, folder: Path) -> None:
        """Copy the sounds of films into a folder, under the names that the template has for them."""
        for sound in self.sounds:
            file = folder / sound.named
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                shutil.copyfile(sound.file.path(), file)


def open_template(catalog: Catalog, setting: CatalogSetting) -> CatalogTemplate:
    """Load what a catalog's template refers to, and check it as far as it goes without products.

    Refusals with every reason: a template that is wrong would be wrong for each product.
    """
    tenant = setting.tenant(catalog.tenant)
    tenant.receive()
    registry = open_registry(setting.cards)
    cards = cards_of(tenant, registry)
    brief = catalog.brief_of([_sample_product(catalog)])
    placements, unknown = check_placements(brief)
    sounds, unheard = inspect_sounds(brief, Home(setting.files or Path()))
    found = ProblemList()
    cards, strange = add_scene_cards(brief, tenant, cards, registry)
    placed = place_sets(brief, tenant, cards)
    words = (check_copy(brief, tenant), check_scenes(brief, tenant, cards))
    of_cards = (strange, placed.problems, check_cards(cards, tenant, placements, brief))
    found.extend(chain.from_iterable((unknown, unheard, *words, *of_cards)))
    found.refuse(f"catalog {catalog.tenant}/{catalog.id}")
    sample = Plan(
        brief=brief,
        tenant=tenant,
        cards=cards,
        pictures=(SAMPLE_PICTURE,),
        placements=placements,
        sounds=tuple(sorted((sound.named, sound.sha256) for sound in sounds)),
        sets=tuple(placed.sets),
    )
    return CatalogTemplate(
        catalog=catalog, tenant=tenant, registry=registry, cards=cards, sounds=tuple(sounds), sample=sample
    )


def _sample_product(catalog: Catalog) -> dict[str, Any]:
    locales = catalog.brief_of([{"id": "example", "name": "Example"}]).messages
    return {
        "id": "example",
        "name": "Example",
        "description": "Example",
        "category": "Example",
        "prices": [{"amount": "1", "currency": each} for each in _currencies(locales)],
    }


def _currencies(locales: Iterable[str]) -> list[str]:
    return sorted({currency for currency in map(currency_of, locales) if currency})


def _written(product: CatalogProduct, picture: str | None) -> dict[str, Any]:
    """Return a product as a brief has it; one whose name nothing shows is called by its id."""
    written: dict[str, Any] = {"id": product.id, "name": product.name or product.id}
    written |= {key: text for key in ("description", "category") if (text := getattr(product, key))}
    if picture:
        written["picture"] = picture
    if product.price_minor is not None:
        places = get_currency_precision(product.currency)
        written["prices"] = [
            {"amount": f"{Decimal(product.price_minor).scaleb(-places):f}", "currency": product.currency}
        ]
    return written
