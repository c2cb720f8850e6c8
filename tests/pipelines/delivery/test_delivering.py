"""Deliveries into folders: what is sent, what waits, what is replaced, and what is taken out of use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Delivered, State
from foundry.store.object_store import LocalStore
from pipelines.delivery.delivering import DeliveryRun, deliver
from pipelines.delivery.outbox import each_delivered
from pipelines.delivery.scopes import Scope
from pipelines.delivery.setting import DeliverySetting
from tests.support.deliveries import TENANT, a_row, own_store, write_campaign, write_tenant

SPRING, SHOP = Scope(TENANT, "campaign", "spring"), Scope(TENANT, "catalog", "shop")


class Desk:
    """A tenant with a store, a folder for targets, and one target."""

    def __init__(self, folder: Path, **target: Any) -> None:
        self.root, self.folders, self.day = folder / "store", folder / "targets", "2026-11-30"
        self.folders.mkdir()
        self.own: LocalStore = own_store(self.root)
        self.target_fields = {"id": "out", "kind": "folder", "folder": "out", **target}
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
        target = setting.tenant(TENANT).delivery.target("out")
        assert target
        return deliver(scope, target, setting)

    def files(self) -> dict[str, bytes]:
        """Return path → bytes of the pictures in use at the target."""
        below = self.folders / TENANT / "out"
        found = {str(file.relative_to(below)): file.read_bytes() for file in sorted(below.rglob("*.jpg"))}
        return {path: data for path, data in found.items() if not path.startswith("_expired")}

    def records(self) -> list[Delivered]:
        """Return the records of the target."""
        return list(each_delivered(self.own, "out"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk."""
    return Desk(tmp_path)


def test_the_files_of_a_campaign_arrive_once_each_with_a_receipt(desk: Desk) -> None:
    write_campaign(desk.own, [a_row(desk.own, number) for number in range(9)])
    run = desk.deliver()
    assert (run.sent, run.states, run.proofs, run.whole) == (9, {State.DELIVERED: 9}, {Proof.REREAD: 9}, True)
    files = desk.files()
    assert len(files) == 9
    assert all(path.startswith("spring/meta/") for path in files)
    assert sorted(record.receipts[0].path for record in desk.records()) == sorted(files)
    again = desk.deliver()
    assert (again.sent, again.states) == (0, {State.DELIVERED: 9})
    assert desk.files() == files
