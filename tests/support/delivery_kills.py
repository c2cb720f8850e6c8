"""Deliveries to several targets at once, in a process that is killed again and again at moments that chance decides."""

from __future__ import annotations

import hashlib
import random
import resource
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Connector
from foundry.delivery.target import Target
from foundry.manifest import ManifestRecord
from foundry.store.lease import LeaseLost
from foundry.store.object_store import LocalStore
from pipelines.delivery.delivering import deliver_to_each
from pipelines.delivery.saying import say
from pipelines.delivery.selecting import Selection
from pipelines.delivery.setting import DeliverySetting
from pipelines.delivery.stamping import stamped
from tests.support.dam import DamConnector, reach, served
from tests.support.deliveries import TENANT, a_row, own_store, write_campaign, write_tenant
from tests.support.delivery_desk import SPRING
from tests.support.forking import forked

AT_WORK = "at work"
LEASE_S = 0.2


@dataclass(frozen=True)
class Place:
    """Where all of it is, for the process that delivers."""

    root: Path
    tenants: Path
    folders: Path
    address: Any
    key: bytes

    def setting(self, stopping: Callable[[], bool] = lambda: False) -> DeliverySetting:
        """Return the setting of a run; targets whose names begin with `dam` are served DAMs."""
        return DeliverySetting(
            store=str(self.root),
            tenants=self.tenants,
            folders=self.folders,
            lease_s=LEASE_S,
            first_pause_s=0.01,
            stopping=stopping,
            connect=self.connect,
        )

    def connect(self, target: Target, setting: ConnectorSetting) -> Connector:
        """Return the connector of a target."""
        if not target.id.startswith("dam"):
            return open_connector(target, setting)
        return DamConnector(target.id, reach(self.address, self.key, target.id), after_s=0.01)


def work(connection: Connection, place: Place) -> None:
    """Deliver to all targets until everything is there; tell when the work begins, and at its end the memory in MiB."""
    told = list[str]()

    def at_work() -> bool:
        if not told:
            told.append(AT_WORK)
            connection.send(AT_WORK)
        return False

    setting = place.setting(at_work)
    targets = setting.tenant(TENANT).delivery.targets
    while True:
        try:
            if all(run.whole for run in deliver_to_each(SPRING, targets, setting)):
                break
        except LeaseLost:  # this machine stood still for longer than the lease is good for
            continue
    connection.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


@dataclass
class KilledDelivery:
    """A campaign on its way to some DAMs and folders, and the process that brings it. most_mib: memory that it took.

    kept: rows that do not change.
    """

    folder: Path
    files: int
    dams: int = 2
    folders: int = 1
    seed: int = 19
    most_mib: float = 0.0
    kept: list[ManifestRecord] = field(default_factory=list)

    def run(self, kills: int, *, before: int = 4, after: int = 4, longest_s: float = 0.15) -> Counter[str]:
        """Kill so often, let the last process end, and return what is at each target: `whole`, or what is wrong."""
        names = [f"dam-{at}" for at in range(self.dams)] + [f"folder-{at}" for at in range(self.folders)]
        tenants = write_tenant(
            self.folder / "tenants", *({"id": name, "kind": "folder", "folder": name} for name in names)
        )
        (self.folder / "targets").mkdir()
        own = own_store(self.folder / "store")
        chance, look = random.Random(self.seed), 0
        self._write(own, look)
        with served() as (address, key):
            place = Place(self.folder / "store", tenants, self.folder / "targets", address, key)
            dams = {name: reach(address, key, name) for name in names if name.startswith("dam")}
            for dam in dams.values():
                dam.be(before=before, after=after)
            for kill in range(kills):
                if self._killed(place, chance.uniform(0, longest_s)) or kill % 5 == 4:
                    look += 1
                    self._write(own, look)  # also while files of the look before are on their way
            self._killed(place, None)
            found = Counter[str]()
            for name in names:
                held = self._held(place, name, dams.get(name))
                found.update(self._judged(own, place, name, held))
            return found

    def _write(self, own: LocalStore, look: int) -> None:
        """Write the campaign with every third file made anew."""
        if not look:
            self.kept += [a_row(own, number) for number in range(self.files) if number % 3]
        changed = [a_row(own, number, f"look {look}") for number in range(0, self.files, 3)]
        write_campaign(own, [*self.kept, *changed])

    def _killed(self, place: Place, after_s: float | None) -> bool:
        """Kill a process so long after it began to work, None for never; return True if it was done by itself."""
        with forked(work, place) as (_, connection):
            assert connection.recv() == AT_WORK
            done = connection.poll(after_s)
            self.most_mib = max(self.most_mib, connection.recv()) if done else self.most_mib
            return done

    def _held(self, place: Place, name: str, dam: Any) -> Counter[str]:
        """Return the hashes of the assets in use at a target."""
        if dam is not None:
            return Counter(hashlib.sha256(asset.data).hexdigest() for asset in dam.everything() if not asset.expired)
        below = place.folders / TENANT / name
        files = [each for each in below.rglob("*.jpg") if "_expired" not in each.parts]
        return Counter(hashlib.sha256(each.read_bytes()).hexdigest() for each in files)

    def _judged(self, own: LocalStore, place: Place, name: str, held: Counter[str]) -> Counter[str]:
        """Count the files of the campaign that are at a target once, and how often it is otherwise."""
        tenant = place.setting().tenant(TENANT)
        target = tenant.delivery.target(name)
        assert target is not None
        wanted = Counter(map(partial(_hash, own, tenant, target), Selection(own, SPRING, target.filter)))
        judged = Counter(whole=sum((wanted & held).values()))
        judged["lost"] += sum((wanted - held).values())
        judged["doubled or old"] += sum((held - wanted).values())
        return +judged


def _hash(own: LocalStore, tenant: Any, target: Target, file: Any) -> str:
    with stamped(own, file, say(file, tenant, target), embeds=True) as content:
        return content.sha256
