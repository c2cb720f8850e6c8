"""Deliveries on a real broker: what topics tell of is delivered, told of, committed, and expired when withdrawn."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from foundry.catalog.events import CATALOG_REFRESHED, CatalogOrigin
from foundry.event import ASSET_FINISHED, Event
from foundry.names import campaign_source
from pipelines.bus.messages import event_message
from pipelines.bus.producing import open_writer
from pipelines.bus.reading import all_records
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import DELIVERED, FINISHED, REFRESHED, create_topics, events_topic
from pipelines.delivery.delivering import deliver
from pipelines.delivery.serving import DeliveryServeOptions, DeliveryServer
from pipelines.delivery.setting import DeliverySetting
from tests.support.deliveries import a_row, own_store, write_campaign, write_product, write_tenant
from tests.support.waiting import until

pytestmark = pytest.mark.kafka


@contextmanager
def served(folder: Path, bus: BusSettings, group: str) -> Iterator[DeliveryServer]:
    """Deliver in a thread until the block ends; then the process has drained."""
    setting = DeliverySetting(store=str(folder / "store"), tenants=folder / "tenants", folders=folder / "there")
    server = DeliveryServer(DeliveryServeOptions(setting=setting, group=group, http_port=0, bus=bus), deliver)
    server.worker.tick_s = 0.1
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.budget.draining.set()
        thread.join(90)
        assert not thread.is_alive()


def told(bus: BusSettings, topic: str, source: str) -> list[tuple[str, str]]:
    """The last words of the types of the events of a source, and the grades of their proofs; of each id the first."""
    found: dict[str, tuple[str, str]] = {}
    for record in all_records(bus, topic):
        headers = {name: (value or b"").decode() for name, value in record.headers}
        if headers.get("ce_source") == source:
            data = json.loads(record.value or b"{}")
            found.setdefault(headers["ce_id"], (headers["ce_type"].rpartition(".")[2], data["receipt"]["proof"]))
    return list(found.values())


def test_finished_files_are_delivered_and_told_of_and_files_of_an_ended_product_expire(
    tmp_path: Path, broker: BusSettings
) -> None:
    create_topics(broker, ["aurelle"], partitions=2)
    word = uuid.uuid4().hex[:8]
    group, campaign, catalog = f"deliveries-{word}", f"spring-{word}", f"shoes-{word}"
    (tmp_path / "there").mkdir()
    write_tenant(tmp_path / "tenants", {"id": "handover", "kind": "folder", "folder": "handover"})
    own, there = own_store(tmp_path / "store"), tmp_path / "there/aurelle/handover"
    write_campaign(own, [a_row(own, number) for number in range(3)], campaign)
    night = f"{catalog}.{'0a' * 8}"
    shoe = a_row(own, 7, campaign=night)
    write_campaign(own, [shoe], night)
    write_product(own, catalog, [shoe])

    finished = Event(ASSET_FINISHED, campaign_source("aurelle", campaign), "asset", {"order": word})
    source = CatalogOrigin("aurelle", catalog).source
    with open_writer(broker) as writer:
        for _ in range(3):
            writer.send(FINISHED, event_message(finished, f"aurelle/{campaign}"))
        refreshed = Event(CATALOG_REFRESHED, source, "x", {"run": "20261130T013000Z"})
        writer.send(REFRESHED, event_message(refreshed, f"aurelle/{catalog}"))
        with served(tmp_path, broker, group) as server:
            until(lambda: len([each for each in there.rglob("*.jpg") if "_expired" not in each.parts]) == 4)
            until(lambda: len(told(broker, DELIVERED, finished.source)) == 3 and told(broker, DELIVERED, source))
            own_events = told(broker, events_topic("aurelle").name, finished.source)
            assert sorted(own_events) == sorted(told(broker, DELIVERED, finished.source))
            assert {proof for _, proof in own_events} <= {"hash", "reread"}
            write_product(own, catalog, [shoe], state="withdrawn", withdrawn_at="2026-11-30T01:30:00+00:00")
            ended = Event(CATALOG_REFRESHED, source, "x", {"run": "20261201T013000Z"})
            writer.send(REFRESHED, event_message(ended, f"aurelle/{catalog}"))
            until(lambda: [kind for kind, _ in told(broker, DELIVERED, source)] == ["delivered", "expired"])
            assert server.metrics.asked.labels("asked")._value.get() >= 3
    with open_writer(broker) as writer, served(tmp_path, broker, group) as server:
        asked = server.metrics.asked.labels("asked")
        later = Event(ASSET_FINISHED, finished.source, "asset", {"order": f"{word}-2"})
        writer.send(FINISHED, event_message(later, f"aurelle/{campaign}"))
        until(lambda: asked._value.get() and not server.worker.wanted)
        assert asked._value.get() == 1  # the earlier records were committed
    assert len(told(broker, DELIVERED, finished.source)) == 3  # told again, with the same ids
