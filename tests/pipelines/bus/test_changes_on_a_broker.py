"""Changed items on a real broker: refreshed and committed, dead letters kept, also when the process dies in between."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from foundry.catalog.catalog import Catalog
from foundry.catalog.run_book import write_run
from foundry.catalog.runs import RunRecord, RunState
from pipelines.bus.catalog_changes import CatalogChange, change_message
from pipelines.bus.dead import read_dead_message
from pipelines.bus.messages import BusMessage
from pipelines.bus.producing import open_writer
from pipelines.bus.reading import all_records
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import CHANGED, CHANGED_DEAD, REFRESHED, changes_topic, create_topics, events_topic
from pipelines.catalog.schedule import run_at
from pipelines.catalog.serving import CatalogServeOptions, CatalogServer, Work
from pipelines.catalog.setting import CatalogSetting
from tests.support.scheduled import HandClock, PaperRefresh, a_catalog, a_setting, keep, store_of
from tests.support.waiting import until

pytestmark = pytest.mark.kafka


class RowBook:
    """A refresh of rows that writes down the ids, once for each call, and may fail before that."""

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.ids = failures, list[str]()

    def __call__(
        self,
        catalog: Catalog,
        setting: CatalogSetting,
        rows: Sequence[Mapping[str, str | None]],
        removed: Sequence[str] = (),
    ) -> RunRecord:
        if self.failures:
            self.failures -= 1
            raise OSError("the store is away")
        self.ids += [str(row["id"]) for row in rows] + [f"-{item}" for item in removed]
        record = RunRecord(
            catalog=catalog.id, tenant=catalog.tenant, run=run_at(setting.now()), state=RunState.FINISHED, began=""
        )
        write_run(store_of(setting, catalog), record)
        return record


@contextmanager
def served(folder: Path, bus: BusSettings, group: str, rows: RowBook) -> Iterator[CatalogServer]:
    """Serve catalogs in a thread until the block ends; then the process has drained."""
    setting = a_setting(folder, HandClock(datetime(2026, 11, 30, 12, tzinfo=UTC)))
    keep(setting, a_catalog())
    options = CatalogServeOptions(setting=setting, group=group, http_port=0, bus=bus)
    server = CatalogServer(options, Work(PaperRefresh(folder / "book"), rows))
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.budget.draining.set()
        thread.join(90)
        assert not thread.is_alive()


def test_items_are_refreshed_once_told_of_and_committed_and_what_is_no_change_is_kept(
    tmp_path: Path, broker: BusSettings
) -> None:
    create_topics(broker, ["aurelle"], partitions=2)
    group, word = f"catalogs-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex[:8]

    def sent(*items: str, removed: tuple[str, ...] = ()) -> BusMessage:
        rows = tuple({"id": item, "price": "1 EUR"} for item in items)
        return change_message(CatalogChange(tenant="aurelle", catalog="shoes", items=rows, removed=removed))

    rows = RowBook(failures=1)
    with open_writer(broker) as writer, served(tmp_path, broker, group, rows) as server:
        writer.send(CHANGED, BusMessage(b"aurelle/shoes", f"{{no {word}".encode(), ()))
        writer.send(CHANGED, sent(f"{word}-1", removed=(f"{word}-9",)))
        writer.send(changes_topic("aurelle").name, sent(f"{word}-2"))
        ours = {f"{word}-1", f"-{word}-9", f"{word}-2"}
        until(lambda: ours <= set(rows.ids))
        until(lambda: server.metrics.changes.labels("aurelle", "refreshed")._value.get() >= 2)
    again = RowBook()
    with open_writer(broker) as writer, served(tmp_path, broker, group, again):
        writer.send(CHANGED, sent(f"{word}-3"))
        until(lambda: f"{word}-3" in again.ids)
    assert not ours & set(again.ids)  # they were committed
    dead = [read_dead_message(each) for each in all_records(broker, CHANGED_DEAD)]
    assert [each.code for each in dead if each.message.value == f"{{no {word}".encode()] == ["unreadable_message"]
    for topic in (REFRESHED, events_topic("aurelle").name):
        assert all(record.key == b"aurelle/shoes" for record in all_records(broker, topic) if record.key)
