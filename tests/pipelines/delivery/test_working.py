"""The work of the process that delivers: asks are done, or wait, and are removed when their targets have everything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.target.errors import TargetAway
from foundry.delivery.receipt import Delivered, State
from foundry.delivery.target import Target
from foundry.errors import BadInput
from foundry.store.lease import LeaseHeld
from foundry.tenant import TENANT_FILE
from pipelines.bus.producing import MessageWriter, NotSent
from pipelines.bus.topics import DELIVERED
from pipelines.delivery.announcing import DeliveryAnnouncer
from pipelines.delivery.asked import FOLDER, new_ask, put_ask
from pipelines.delivery.delivering import DeliveryRun, Seen
from pipelines.delivery.scopes import Scope
from pipelines.delivery.selecting import Lost
from pipelines.delivery.setting import DeliverySetting
from pipelines.delivery.working import DeliveryWorker
from tests.support.delivered import a_delivered, a_receipt, a_slot, a_tenant
from tests.support.memory_kafka import MemoryProducer
from tests.support.scheduled import HandClock

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
WHOLE: dict[str, Any] = {"states": {State.DELIVERED: 1}, "sent": 1, "size_bytes": 1_000}


class Rig:
    """A worker whose deliveries are noted, and end as a test says; its clocks stand still until a test moves them."""

    def __init__(self, folder: Path, *targets: str) -> None:
        self.folder, self.clock, self.now = folder, HandClock(NOON), 0.0
        a_tenant(folder / "tenants", *({"id": each} for each in targets or ("dam",)))
        self.setting = DeliverySetting(store=str(folder / "store"), tenants=folder / "tenants", now=self.clock)
        self.made: list[str] = []
        self.ends: dict[str, list[Exception | dict[str, Any]]] = {}
        self.records: list[Delivered] = []
        self.while_running: Callable[[], None] | None = None
        self.worker = DeliveryWorker(setting=self.setting, deliver=self.deliver, clock=lambda: self.now, look_s=0.0)

    def deliver(self, scope: Scope, target: Target, setting: DeliverySetting, seen: Seen | None = None) -> DeliveryRun:
        self.made.append(f"{scope.text} {target.id}")
        if self.while_running:
            self.while_running()
        for record in self.records:
            assert seen is not None
            seen(replace(record, target=target.id))
        ended = self.ends[target.id].pop(0) if self.ends.get(target.id) else WHOLE
        if isinstance(ended, Exception):
            raise ended
        return DeliveryRun(tenant=scope.tenant, target=target.id, scope=scope.text, **ended)

    def own(self, tenant: str = "aurelle") -> Any:
        return self.setting.own(self.setting.tenant(tenant))

    def ask(self, scope: str = "campaign:spring", cause: str = "order", tenant: str = "aurelle") -> None:
        put_ask(self.own(tenant), new_ask(scope, cause, self.clock()))

    def step(self, times: int = 2) -> None:
        """Make passes; what a pass begins has ended before the next one."""
        for _ in range(times):
            with ThreadPoolExecutor(4) as pool:
                self.worker.step(pool)

    def asks(self, tenant: str = "aurelle") -> list[str]:
        return [name.split("/")[-1][:16] for name in self.own(tenant).list(f"{FOLDER}/")]

    def shown(self, line: str) -> bool:
        return line in self.worker.metrics.exposition().decode()


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_what_is_asked_for_goes_to_all_automatic_targets_and_the_ask_is_removed(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "dam", "folder")
    a_tenant(tmp_path / "tenants", {"id": "dam"}, {"id": "by-hand", "automatic": False}, {"id": "folder"})
    rig.ask()
    rig.ask(cause="another")
    rig.step()
    assert sorted(rig.made) == ["campaign:spring dam", "campaign:spring folder"]
    assert rig.asks() == []
    assert rig.shown('foundry_delivery_runs_total{end="whole",target="dam",tenant="aurelle"} 1.0')
    assert rig.shown('foundry_delivery_bytes_total{target="dam",tenant="aurelle"} 1000.0')
    rig.step()
    assert len(rig.made) == 2


def test_a_target_that_is_away_is_asked_after_growing_pauses_and_holds_up_no_other(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "away", "dam")
    rig.ends["away"] = [{"away": "no answer"}, TargetAway("away", "no answer")]
    rig.ask()
    rig.step()
    assert sorted(rig.made) == ["campaign:spring away", "campaign:spring dam"]  # side by side, so in any order
    assert rig.asks() == ["20261130T120000Z"]
    rig.clock.moment += timedelta(minutes=5)
    rig.step()
    assert len(rig.made) == 2
    assert rig.shown('foundry_delivery_late_seconds{target="away",tenant="aurelle"} 300.0')
    assert rig.shown('foundry_delivery_late_seconds{target="dam",tenant="aurelle"} 0.0')
    for moment, count in ((14.0, 2), (15.0, 3), (44.0, 3), (45.0, 4)):
        rig.now = moment
        rig.step()
        assert len(rig.made) == count, moment
    assert rig.made[2:] == ["campaign:spring away"] * 2
    assert rig.asks() == []
    assert rig.shown('foundry_delivery_late_seconds{target="away",tenant="aurelle"} 0.0')


def test_a_target_is_left_alone_for_as_long_as_it_asks_and_while_it_refuses(rig: Rig) -> None:
    rig.ends["dam"] = [{"away": "too many", "after_s": 120.0}, {"away": "wrong password", "refused": True}]
    rig.ask()
    for moment, count in ((0.0, 1), (119.0, 1), (120.0, 2), (719.0, 2), (720.0, 3)):
        rig.now = moment
        rig.step()
        assert len(rig.made) == count, moment
    assert rig.shown('foundry_delivery_runs_total{end="refused",target="dam",tenant="aurelle"} 1.0')


def test_files_that_are_left_open_are_tried_again_until_none_is(rig: Rig) -> None:
    rig.ends["dam"] = [{"states": {State.OPEN: 2}}, {"states": {State.OPEN: 1}}]
    rig.ask()
    for moment, count in ((0.0, 1), (15.0, 2), (45.0, 3)):
        rig.now = moment
        rig.step()
        assert len(rig.made) == count, moment
    assert rig.asks() == []


def test_another_process_at_the_target_is_waited_for(rig: Rig) -> None:
    rig.ends["dam"] = [LeaseHeld("deliveries/dam/lease.json", "other:1", "is held")]
    rig.ask()
    rig.step()
    rig.now = 15.0
    rig.step()
    assert (len(rig.made), rig.asks()) == (2, [])
    assert rig.shown('foundry_delivery_runs_total{end="failed",target="dam",tenant="aurelle"} 0.0')


def test_what_is_asked_for_while_a_run_works_is_done_by_another_run(rig: Rig) -> None:
    def ask_again() -> None:
        rig.while_running = None
        rig.ask(cause="a later order")

    rig.while_running = ask_again
    rig.ask()
    rig.step(4)
    assert rig.made == ["campaign:spring dam"] * 2
    assert rig.asks() == []


def test_an_embargo_ends_by_an_ask_for_its_day(rig: Rig) -> None:
    rig.ends["dam"] = [{"states": {State.WAITING: 3}, "next_day": "2026-12-24"}]
    rig.ask()
    rig.step()
    assert rig.asks() == ["20261224T000000Z"]
    rig.clock.set("2026-12-23T23:59:59")
    rig.step()
    assert len(rig.made) == 1
    rig.clock.set("2026-12-24T00:00:00")
    rig.step()
    assert (len(rig.made), rig.asks()) == (2, [])


def test_a_bug_or_a_scope_that_cannot_be_delivered_stops_no_other(rig: Rig, tmp_path: Path) -> None:
    a_tenant(tmp_path / "tenants", {"id": "other"}, tenant="nordlys")
    (tmp_path / "tenants/broken").mkdir()
    (tmp_path / "tenants/broken" / TENANT_FILE).write_text("id: [")
    rig.ends["dam"] = [ValueError("a bug"), BadInput("campaign spring", "has no manifest")]
    rig.ask()
    rig.ask("catalog:shoes")
    rig.ask(tenant="nordlys")
    rig.own().put_once(f"{FOLDER}/20260101T000000Z-x.json", b'{"scope": "campaign:../x"}')
    rig.step(3)
    assert len(rig.made) == 3
    assert rig.asks("nordlys") == []
    assert len(rig.asks()) == 3
    assert rig.shown('foundry_delivery_bugs_total{where="run"} 1.0')
    rig.now = 15.0
    rig.step(3)
    assert rig.asks() == ["20260101T000000Z"]


def test_a_campaign_whose_manifest_is_gone_is_asked_for_no_more(rig: Rig) -> None:
    rig.ends["dam"] = [Lost("campaign", "spring has no manifest; run the campaign first")]
    rig.ask()
    rig.step()
    assert (len(rig.made), rig.asks()) == (1, [])


def test_a_tenant_with_many_deliveries_does_not_go_before_another(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "one", "two", "three")
    a_tenant(tmp_path / "tenants", {"id": "other"}, tenant="nordlys")
    for number in range(5):
        rig.ask(f"campaign:c{number}")
    rig.clock.moment += timedelta(minutes=1)
    rig.ask("campaign:later", tenant="nordlys")
    rig.worker.at_once = 2
    rig.step(1)
    assert len(rig.made) == 2
    assert "campaign:later other" in rig.made


def test_what_was_done_since_it_was_asked_for_is_told_and_again_after_brokers_were_away(rig: Rig) -> None:
    producer = MemoryProducer()
    rig.worker.announce = DeliveryAnnouncer(MessageWriter(lambda: producer, timeout_s=1.0))
    old = a_receipt(delivered_at="2026-11-29T10:00:00+00:00")
    new = a_receipt(delivered_at="2026-11-30T12:00:01+00:00")
    rig.records = [
        a_delivered(receipts=(new, old)),
        a_delivered(slot=a_slot(scene="old"), receipts=(old,)),
        a_delivered(State.SET_ASIDE, slot=a_slot(scene="big"), receipts=(), code="file_refused", why="is too large"),
        a_delivered(State.WAITING, slot=a_slot(scene="later"), receipts=(), until="2027-01-01"),
    ]
    from kafka.errors import KafkaTimeoutError

    producer.errors = [KafkaTimeoutError("away")]
    rig.ask()
    rig.step()
    assert rig.asks() == ["20261130T120000Z"]
    rig.now = 15.0
    rig.step()
    assert rig.asks() == []
    kinds = [dict(each.headers)["ce_type"].decode().rpartition(".")[2] for each in producer.sent]
    assert sorted(set(kinds)) == ["delivered", "delivery_failed"]
    assert {each.topic for each in producer.sent} == {DELIVERED}
    assert {each.key for each in producer.sent} == {b"aurelle/spring"}
    ids = {dict(each.headers)["ce_id"] for each in producer.sent}
    assert len(ids) == 2
    rig.ask(cause="once more")
    before = len(producer.sent)
    rig.step()
    assert len(producer.sent) == before  # this process remembers what it has told
    assert rig.shown('foundry_delivery_failed_files_total{state="set_aside",target="dam",tenant="aurelle"}')


def test_a_run_whose_events_are_not_taken_is_made_again(rig: Rig) -> None:
    class Mute:
        audience = DeliveryAnnouncer(MessageWriter(MemoryProducer, timeout_s=1.0)).audience

        def send(self, scope: Scope, spool: Any) -> int:
            raise NotSent("assets.delivered", scope.id, "no broker")

    rig.worker.announce = Mute()
    rig.ask()
    rig.step()
    assert (len(rig.made), len(rig.asks())) == (1, 1)
    rig.worker.announce = None
    rig.now = 15.0
    rig.step()
    assert (len(rig.made), rig.asks()) == (2, [])


def test_a_drain_begins_nothing_more_and_leaves_what_is_not_done(rig: Rig) -> None:
    rig.ask()
    stopped = threading.Event()

    def stop() -> None:
        rig.worker.draining.set()
        assert rig.worker.setting.stopping()
        stopped.set()

    rig.while_running = stop
    rig.ends["dam"] = [{"stopped": True}]
    rig.worker.tick_s = 0.01
    rig.worker.run()
    assert stopped.is_set()
    assert len(rig.asks()) == 1
