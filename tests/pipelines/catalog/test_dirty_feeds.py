"""Feeds with every kind of dirt, one seed after another: nothing is withdrawn that the shop still sells."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from foundry.catalog.attributes import ATTRIBUTES
from foundry.catalog.catalog import Catalog
from foundry.catalog.comparing import compare
from foundry.catalog.comparison import Comparison
from foundry.catalog.judging import Judge
from foundry.catalog.products import Change, ProductChange
from foundry.catalog.reading.reading import read_here
from foundry.catalog.refusals import BadFeed
from foundry.catalog.spool import Spool
from foundry.catalog.state import StateFacts, read_state
from foundry.catalog.state_writing import write_state
from foundry.store.object_store import LocalStore
from tests.support.feed_dirt import DELIMITED, FILE_DIRT, LINE_DIRT, ROW_DIRT
from tests.support.feeds import MadeFeed, change_feed, make_feed
from tests.support.judged_rows import NOW, TEMPLATE
from tests.support.remembered import ALL

FEEDS = int(os.environ.get("FOUNDRY_DIRTY_FEEDS", "96"))
"""1,000 were run; docs/catalogs.md says with what outcome."""
KINDS = ("google-tsv", "google-xml", "google-json", "shopify-csv", "meta-csv", "csv")
ROWS = 70
HEAVY = {"10 MB title", "a bomb"}
RENAMED = {"long id"}
"""A usable id that is another one than yesterday's: the item is a new one, and nobody can tell."""
CHANGED = ("removed", "stock", "price", "title")


def catalog_of(made: MadeFeed) -> Catalog:
    return Catalog.model_validate(
        {"id": "shop", "name": "Shop", "tenant": "northpeak", "feed": made.feed, "campaign": TEMPLATE}
    )


@dataclass(frozen=True)
class Remembered:
    """A feed, the store with the state after its run, and the items of each product."""

    made: MadeFeed
    store: LocalStore
    items: dict[str, frozenset[str]]


@contextmanager
def compared(made: MadeFeed, store: LocalStore, folder: Path, night: int) -> Iterator[Comparison]:
    """Read, judge and compare a feed as a run does."""
    catalog, now = catalog_of(made), NOW + timedelta(days=night)
    with (
        read_state(store, catalog.id, folder) as state,
        Spool(folder, catalog, shown=ALL, now=now) as spool,
    ):
        reading = read_here(made.fetched, catalog.feed, frozenset(ATTRIBUTES))
        judge = Judge(reading.kind, catalog.feed, catalog)
        for chunk in reading.chunks():
            spool.add(judge.judge(chunk))
        yield compare(state, spool, catalog=catalog, template="t1")


@pytest.fixture(scope="module")
def remembered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Remembered]:
    """For each kind, a clean feed and the state after its run."""
    found = {}
    for kind in KINDS:
        folder = tmp_path_factory.mktemp(kind)
        made = make_feed(folder / "monday", kind, ROWS, seed=3)
        store = LocalStore(folder / "store", "northpeak/")
        with compared(made, store, folder, 0) as comparison:
            products = [change.product for change in comparison.to_make() if change.product]
            assert len(products) == comparison.counts[Change.NEW] > ROWS // 4
            write_state(store, comparison, StateFacts(run="1", moment=NOW.isoformat(), template="t1"))
        found[kind] = Remembered(made, store, {product.id: frozenset(product.items) for product in products})
    return found


def outcome(made: MadeFeed, store: LocalStore, folder: Path) -> tuple[str, list[ProductChange]]:
    """The code with which a feed is refused, or "", and the products that its run would withdraw."""
    try:
        with compared(made, store, folder, 1) as comparison:
            return "", list(comparison.to_withdraw())
    except BadFeed as error:
        return error.code, []


def dirt_for(chance: random.Random, kind: str) -> tuple[dict[str, int], str]:
    """Return some dirt of rows, and in one feed of four of the whole file."""
    names = [name for name in ROW_DIRT if name not in HEAVY | RENAMED]
    names += [*LINE_DIRT] if kind in DELIMITED else []
    dirt = {name: chance.randint(1, 2) for name in chance.sample(names, chance.randint(1, 6))}
    dirt |= {"repeated id": 1} if chance.random() < 0.3 else {}
    files = [name for name, each in FILE_DIRT.items() if name not in HEAVY and (not each.kinds or kind in each.kinds)]
    return dirt, chance.choice(files) if chance.random() < 0.25 else ""


def test_nothing_that_the_shop_still_sells_is_withdrawn(remembered: dict[str, Remembered], tmp_path: Path) -> None:
    refused = withdrawn = 0
    for seed in range(FEEDS):
        chance = random.Random(seed)
        kind = KINDS[seed % len(KINDS)]
        monday = remembered[kind]
        dirt, file_dirt = dirt_for(chance, kind)
        made = change_feed(
            monday.made, tmp_path / "tuesday", seed, share=0.2, kinds=CHANGED, added=3, dirt=dirt, file_dirt=file_dirt
        )
        ended = {item for item, change in made.changes.items() if change in {"removed", "stock"}}
        code, gone = outcome(made, monday.store, tmp_path)
        assert code == made.refused, (seed, kind, file_dirt)
        refused += bool(code)
        for each in gone:
            assert each.why or monday.items[each.id] <= ended, (seed, kind, dirt, each)
            withdrawn += 1
    assert refused > FEEDS // 10
    assert withdrawn > FEEDS // 10
