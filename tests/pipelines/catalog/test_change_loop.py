"""The loop over changed items: each record is refreshed, or waits, or becomes a dead letter; then it is committed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kafka import TopicPartition

from foundry.catalog.catalog import Catalog
from foundry.catalog.runs import RunRecord, RunState
from foundry.errors import BadInput
from foundry.store.lease import LeaseHeld
from pipelines.bus.catalog_changes import CHANGE_REFUSED, CatalogChange, change_message
from pipelines.bus.client import KafkaRecord
from pipelines.bus.dead import read_dead_message
from pipelines.bus.producing import MessageWriter
from pipelines.bus.topics import CHANGED, CHANGED_DEAD, REFRESHED
from pipelines.catalog.change_answers import ChangeAnswers
from pipelines.catalog.change_loop import ChangeLoop
from pipelines.catalog.service_metrics import CatalogMetrics
from pipelines.catalog.setting import CatalogSetting
from pipelines.dispatcher.claims import Claims
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.outage_budget import OutageBudget
from tests.support.memory_kafka import MemoryConsumer, MemoryProducer
from tests.support.scheduled import HandClock, a_catalog, a_setting, keep

PART = TopicPartition(CHANGED, 0)


class Rig:
    """A loop without brokers, whose refreshes are noted, and fail with the errors that a test gives."""

    def __init__(self, folder: Path) -> None:
        self.setting = a_setting(folder, HandClock(datetime(2026, 11, 30, tzinfo=UTC)))
        for name in ("shoes", "hats"):
            keep(self.setting, a_catalog(name))
        self.consumer, self.producer = MemoryConsumer(), MemoryProducer()
        self.refreshed: list[tuple[str, list[str], list[str]]] = []
        self.errors: list[Exception] = []
        self.announced: list[str] = []
        self.sent, self.now = 0, 0.0
        claims = Claims()
        claims.gain([PART])
        self.loop = ChangeLoop(
            consumer=self.consumer,
            offsets=OffsetBook(claims),
            setting=self.setting,
            refresh_rows=self.refresh_rows,
            answers=ChangeAnswers(MessageWriter(lambda: self.producer, timeout_s=1.0)),
            outage_budget=OutageBudget(),
            metrics=CatalogMetrics(),
            announce=lambda catalog, run: self.announced.append(f"{catalog.id} {run}"),
            clock=lambda: self.now,
        )

    def refresh_rows(
        self,
        catalog: Catalog,
        setting: CatalogSetting,
        rows: Sequence[Mapping[str, str | None]],
        removed: Sequence[str] = (),
    ) -> RunRecord:
        if self.errors:
            raise self.errors.pop(0)
        self.refreshed.append((catalog.id, [f"{row['id']}={row.get('price')}" for row in rows], list(removed)))
        moment = setting.now().isoformat()
        return RunRecord(catalog=catalog.id, tenant="aurelle", run="r", state=RunState.FINISHED, began=moment)

    def send(self, *values: Any) -> None:
        """Let the next poll return records; a dict is a change of `shoes`, bytes are sent as they are."""
        records: list[KafkaRecord] = []
        for value in values:
            headers: Any = []
            if not isinstance(value, bytes):
                document = {"tenant": "aurelle", "catalog": "shoes", **value}
                message = change_message(CatalogChange.model_validate(document))
                value, headers = message.value, list(message.headers)  # noqa: PLW2901 - as it is on the wire
            record = SimpleNamespace(
                topic=CHANGED, partition=0, offset=self.sent, key=b"k", value=value, headers=headers,
                timestamp=int(1000 * time.time()),
            )  # fmt: skip
            records.append(record)
            self.sent += 1
        self.consumer.batches.append(records)

    def step(self, times: int = 1) -> None:
        """Make passes; refreshes that a pass begins have ended before the next one."""
        for _ in range(times):
            with ThreadPoolExecutor(2) as pool:
                self.loop.step(pool)

    @property
    def committed(self) -> int:
        return self.consumer.committed[-1][PART] if self.consumer.committed else 0

    def count(self, outcome: str) -> float:
        self.loop.metrics.know(a_catalog())
        return float(self.loop.metrics.changes.labels("other", outcome)._value.get())


def row(item: str, price: str) -> dict[str, str]:
    return {"id": item, "price": price}


def test_a_record_is_committed_after_its_items_were_refreshed_and_not_before(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.send({"items": [row("a", "1 EUR")], "removed": ["z"]})
    rig.step()
    assert rig.refreshed == [("shoes", ["a=1 EUR"], ["z"])]
    assert rig.committed == 0
    rig.step()
    assert (rig.committed, rig.announced, rig.count("refreshed")) == (1, ["shoes r"], 1)


def test_records_that_came_together_are_refreshed_together_and_the_last_word_on_an_item_counts(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.send(
        {"items": [row("a", "1 EUR"), row("b", "2 EUR")]},
        {"items": [row("a", "3 EUR")], "removed": ["b", "c"]},
        {"items": [row("c", "4 EUR")]},
        {"catalog": "hats", "items": [row("a", "9 EUR")]},
    )
    rig.step(2)
    assert sorted(rig.refreshed) == [("hats", ["a=9 EUR"], []), ("shoes", ["a=3 EUR", "c=4 EUR"], ["b"])]
    assert rig.committed == 4


def test_a_record_that_cannot_be_read_is_a_dead_letter_and_the_rest_go_on(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.send(b"{not json", {"items": [row("a", "1 EUR")]})
    rig.step(2)
    [dead] = [read_dead_message(each) for each in rig.producer.sent if each.topic == CHANGED_DEAD]
    assert (dead.code, dead.stage, dead.message.value) == ("unreadable_message", "read", b"{not json")
    assert dead.origin == "catalog.changed:0:0"
    assert len(rig.refreshed) == 1
    assert (rig.committed, rig.count("refused")) == (2, 1)


def test_a_change_of_a_catalog_that_is_not_there_is_refused_and_its_sender_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.send({"catalog": "gloves", "items": [row("a", "1 EUR")]})
    rig.step(2)
    assert [each.topic for each in rig.producer.sent] == [CHANGED_DEAD, REFRESHED]
    told = dict(rig.producer.sent[1].headers)
    assert (told["ce_type"], told["ce_source"]) == (CHANGE_REFUSED.encode(), b"/tenants/aurelle/catalogs/gloves")
    assert b"'gloves' is not in the store of 'aurelle'; add it" in rig.producer.sent[1].value
    assert rig.committed == 1


def test_while_another_run_works_the_records_wait_and_keep_their_order(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.errors = [LeaseHeld("lease", "other:1", "is held"), OSError("the store is away")]
    rig.send({"items": [row("a", "1 EUR")]})
    rig.step(2)
    rig.send({"items": [row("a", "2 EUR")]})
    rig.step(3)
    assert (rig.refreshed, rig.committed) == ([], 0)
    rig.now = 6.0
    rig.step(2)
    assert rig.refreshed == []
    rig.now = 12.0
    rig.step(2)
    assert rig.refreshed == [("shoes", ["a=2 EUR"], [])]
    assert rig.committed == 2


def test_of_several_records_the_one_that_cannot_be_used_is_found(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.errors = [BadInput("a", "cannot be used"), BadInput("a", "cannot be used")]
    rig.send({"items": [row("a", "x")]}, {"items": [row("b", "1 EUR")]}, {"items": [row("c", "1 EUR")]})
    rig.step(6)
    [dead] = [read_dead_message(each) for each in rig.producer.sent if each.topic == CHANGED_DEAD]
    assert dead.origin == "catalog.changed:0:0"
    assert [each[1] for each in rig.refreshed] == [["b=1 EUR", "c=1 EUR"]]
    assert rig.committed == 3


def test_a_record_that_breaks_the_program_is_given_up_after_three_tries(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.errors = [ValueError("a bug")] * 3
    rig.send({"items": [row("a", "1 EUR")]})
    for moment in (0.0, 6.0, 12.0, 18.0):
        rig.now = moment
        rig.step(2)
    [dead] = [read_dead_message(each) for each in rig.producer.sent if each.topic == CHANGED_DEAD]
    assert (dead.code, dead.reason) == (
        "change_broke",
        "the items could not be refreshed (ValueError); after repair, send them again",
    )
    assert rig.committed == 1
    assert rig.loop.metrics.bugs.labels("change")._value.get() == 3


def test_records_of_a_lost_partition_are_left_to_its_new_owner(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.errors = [OSError("away")]
    rig.send({"items": [row("a", "1 EUR")]})
    rig.step(2)
    rig.loop.offsets.claims.lose([PART])
    rig.now = 60.0
    rig.step(3)
    assert (rig.refreshed, rig.consumer.committed) == ([], [])


def test_a_drain_ends_the_refresh_that_runs_and_takes_nothing_more(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.send({"items": [row("a", "1 EUR")]})
    rig.step()
    rig.loop.draining.set()
    rig.send({"items": [row("b", "1 EUR")]})
    rig.loop.run()
    assert [each[1] for each in rig.refreshed] == [["a=1 EUR"]]
    assert rig.committed == 1
