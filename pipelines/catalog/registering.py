"""Catalogs in a store: added from a file, opened by their id, and listed with their runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from foundry.brief.copywriting import currency_of
from foundry.catalog.catalog import CATALOG, Catalog
from foundry.catalog.run_book import latest_runs
from foundry.catalog.runs import RunRecord, catalog_folder
from foundry.documents.json_text import load_json
from foundry.documents.limits import BRIEF_FILE
from foundry.documents.reading import only_document, read_document
from foundry.documents.sentences import parse_value
from foundry.errors import BadInput, ProblemList, shorten
from foundry.names import is_slug, sorted_json
from foundry.store.object_store import NoSuchObject
from foundry.tenant import TENANT_FILE
from models.registry import cards_of, open_registry
from pipelines.catalog.destination_gate import check_feed_back
from pipelines.catalog.due_runs import note_schedule
from pipelines.catalog.schedule import check_schedule
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.validation.own_expectations import expectation_problems
from pipelines.planning.card_checks import check_cards
from pipelines.planning.copy_checks import check_copy
from pipelines.planning.input_checks import check_placements
from pipelines.planning.scene_checks import check_scenes
from pipelines.planning.scene_sets import add_scene_cards, place_sets

MOST_CATALOGS = 1_000


@dataclass(frozen=True)
class Listed:
    """A catalog in a store, and its newest run, if there was one."""

    catalog: Catalog
    last: RunRecord | None


def read_catalog(path: Path) -> Catalog:
    """Return the catalog of a YAML or JSON file; Refusals or a Problem with every sentence about it."""
    value = only_document(read_document(path, BRIEF_FILE, code=CATALOG.code), path.name, CATALOG.code)
    return parse_value(Catalog, value, CATALOG)


def check_catalog(catalog: Catalog, setting: CatalogSetting) -> None:
    """Hold a catalog against its tenant, the cards and the placements; Refusals with every reason, as far as it goes.

    Products are checked when they are planned: there are none yet.
    """
    if catalog.schedule:
        check_schedule(catalog.schedule)
    tenant = setting.tenant(catalog.tenant)
    tenant.receive()
    registry = open_registry(setting.cards)
    brief = catalog.brief_of([_example(catalog)])
    cards, strange = add_scene_cards(brief, tenant, cards_of(tenant, registry), registry)
    placements, unknown = check_placements(brief)
    checks = (unknown, check_copy(brief, tenant), check_scenes(brief, tenant, cards))
    of_cards = (strange, place_sets(brief, tenant, cards).problems, check_cards(cards, tenant, placements, brief))
    found = ProblemList()
    found.extend(chain.from_iterable((*checks, *of_cards, expectation_problems(catalog))))
    if not found:
        found.extend(check_feed_back(catalog, tenant, setting.now().date()))
    found.refuse(f"catalog {catalog.tenant}/{catalog.id}")


def add_catalog(path: Path, setting: CatalogSetting) -> Catalog:
    """Check the catalog of a file and keep it in its tenant's store, in place of an earlier one of the same id."""
    catalog = read_catalog(path)
    check_catalog(catalog, setting)
    written = sorted_json(catalog.model_dump(mode="json")).encode()
    own = setting.own(catalog.tenant)
    own.revise(_name(catalog.id), lambda before: written if before != written else None)
    note_schedule(own, catalog, setting.now())
    return catalog


def open_catalog(setting: CatalogSetting, tenant: str, catalog: str) -> Catalog:
    """Return a catalog of a tenant's store; BadInput if there is none."""
    if not is_slug(catalog):
        raise BadInput("catalog", f"{shorten(catalog)} is no id of a catalog; write its id, or the path of its file")
    try:
        data = setting.own(tenant).get(_name(catalog))
    except NoSuchObject as error:
        missing = f"{catalog!r} is not in the store of {tenant!r}; add it with `foundry catalog add`"
        raise BadInput("catalog", missing) from error
    return parse_value(Catalog, load_json(data, _name(catalog), BRIEF_FILE, code=CATALOG.code), CATALOG)


def list_catalogs(setting: CatalogSetting, tenant: str | None = None) -> Iterator[Listed]:
    """Yield the catalogs of one tenant, or of all whose folders are there, by tenant and id."""
    for one in [tenant] if tenant else tenants_of(setting):
        own = setting.own(one)
        for name in catalog_ids(setting, one):
            found = open_catalog(setting, one, name)
            yield Listed(found, next(iter(latest_runs(own, found.id, 1)), None))


def tenants_of(setting: CatalogSetting) -> list[str]:
    """Return the tenants whose folders are there, sorted."""
    return sorted(filter(is_slug, (each.parent.name for each in setting.tenants.glob(f"*/{TENANT_FILE}"))))


def catalog_ids(setting: CatalogSetting, tenant: str) -> list[str]:
    """Return the ids of a tenant's catalogs, sorted, at most MOST_CATALOGS."""
    names = islice(setting.own(tenant).matching("catalogs/*/catalog.json"), MOST_CATALOGS)
    return [name.split("/")[1] for name in names]


def _example(catalog: Catalog) -> dict[str, Any]:
    """Return a product with every field that copy may show, in the currency of each locale."""
    messages = catalog.campaign.get("messages")
    codes = {currency_of(locale) for locale in messages} if isinstance(messages, dict) else set()
    prices = [{"amount": "10", "currency": code} for code in sorted(filter(None, codes))]
    return {"id": "example", "name": "Example", "description": "Example", "category": "Example", "prices": prices}


def _name(catalog: str) -> str:
    return f"{catalog_folder(catalog)}/catalog.json"
