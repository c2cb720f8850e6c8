"""The record of a run from its beginning to its end, with the events, the report and the docs that it names."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from foundry.catalog.catalog import Catalog
from foundry.catalog.events import run_event
from foundry.catalog.refusals import BadFeed
from foundry.catalog.run_book import write_run
from foundry.catalog.runs import RunRecord, RunState
from foundry.errors import FoundryError, clipped
from foundry.private_folder import private_folder
from foundry.store.lease import NotTheLeader
from foundry.store.object_store import ObjectStore
from pipelines.catalog.event_log import EventLog, events_name
from pipelines.catalog.results import Touched, clear_ended, store_report
from pipelines.catalog.setting import CatalogSetting
from pipelines.catalog.validating import RunValidation


@dataclass
class RecordedRun:
    """One run of a catalog. record: as it stands; it is written when the run has ended."""

    catalog: Catalog
    setting: CatalogSetting
    own: ObjectStore
    record: RunRecord
    _began: float = field(default_factory=time.monotonic, init=False)

    @cached_property
    def validation(self) -> RunValidation:
        """The suites of expectations that the run's feed and files are held against."""
        return RunValidation(self.own, self.catalog, self.record.run, wanted=self.setting.expectations)

    def guarded(self, steps: Callable[[Path], RunRecord]) -> RunRecord:
        """Run the steps in a scratch folder; a bad feed stops the run, and any other error is recorded and rises."""
        try:
            with TemporaryDirectory(dir=private_folder("catalogs")) as scratch:
                return steps(Path(scratch))
        except BadFeed as error:
            return self.stop(str(error))
        except NotTheLeader:
            raise
        except Exception as error:
            reason = str(error) if isinstance(error, FoundryError | OSError) else f"{type(error).__name__}: {error}"
            with suppress(FoundryError, OSError):
                write_run(self.own, self.ended(RunState.FAILED, clipped(reason, 2_000)))
            raise

    def note(self, objects: Mapping[str, str] = MappingProxyType({}), **said: Any) -> None:
        """Take something into the record; `objects` are added to those that it names."""
        self.record = replace(self.record, **said, objects={**self.record.objects, **objects})

    def tell(self, log: EventLog, ended: RunRecord) -> RunRecord:
        """Store the events of a run that ends, its own last; return the record, which names them."""
        events = events_name(self.catalog.id, self.record.run)
        ended = replace(ended, objects={**ended.objects, "events": events})
        log.add([run_event(ended)])
        log.store(self.own, events)
        return ended

    def stop(self, reason: str) -> RunRecord:
        """End a run before anything was made or withdrawn, and tell it."""
        with TemporaryDirectory(dir=private_folder("catalogs")) as scratch:
            log = EventLog(Path(scratch) / "events.jsonl")
            return self.close(self.report(self.tell(log, self.ended(RunState.STOPPED, reason))))

    def ended(self, state: RunState, reason: str = "") -> RunRecord:
        """Return the record of a run that ends now, with its time and its docs."""
        seconds = round(time.monotonic() - self._began, 3)
        work = replace(self.record.work, seconds=seconds)
        docs = {"docs": self.validation.docs} if self.validation.docs else {}
        objects = {**self.record.objects, **docs}
        return replace(
            self.record, state=state, ended=self.now(), work=work, reason=reason or self.record.reason, objects=objects
        )

    def close(self, ended: RunRecord) -> RunRecord:
        """Write the record of a run that ended."""
        self.record = ended
        write_run(self.own, self.record)
        clear_ended(self.own, self.record)
        return self.record

    def report(self, ended: RunRecord, touched: Touched = MappingProxyType({})) -> RunRecord:
        """Write the report of a run that ended; return its record, which names it."""
        return store_report(self.own, self.catalog, self.setting.tenant(self.catalog.tenant), ended, touched)

    def now(self) -> str:
        """Return the present moment, ISO 8601."""
        return self.setting.now().isoformat(timespec="seconds")
