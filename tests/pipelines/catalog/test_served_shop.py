"""A shop whose catalog is served: its night, a price that changes by day, and what is told of both."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from kafka import TopicPartition

from foundry.catalog.run_book import latest_runs
from foundry.catalog.runs import RunState
from pipelines.bus.catalog_changes import CatalogChange, change_message
from pipelines.bus.producing import MessageWriter
from pipelines.bus.topics import CHANGED
from pipelines.catalog.announcing import RunAnnouncer
from pipelines.catalog.change_answers import ChangeAnswers
from pipelines.catalog.change_loop import ChangeLoop
from pipelines.catalog.due_runs import note_schedule
from pipelines.catalog.refresh import refresh, refresh_rows
from pipelines.catalog.scheduling import CatalogScheduler
from pipelines.catalog.service_metrics import CatalogMetrics
from pipelines.dispatcher.claims import Claims
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.outage_budget import OutageBudget
from tests.support.memory_kafka import MemoryConsumer, MemoryProducer
from tests.support.scheduled import HandClock, keep
from tests.support.shops import TENANT, Shop, a_row

pytestmark = pytest.mark.campaign
PART = TopicPartition(CHANGED, 0)


def test_a_night_is_made_once_and_a_new_price_by_day_makes_its_files_alone(tmp_path: Path) -> None:
    root = tmp_path / "files" / TENANT
    root.mkdir(parents=True)
    shop = Shop.open(root, schedule={"cron": "30 2 * * *", "timezone": "Europe/Berlin"})
    shop.write([a_row(1), a_row(2)])
    clock = HandClock(shop.night - timedelta(hours=1))
    shop.settings = {"now": clock, "files": tmp_path / "files"}
    setting = shop.setting
    own = keep(setting, shop.catalog)
    note_schedule(own, shop.catalog, clock.moment)
    producer = MemoryProducer()
    writer = MessageWriter(lambda: producer, timeout_s=1.0)
    announcer = RunAnnouncer(writer, setting)
    scheduler = CatalogScheduler(setting=setting, refresh=refresh, look_s=0, announce=announcer)
    for minutes in (0, 60, 61):
        clock.moment = shop.night + timedelta(minutes=minutes - 60)
        with ThreadPoolExecutor(1) as pool:
            scheduler.step(pool)
    [night] = latest_runs(own, "shop", 9)
    assert (night.run, night.state, night.scheduled) == ("20261130T013000Z", RunState.FINISHED, True)
    assert night.work.files_made == 2

    claims, consumer = Claims(), MemoryConsumer()
    claims.gain([PART])
    change = CatalogChange(tenant="aurelle", catalog="shop", items=(a_row(2, price="99.00 USD"),))
    message = change_message(change)
    consumer.batches.append(
        [SimpleNamespace(topic=CHANGED, partition=0, offset=0, key=message.key, value=message.value,
                         headers=list(message.headers), timestamp=int(1000 * time.time()))]
    )  # fmt: skip
    loop = ChangeLoop(
        consumer=consumer,
        offsets=OffsetBook(claims),
        setting=setting,
        refresh_rows=refresh_rows,
        answers=ChangeAnswers(writer),
        outage_budget=OutageBudget(),
        metrics=CatalogMetrics(),
        announce=announcer,
    )
    for _ in range(2):
        with ThreadPoolExecutor(1) as pool:
            loop.step(pool)
    assert consumer.committed == [{PART: 1}]
    day, _ = latest_runs(own, "shop", 9)
    assert (day.state, day.scheduled) == (RunState.FINISHED, False)
    assert (day.work.files_made, day.work.shots) == (1, 0)
    ends = [json.loads(sent.value) for sent in producer.sent if b"catalogs/shop" in dict(sent.headers)["ce_subject"]]
    assert {end["run"] for end in ends} == {night.run, day.run}
