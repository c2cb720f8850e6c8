"""Webhooks from a bucket: the receiver fetches each file by its link, and it is the one that the event tells."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.http.public_transport import Reach
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import State
from foundry.store.addresses import open_store
from foundry.store.bucket_requests import CONNECTIONS
from infra.stack import running
from pipelines.delivery.delivering import deliver
from pipelines.delivery.setting import DeliverySetting
from tests.connectors.webhook.receiver import VARIABLE, Receiver
from tests.support.buckets import client_of, named_bucket
from tests.support.deliveries import TENANT, a_row, write_campaign, write_tenant
from tests.support.delivery_desk import SPRING
from tests.support.fake_clock import FakeClock
from tests.support.scripted_host import told
from tests.support.service_account import key_file

pytestmark = pytest.mark.gcs


class Fetching(Receiver):
    """A receiver that fetches by the link. The local server of buckets speaks no TLS."""

    def _take(self, event: dict[str, Any]) -> None:
        slot, data = event["subject"], event["data"]
        if event["type"].endswith(".expired"):
            self.slots.pop(slot)
            return
        with urllib.request.urlopen(data["link"].replace("https://", "http://"), timeout=30) as answer:
            self.slots[slot] = answer.read()
        assert hashlib.sha256(self.slots[slot]).hexdigest() == data["sha256"]
        assert len(self.slots[slot]) == data["size_bytes"]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Fetching]:
    monkeypatch.setenv(VARIABLE, "whsec_" + base64.b64encode(b"a key of thirty bytes, for now").decode())
    opened = Fetching(tmp_path, FakeClock(time.time()))
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def setting(receiver: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeliverySetting]:
    with contextlib.ExitStack() as servers:
        port = servers.enter_context(running("gcs")).port("http")
        servers.enter_context(client_of(f"http://127.0.0.1:{port}"))
        address = f"gs://{named_bucket()}/live"
        from google.oauth2 import service_account

        account = service_account.Credentials.from_service_account_file(str(key_file(tmp_path)))
        monkeypatch.setattr(CONNECTIONS.client(), "_credentials", account)
        target = receiver.target.model_dump(mode="json", exclude_defaults=True) | {"id": "out", "kind": "webhook"}
        yield DeliverySetting(
            store=address,
            tenants=write_tenant(tmp_path / "tenants", target),
            reach=Reach(loopback=True),
            clock=receiver.clock,
            now=lambda: datetime(2026, 11, 30, 12, tzinfo=UTC),
        )


def test_a_receiver_fetches_what_it_is_told_of_and_drops_what_ends(
    receiver: Fetching, setting: DeliverySetting
) -> None:
    own = open_store(setting.store).for_tenant(TENANT)
    target = setting.tenant(TENANT).delivery.target("out")
    assert target
    rows = [a_row(own, number) for number in range(5)]
    write_campaign(own, rows)
    receiver.host.will("", told(503), told(429, Retry_After="2"))
    run = deliver(SPRING, target, setting)
    assert (run.states, run.proofs) == ({State.DELIVERED: 5}, {Proof.ACCEPTED: 5})
    assert sorted(receiver.slots.values()) == sorted(own.get(row.address) for row in rows)
    assert deliver(SPRING, target, setting).sent == 0
    write_campaign(own, [a_row(own, 0, "cheaper"), *rows[1:]])
    assert deliver(SPRING, target, setting).sent == 1
    assert receiver.events[-1]["data"]["replaces"]
    assert own.get(a_row(own, 0, "cheaper").address) in receiver.slots.values()
    write_campaign(own, [replace(rows[1], expiry="2026-11-29"), *rows[2:], a_row(own, 0, "cheaper")])
    run = deliver(SPRING, target, setting)
    assert (run.states, len(receiver.slots)) == ({State.DELIVERED: 4, State.EXPIRED: 1}, 4)
    assert receiver.events[-1]["type"] == "campaign-foundry.asset.expired"
    assert len(receiver.seen_ids) == 7
