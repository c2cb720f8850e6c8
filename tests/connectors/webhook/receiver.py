"""A service that receives webhooks, verifies them with the package `standardwebhooks`, and keeps the newest file."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from standardwebhooks import Webhook, WebhookVerificationError

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Connector, Found
from foundry.delivery.target import Secret, WebhookTarget
from foundry.retrying import Clock
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import Seen
from tests.support.moods import Reply
from tests.support.scripted_host import ScriptedHost, told

VARIABLE = "DELIVERY_AURELLE__HOOK"


class Receiver:
    """A bench. files: the folder in which files lie whose names end with the first 12 digits of their SHA-256."""

    def __init__(self, files: Path, clock: Clock | None = None) -> None:
        self.files, self.clock = files, clock or FakeClock(time.time())
        self.host = ScriptedHost(self.answer)
        self.events: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.seen_ids: set[str] = set()
        self.slots: dict[str, bytes] = {}
        self.locked = False

    @property
    def target(self) -> WebhookTarget:
        return WebhookTarget(
            id="shop", kind="webhook", url=f"{self.host.url}/hooks/files", secret=Secret(variable=VARIABLE)
        )

    def open(self) -> Connector:
        setting = ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=self.clock)
        return open_connector(self.target, setting)

    def answer(self, seen: Seen) -> Reply:
        if self.locked:
            return told(401, b"no")
        try:
            event = Webhook(os.environ[VARIABLE]).verify(seen.body, seen.headers)
        except WebhookVerificationError:
            return told(401, b"bad signature")
        assert seen.headers["content-type"].startswith("application/cloudevents+json")
        assert event["id"] == seen.headers["webhook-id"]
        self.headers.append(seen.headers)
        self.events.append(event)
        if event["id"] not in self.seen_ids:
            self.seen_ids.add(event["id"])
            self._take(event)
        return told(202)

    def _take(self, event: dict[str, Any]) -> None:
        slot, data = event["subject"], event["data"]
        if event["type"].endswith(".expired"):
            self.slots.pop(slot, None)
            return
        (file,) = self.files.glob(f"*-{urlsplit(data['link']).path[1:]}.*")
        assert hashlib.sha256(file.read_bytes()).hexdigest() == data["sha256"]
        assert file.stat().st_size == data["size_bytes"]
        self.slots[slot] = file.read_bytes()

    def contents(self) -> Mapping[str, bytes]:
        return dict(self.slots)

    def change(self, found: Found) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        self.host.stop()

    def start(self) -> None:
        self.host.start()

    def lock_out(self) -> None:
        self.locked = True


def body_of(seen: Seen) -> dict[str, Any]:
    return json.loads(seen.body)
