"""Runs on topics: each ended run is told of once it is over, whoever made it, and again only after a loss."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kafka.errors import NotLeaderForPartitionError

from foundry.catalog.events import CatalogOrigin, run_event, withdrawal_events
from foundry.catalog.run_book import write_run
from foundry.catalog.runs import RunRecord, RunState, run_folder
from foundry.store.object_store import LocalStore
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import CAMPAIGN_FINISHED, FAILED, FINISHED, REFRESHED, events_topic
from pipelines.campaign.flow import build
from pipelines.catalog.announcing import RunAnnouncer, unannounced
from pipelines.dispatcher.audience import Audience
from tests.support import briefs
from tests.support.catalog_records import a_product_record
from tests.support.fakes import PaintingHandler
from tests.support.memory_kafka import MemoryProducer
from tests.support.scheduled import HandClock, a_catalog, a_setting, store_of

NIGHT = "20261130T023000Z"


class Rig:
    """A store with runs of a catalog, and an announcer whose messages are kept."""

    def __init__(self, folder: Path, **audience: Any) -> None:
        self.clock = HandClock(datetime(2026, 11, 30, 12, tzinfo=UTC))
        self.setting, self.catalog = a_setting(folder, self.clock), a_catalog()
        self.own = store_of(self.setting, self.catalog)
        self.producer = MemoryProducer()
        writer = MessageWriter(lambda: self.producer, timeout_s=1.0)
        self.announcer = RunAnnouncer(writer, self.setting, Audience(**audience))

    def ran(self, run: str = NIGHT, state: RunState = RunState.FINISHED, **fields: Any) -> RunRecord:
        """Write a run's record and its events: two withdrawn files and its end."""
        record = RunRecord(catalog="shoes", tenant="aurelle", run=run, state=state, began="", **fields)
        product = a_product_record(run=run, state="withdrawn", withdrawn_at="2026-11-30T02:30:00+00:00")
        events = [*withdrawal_events(CatalogOrigin("aurelle", "shoes"), product), run_event(record)]
        with self.own.replacing(f"{run_folder('shoes', run)}/events.jsonl") as file:
            file.write_text("".join(f"{event.as_json()}\n" for event in events))
        write_run(self.own, record)
        return record

    @property
    def kinds(self) -> list[str]:
        return [dict(each.headers)["ce_type"].decode().removeprefix("campaign-foundry.") for each in self.producer.sent]


def test_a_run_is_told_of_once_its_end_last_and_to_the_tenants_own_topic_too(tmp_path: Path) -> None:
    rig = Rig(tmp_path, has_topic=lambda name: name == events_topic("aurelle").name)
    rig.ran()
    assert rig.announcer(rig.catalog, NIGHT) == 2
    assert rig.kinds == ["asset.withdrawn"] * 2 + ["catalog.refreshed"] * 2
    assert {(each.topic, each.key) for each in rig.producer.sent} == {
        (REFRESHED, b"aurelle/shoes"), ("campaign.events.aurelle", b"aurelle/shoes"),
    }  # fmt: skip
    assert rig.announcer(rig.catalog, NIGHT) == 0
    assert len(rig.kinds) == 4


def test_runs_of_people_are_found_and_those_that_work_or_failed_are_left(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.ran("20261130T090000Z")
    rig.ran("20261129T090000Z")
    rig.ran("20261130T100000Z", RunState.RUNNING)
    rig.ran("20261130T110000Z", RunState.FAILED)
    rig.ran("20261101T090000Z")
    assert unannounced(rig.own, "shoes", rig.clock.moment) == [
        "20261129T090000Z", "20261130T090000Z", "20261130T100000Z", "20261130T110000Z",
    ]  # fmt: skip
    assert rig.announcer(rig.catalog, "") == 4
    assert rig.announcer(rig.catalog, "") == 0
    rig.ran("20261130T100000Z")
    assert rig.announcer(rig.catalog, "") == 2


def test_a_run_whose_events_the_brokers_did_not_take_is_told_of_again_under_the_same_ids(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.ran()
    rig.announcer(rig.catalog, NIGHT)
    before = [dict(each.headers)["ce_id"] for each in rig.producer.sent]
    rig.own.remove(f"{run_folder('shoes', NIGHT)}/announced")
    rig.producer.errors = [NotLeaderForPartitionError()]
    with pytest.raises(NotSent):
        rig.announcer(rig.catalog, NIGHT)
    del rig.producer.sent[:]
    assert rig.announcer(rig.catalog, "") == 2
    assert [dict(each.headers)["ce_id"] for each in rig.producer.sent] == before


def test_a_run_without_events_is_over_with_nothing_to_tell(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    write_run(rig.own, RunRecord(catalog="shoes", tenant="aurelle", run=NIGHT, state=RunState.SKIPPED, began=""))
    assert (rig.announcer(rig.catalog, ""), unannounced(rig.own, "shoes", rig.clock.moment)) == (0, [])


@pytest.mark.campaign
def test_the_files_that_a_run_made_are_told_of_before_its_end(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    each = briefs.admitted(tmp_path)
    build(each.plan, each.inputs, LocalStore(Path(rig.setting.store)), generator=PaintingHandler())
    rig.ran(campaigns=(each.plan.brief.campaign.id,))
    rig.announcer(rig.catalog, NIGHT)
    topics = Counter(sent.topic for sent in rig.producer.sent)
    assert topics[FINISHED] > 0
    assert (topics[FAILED], topics[CAMPAIGN_FINISHED], topics[REFRESHED]) == (0, 1, 2)
    assert [sent.topic for sent in rig.producer.sent][-2:] == [REFRESHED, REFRESHED]
    ids = [dict(sent.headers)["ce_id"] for sent in rig.producer.sent]
    assert len(ids) == len(set(ids))
