"""The undo of withdrawals, as people ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from foundry.catalog.catalog import Catalog
from foundry.catalog.runs import catalog_folder
from foundry.private_folder import private_folder
from pipelines.catalog.event_log import EventLog
from pipelines.catalog.feed_links import forget_links
from pipelines.catalog.refresh import leading
from pipelines.catalog.schedule import run_at
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.withdrawing import Undone, restore_products


def undo_withdrawal(catalog: Catalog, setting: CatalogSetting, what: str | Sequence[str]) -> Undone:
    """Make withdrawn products live again, by the run that withdrew them or by their ids.

    Nothing is drawn or rendered. A product stays live until the feed has had it again. The events lie in the catalog's
    folder `undone`. BadInput for a run that is unknown or withdrew nothing, LeaseHeld if a run is at work.
    """
    with leading(catalog, setting) as (own, _), TemporaryDirectory(dir=private_folder("catalogs")) as scratch:
        log = EventLog(Path(scratch) / "events.jsonl")
        undone = restore_products(own, catalog, log, what, setting.now())
        if log.count:
            forget_links(own, catalog.id)
            log.store(own, f"{catalog_folder(catalog.id)}/undone/{run_at(setting.now())}.jsonl")
        return undone
