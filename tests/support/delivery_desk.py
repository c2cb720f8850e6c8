"""A tenant with a store and one target, and a day: what deliveries are tried with."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.http.public_transport import Reach
from foundry.delivery.receipt import Delivered
from foundry.delivery.target import Target
from foundry.store.object_store import LocalStore
from pipelines.delivery.delivering import DeliveryRun, deliver
from pipelines.delivery.outbox import each_delivered
from pipelines.delivery.scopes import Scope
from pipelines.delivery.setting import DeliverySetting
from tests.support.dam import Asset, Dam, DamConnector
from tests.support.deliveries import TENANT, own_store, write_tenant
from tests.support.fake_clock import FakeClock

SPRING, SHOP = Scope(TENANT, "campaign", "spring"), Scope(TENANT, "catalog", "shop")


class Desk:
    """A tenant with a store, a folder for targets, and one target."""

    def __init__(self, folder: Path, /, **target: Any) -> None:
        self.root, self.folders, self.day = folder / "store", folder / "targets", "2026-11-30"
        self.folders.mkdir()
        self.own: LocalStore = own_store(self.root)
        plain = {"folder": "out"} if target.get("kind", "folder") == "folder" else {}
        self.target_fields = {"id": "out", "kind": "folder", **plain, **target}
        self.tenants = write_tenant(folder / "tenants", self.target_fields)

    def setting(self, **other: Any) -> DeliverySetting:
        """Return the setting of a run."""
        plain = DeliverySetting(
            store=str(self.root),
            tenants=self.tenants,
            folders=self.folders,
            now=lambda: datetime.fromisoformat(f"{self.day}T12:00:00").replace(tzinfo=UTC),
        )
        return replace(plain, **other)

    def deliver(self, scope: Scope = SPRING, **other: Any) -> DeliveryRun:
        """Deliver to the target."""
        setting = self.setting(**other)
        return deliver(scope, self.target(), setting)

    def target(self) -> Target:
        """Return the target."""
        target = self.setting().tenant(TENANT).delivery.target("out")
        assert target
        return target

    def files(self) -> dict[str, bytes]:
        """Return path → bytes of the pictures in use at the target."""
        below = self.folders / TENANT / "out"
        found = {str(file.relative_to(below)): file.read_bytes() for file in sorted(below.rglob("*.jpg"))}
        return {path: data for path, data in found.items() if not path.startswith("_expired")}

    def records(self) -> list[Delivered]:
        """Return the records of the target."""
        return list(each_delivered(self.own, "out"))


class DamDesk(Desk):
    """The same with a DAM in this process, and a clock that moves only when somebody sleeps."""

    def __init__(self, folder: Path, /, **target: Any) -> None:
        super().__init__(folder, **target)
        self.dam, self.clock, self.after_s = Dam(), FakeClock(), 0.0

    def setting(self, **other: Any) -> DeliverySetting:
        """Return the setting of a run."""
        plain = super().setting(clock=self.clock, connect=lambda *_: DamConnector("out", self.dam, self.after_s))
        return replace(plain, **other)

    def assets(self) -> list[Asset]:
        """Return the assets in use."""
        return [asset for asset in self.dam.everything() if not asset.expired]


class HttpDesk(Desk):
    """The same with a target that is asked by HTTP on this machine. Its clock moves only when somebody sleeps."""

    def __init__(self, folder: Path, /, **target: Any) -> None:
        super().__init__(folder, **target)
        self.clock = FakeClock(time.time())

    def setting(self, **other: Any) -> DeliverySetting:
        """Return the setting of a run."""
        return super().setting(**{"reach": Reach(loopback=True), "clock": self.clock, **other})
