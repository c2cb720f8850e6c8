"""The state that a run begins with: as the last run left it, or rebuilt from the records of products."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from foundry.catalog.catalog import Catalog
from foundry.catalog.comparison import Comparison
from foundry.catalog.runs import catalog_folder
from foundry.catalog.state import BrokenState, CatalogState, read_state, rebuild_state
from foundry.store.object_store import ObjectStore
from pipelines.catalog.feed_limits import NOTHING_KNOWN, LastFeed
from pipelines.catalog.gate import Shift
from pipelines.catalog.records import each_product_record
from pipelines.catalog.template import CatalogTemplate

log = logging.getLogger(__name__)


def open_state(own: ObjectStore, template: CatalogTemplate, folder: Path) -> CatalogState:
    """Return the state of a catalog; one that is lost or damaged is rebuilt from the records of its products.

    Its rows lie in `folder` while it is open. A catalog without runs has an empty state.
    """
    catalog = template.catalog
    try:
        state = read_state(own, catalog.id, folder)
    except BrokenState as broken:
        log.warning("%s", broken)
    else:
        if state.facts.run or not _has_records(own, catalog):
            return state
        state.__exit__()
        log.warning("the state of catalog %s is lost; it is rebuilt from the records of its products", catalog.id)
    return rebuild_state(each_product_record(own, catalog.id), catalog.id, folder)


def _has_records(own: ObjectStore, catalog: Catalog) -> bool:
    return next(iter(own.list(f"{catalog_folder(catalog.id)}/products/")), None) is not None


def is_settled(state: CatalogState, template: CatalogTemplate, now: datetime) -> bool:
    """Return whether the same feed would ask for no work: nothing is left, and nothing else changed since."""
    facts = state.facts
    same = facts.template == template.digest and facts.catalog == template.catalog.digest
    turned = bool(facts.next_turn) and now >= datetime.fromisoformat(facts.next_turn)
    return bool(facts.run) and same and not facts.left and not turned


def last_feed(state: CatalogState, *, settled: bool) -> LastFeed:
    """Return what is known of the feed since the last run; nothing where it must be read again in any case."""
    facts = state.facts
    known = LastFeed(etag=facts.etag, modified=facts.modified, sha256=facts.feed_sha256)
    return known if settled else NOTHING_KNOWN


def shift_of(comparison: Comparison) -> Shift:
    """Return what a comparison measures for the gates; nothing for the first run, which has no feed before it."""
    if not comparison.facts.run:
        return Shift(withdrawn=comparison.withdrawn)
    return Shift(
        fewer_rows=comparison.fewer_rows,
        withdrawn=comparison.withdrawn,
        moved_prices=comparison.moved_prices,
        changed=comparison.changed,
    )
