"""Notices outages before a brief meets them: a thread asks the broker, the stores and the folders in turn."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from foundry.errors import FoundryError
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore
from foundry.tenant import Tenant, load_tenant
from pipelines.bus.settings import BusSettings
from pipelines.dispatcher.admission import Folders
from pipelines.dispatcher.health import Health, OutageKind
from pipelines.dispatcher.metrics import Metrics

NAME = "lookout"
EVERY_S, STORES_EVERY_S = 15.0, 60.0
ANSWERED_WITHIN_S = 5
STORE_PATIENCE_S = 10.0
LEAST_FREE_BYTES = 16 << 20
log = logging.getLogger("foundry.serve")


class Unusable(OSError):
    """A folder, or the disk below it, that cannot be read or written."""


class Check(NamedTuple):
    """One thing to ask: `act` raises if it does not work."""

    kind: OutageKind
    tenant: str
    act: Callable[[], None]


@dataclass
class Lookout:
    """Begins and ends outages in its own name, by what `checks` find.

    A tenant whose file cannot be read is not asked for; its briefs are refused with the reason.
    """

    health: Health
    metrics: Metrics
    checks: Callable[[], Iterable[Check]]
    every_s: float = EVERY_S
    _begun: set[tuple[OutageKind, str]] = field(default_factory=set)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Ask everything once."""
        asked = set()
        for check in self.checks():
            asked.add((check.kind, check.tenant))
            self._note(check, _reason_of(check))
            if self._stopping.is_set():
                return
        for kind, tenant in self._begun - asked:  # such as a tenant that is gone
            self.health.end_outage(kind, tenant, by=NAME)
        self._begun &= asked

    def _note(self, check: Check, reason: str) -> None:
        key, begun = (check.kind, check.tenant), (check.kind, check.tenant) in self._begun
        if not reason:
            self.health.end_outage(*key, by=NAME)
            self._begun.discard(key)
            return
        self.health.begin_outage(*key, reason, by=NAME)
        self._begun.add(key)
        if not begun:
            fields = {"kind": check.kind, "tenant": check.tenant}
            log.warning("%s is away: %s", check.kind, reason, extra=fields)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Ask again and again, in a thread, while the block runs."""
        thread = threading.Thread(target=self._run, name=NAME, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join(timeout=ANSWERED_WITHIN_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception:
                log.exception("the lookout broke")
                self.metrics.count_bug(NAME)
            self._stopping.wait(self.every_s)


def _reason_of(check: Check) -> str:
    """Return why a check failed; "" if it did not."""
    try:
        check.act()
    except Exception as error:  # noqa: BLE001 - whatever a client raises, what it asked for is not to be had
        return " ".join((str(error) or type(error).__name__).split())[:300]
    return ""


@dataclass
class Surroundings:
    """The checks of what a dispatcher needs: the broker, its folders, the common store, tenants' own buckets.

    The stores are asked once a minute, by listing one page: Cloud Storage bills that, and the writers' role allows it.
    """

    bus: BusSettings
    folders: Folders
    address: str
    metrics: Metrics
    clock: Callable[[], float]
    _stores_at: float | None = None
    _stores: tuple[Check, ...] = ()

    def checks(self) -> Iterator[Check]:
        """Yield the checks that are due; those of stores repeat their last result in between."""
        yield Check("broker", "", self._ask_broker)
        yield Check("folders", "", self._read_folders)
        now = self.clock()
        if self._stores_at is None or now - self._stores_at >= STORES_EVERY_S:
            self._stores_at, self._stores = now, tuple(map(_once, self._store_checks()))
        yield from self._stores

    def _ask_broker(self) -> None:
        from pipelines.bus.topics import open_admin

        with open_admin(self.bus.model_copy(update={"timeout_s": ANSWERED_WITHIN_S})):
            """A client that opened has asked a broker for the cluster's metadata."""

    def _read_folders(self) -> None:
        for folder in self.folders.required:
            if not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
                raise Unusable(f"the folder {folder} cannot be read")
        self.metrics.know_tenants(tenant_names(self.folders.tenants))

    def _store_checks(self) -> Iterator[Check]:
        """Yield a check of each bucket that tenants own, and of the common store unless every tenant owns a bucket."""
        tenants = list(_tenants(self.folders.tenants))
        own = [tenant for tenant in tenants if tenant.storage and "://" in self.address]
        if len(own) < len(tenants) or not tenants:
            yield Check("store", "", lambda: ask_store(open_store(self.address, patience_s=STORE_PATIENCE_S)))
        for tenant in own:
            yield Check("tenant_store", tenant.id, lambda tenant=tenant: self._ask_own(tenant))  # type: ignore[misc]

    def _ask_own(self, tenant: Tenant) -> None:
        ask_store(open_store(self.address, [tenant], patience_s=STORE_PATIENCE_S).for_tenant(tenant.id))


def tenant_names(folder: Path) -> list[str]:
    """Return the names of the tenants that have a file in this folder, sorted."""
    return sorted(file.parent.name for file in folder.glob("*/tenant.yaml"))


def _tenants(folder: Path) -> Iterator[Tenant]:
    for name in tenant_names(folder):
        try:
            yield load_tenant(folder, name)
        except (FoundryError, OSError) as error:
            log.debug("the lookout leaves tenant %s out: %s", name, error)


def ask_store(store: ObjectStore) -> None:
    """Ask a store whether it is there, by rights that its writers have; its own error if not."""
    root = getattr(store, "root", None)
    if isinstance(root, Path):
        _ask_folder(root)
    else:
        next(iter(store.list("")), None)


def _ask_folder(root: Path) -> None:
    there = next(folder for folder in (root.absolute(), *root.absolute().parents) if folder.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        raise Unusable(f"the folder {there} cannot be written")
    disk = os.statvfs(there)
    if disk.f_bavail * disk.f_frsize < LEAST_FREE_BYTES:
        raise Unusable(f"the disk of {there} is full")


def _once(check: Check) -> Check:
    """Return a check that asks now and repeats its answer afterwards."""
    reason = _reason_of(check)

    def answer() -> None:
        if reason:
            raise Unusable(reason)

    return check._replace(act=answer)
