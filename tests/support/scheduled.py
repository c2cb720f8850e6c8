"""Catalogs with a schedule, as small as they can be, and refreshes that only keep books."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from foundry.catalog.catalog import Catalog
from foundry.catalog.run_book import begin_run, read_run, write_run
from foundry.catalog.runs import RunRecord, RunState, catalog_folder
from foundry.names import sorted_json
from foundry.store.lease import hold
from foundry.store.object_store import ObjectStore
from pipelines.catalog.due_runs import ENDED, lease_name
from pipelines.catalog.setting import CatalogSetting
from tests.support.briefs import EXAMPLES

CAMPAIGN = {
    "campaign": {"id": "nightly", "name": "Nightly"},
    "market": {"regions": ["Germany"], "audience": "everybody"},
    "scenes": [{"id": "plain", "prompt": "a plain grey wall"}],
    "messages": {"en-US": {"headline": "{product.name}"}},
    "placements": ["meta/feed-square"],
}


def a_catalog(catalog_id: str = "shoes", tenant: str = "aurelle", **schedule: Any) -> Catalog:
    """Return a catalog of a feed that is never read, with a schedule of these fields, or none."""
    return Catalog.model_validate(
        {
            "id": catalog_id,
            "name": "Shoes",
            "tenant": tenant,
            "feed": {"source": "shoes.tsv"},
            "campaign": CAMPAIGN,
            "schedule": {"cron": "30 2 * * *", **schedule},
        }
    )


def keep(setting: CatalogSetting, catalog: Catalog) -> ObjectStore:
    """Put a catalog into its tenant's store, unchecked; return that store."""
    own = store_of(setting, catalog)
    written = sorted_json(catalog.model_dump(mode="json")).encode()
    own.revise(f"{catalog_folder(catalog.id)}/catalog.json", lambda _: written)
    return own


def store_of(setting: CatalogSetting, catalog: Catalog) -> ObjectStore:
    """Return the store of a catalog's tenant."""
    return setting.objects(setting.tenant(catalog.tenant)).for_tenant(catalog.tenant)


@dataclass
class HandClock:
    """The wall clock of a setting, which a test sets."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def set(self, text: str) -> None:
        """Set it to a moment in UTC."""
        self.moment = datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class FastClock:
    """A wall clock that several processes share, and that runs `speed` times as fast as the real one."""

    begin: datetime
    real: float = field(default_factory=time.time)
    speed: float = 60.0

    def __call__(self) -> datetime:
        return self.begin + timedelta(seconds=(time.time() - self.real) * self.speed)


def a_setting(folder: Path, now: Callable[[], datetime], **fields: Any) -> CatalogSetting:
    """Return a setting with a store in a folder, and with the tenants of the examples."""
    return CatalogSetting(
        store=str(folder / "store"), now=now, **{"tenants": EXAMPLES / "tenants", "lease_s": 0.5, **fields}
    )


@dataclass
class PaperRefresh:
    """A refresh that makes nothing: it holds the lease, keeps the record, and does what a test wants meanwhile.

    book: a file that gets a line for each run that came to its end, from any process.
    """

    book: Path
    meanwhile: Callable[[RunRecord], None] = lambda _: None
    folders: list[Path | None] = field(default_factory=list)
    """The folder of files of each call in this process."""

    def __call__(
        self, catalog: Catalog, setting: CatalogSetting, *, run: str | None = None, scheduled: bool = False
    ) -> RunRecord:
        self.folders.append(setting.files)
        own, began = store_of(setting, catalog), setting.now().isoformat()
        with hold(own, lease_name(catalog.id), seconds=setting.lease_s) as lease:
            record = RunRecord(
                catalog=catalog.id, tenant=catalog.tenant, run=str(run), state=RunState.RUNNING, began=began,
                scheduled=scheduled,
            )  # fmt: skip
            if not begin_run(own, record):
                record = read_run(own, catalog.id, record.run)
                if record.state in ENDED:
                    return record
            try:
                self.meanwhile(record)
            except OSError as error:
                write_run(own, replace(record, state=RunState.FAILED, reason=str(error)))
                raise
            lease.check()
            with self.book.open("a") as lines:
                lines.write(f"{catalog.id} {record.run}\n")
            record = replace(record, state=RunState.FINISHED, ended=setting.now().isoformat())
            write_run(own, record)
            return record

    def lines(self) -> list[str]:
        """Return the runs that came to their end, in order."""
        return self.book.read_text().splitlines() if self.book.exists() else []
