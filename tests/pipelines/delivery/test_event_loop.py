"""The loop over finished files and withdrawals: each order becomes one ask in the store, then its offsets go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition

from foundry.catalog.events import ASSET_WITHDRAWN, CATALOG_REFRESHED, CATALOG_STOPPED, CatalogOrigin
from foundry.event import ASSET_FINISHED, Event
from foundry.names import campaign_source
from pipelines.bus.messages import Mode, Unreadable, event_message
from pipelines.bus.topics import FINISHED, REFRESHED
from pipelines.delivery.asked import Ask, due_asks
from pipelines.delivery.event_loop import EventLoop, read_told
from pipelines.delivery.service_metrics import DeliveryMetrics
from pipelines.delivery.setting import DeliverySetting
from pipelines.dispatcher.claims import Claims
from pipelines.dispatcher.offsets import OffsetBook
from pipelines.dispatcher.outage_budget import OutageBudget
from tests.support.delivered import a_tenant
from tests.support.memory_kafka import MemoryConsumer
from tests.support.scheduled import HandClock

PART = TopicPartition(FINISHED, 0)
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def finished(campaign: str = "spring", order: str = "0a" * 16, tenant: str = "aurelle") -> Event:
    return Event(ASSET_FINISHED, campaign_source(tenant, campaign), "asset", {"order": order, "file_name": "x.jpg"})


def of_catalog(kind: str, run: str = "20261130T013000Z") -> Event:
    return Event(kind, CatalogOrigin("aurelle", "shoes").source, "x", {"run": run})


class Rig:
    """A loop without brokers."""

    def __init__(self, folder: Path) -> None:
        a_tenant(folder / "tenants", {"id": "dam"})
        a_tenant(folder / "tenants", tenant="nordlys")
        a_tenant(folder / "tenants", {"id": "by-hand", "automatic": False}, tenant="solveig")
        self.folder, self.consumer, self.sent, self.now = folder, MemoryConsumer(), 0, 0.0
        self.given: list[tuple[str, Ask]] = []
        claims = Claims()
        claims.gain([PART])
        self.loop = EventLoop(
            consumer=self.consumer,
            offsets=OffsetBook(claims),
            setting=DeliverySetting(store=str(folder / "store"), tenants=folder / "tenants", now=HandClock(NOON)),
            outage_budget=OutageBudget(),
            metrics=DeliveryMetrics(),
            give=lambda tenant, ask: self.given.append((tenant, ask)),
            clock=lambda: self.now,
        )

    def send(self, *events: Event | bytes, mode: Mode = "binary") -> None:
        records = []
        for event in events:
            message = event if isinstance(event, bytes) else event_message(event, "k", mode)
            value = message if isinstance(message, bytes) else message.value
            headers = [] if isinstance(message, bytes) else list(message.headers)
            records.append(
                SimpleNamespace(
                    topic=FINISHED, partition=0, offset=self.sent, key=b"k", value=value, headers=headers, timestamp=0
                )
            )
            self.sent += 1
        self.consumer.batches.append(records)
        self.loop.step()

    @property
    def committed(self) -> int:
        return self.consumer.committed[-1][PART] if self.consumer.committed else 0

    def asks(self) -> Iterator[Any]:
        setting = self.loop.setting
        yield from due_asks(setting.own(setting.tenant("aurelle")), NOON)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_an_order_becomes_one_ask_however_many_files_it_has_and_is_committed_then(rig: Rig) -> None:
    rig.send(*[finished()] * 50, finished(order="another"), finished("autumn"))
    assert rig.committed == 52
    rig.send(finished(), finished("autumn"))
    assert rig.committed == 54
    asks = sorted((ask.scope, ask.cause) for ask in rig.asks())
    assert asks == [("campaign:autumn", "0a" * 16), ("campaign:spring", "0a" * 16), ("campaign:spring", "another")]
    assert [tenant for tenant, _ in rig.given] == ["aurelle"] * 3


def test_runs_and_withdrawals_ask_for_their_catalog_and_stopped_runs_for_nothing(rig: Rig) -> None:
    rig.send(of_catalog(ASSET_WITHDRAWN), of_catalog(CATALOG_REFRESHED), of_catalog(CATALOG_STOPPED, "other"))
    assert [(ask.scope, ask.cause) for ask in rig.asks()] == [("catalog:shoes", "20261130T013000Z")]
    assert rig.committed == 3


def test_structured_events_are_read_as_well(rig: Rig) -> None:
    rig.send(finished(), mode="structured")
    assert [ask.scope for ask in rig.asks()] == ["campaign:spring"]


def test_tenants_without_automatic_targets_and_unknown_ones_ask_for_nothing(rig: Rig) -> None:
    rig.send(finished(tenant="nordlys"), finished(tenant="solveig"), finished(tenant="stranger"))
    assert (rig.given, rig.committed) == ([], 3)


def test_what_cannot_be_read_is_passed_over(rig: Rig) -> None:
    rig.send(b"{not json", b"", finished(order=""), finished())
    assert (len(rig.given), rig.committed) == (1, 4)


def test_while_the_folder_of_tenants_is_away_records_wait_and_are_read_again_by_the_next_process(rig: Rig) -> None:
    tenants = rig.folder / "tenants"
    tenants.rename(rig.folder / "away")
    rig.send(finished(), finished())
    assert (rig.given, rig.committed) == ([], 0)
    (rig.folder / "away").rename(tenants)
    rig.send()
    assert (rig.given, rig.committed) == ([], 0)  # it pauses between two tries
    rig.now = 5.0
    rig.send()
    assert (len(rig.given), rig.committed) == (1, 2)


def test_records_wait_while_the_file_of_their_tenant_cannot_be_read_and_others_go_on(rig: Rig) -> None:
    file = rig.folder / "tenants" / "aurelle" / "tenant.yaml"
    whole = file.read_text()
    file.write_text(whole[:40])
    rig.send(finished(), finished(tenant="nordlys"))
    assert (rig.given, rig.committed) == ([], 0)
    file.write_text(whole)
    rig.now = 6.0
    rig.send()
    assert ([tenant for tenant, _ in rig.given], rig.committed) == (["aurelle"], 2)


def test_records_do_not_wait_for_ever_for_a_file_of_a_tenant_that_stays_broken(rig: Rig) -> None:
    (rig.folder / "tenants" / "aurelle" / "tenant.yaml").write_text("id: [")
    rig.send(finished())
    assert rig.committed == 0
    rig.now = 901.0
    rig.send()
    assert (rig.given, rig.committed) == ([], 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    value=JSON | st.fixed_dictionaries({"order": JSON, "run": JSON}) | st.binary(max_size=50),
    kind=st.sampled_from([ASSET_FINISHED, CATALOG_REFRESHED, "x", ""]),
    source=st.sampled_from(["/tenants/a/campaigns/b", "/tenants/a/catalogs/b", "/tenants/../campaigns/b", "", "x"]),
)
def test_whatever_a_record_holds_no_other_error_than_unreadable_rises(value: Any, kind: str, source: str) -> None:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    headers = [("ce_type", kind.encode()), ("ce_source", source.encode()), ("ce_specversion", b"1.0")]
    record = SimpleNamespace(topic=REFRESHED, partition=0, offset=0, key=None, value=data, headers=headers, timestamp=0)
    try:
        told = read_told(record, "catalog.refreshed:0:0")
    except Unreadable:
        return
    assert told is None or (told.tenant == "a" and told.id == "b" and 0 < len(told.order) <= 200)
