"""A small DAM in memory whose interface is as awkward as that of some vendors, and its connector.

A file is brought in three steps: an upload is reserved, filled, and saved as an asset. To save twice makes two assets.
It misbehaves as its moods say, by chance but the same each time: refuses to answer, or answers nothing although the
step was done. It can be served to other processes (`served`), which may be killed.
"""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import current_process
from multiprocessing.managers import BaseManager, MakeProxyType
from typing import Any

from connectors.target.connector import Facts, Found, Place, Progress, Sent
from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt
from tests.support.forking import forks


@dataclass(frozen=True)
class Moods:
    """How often of 100 steps the DAM is away before a step, and after it was done."""

    before: int = 0
    after: int = 0
    poison: str = ""  # a file whose path holds it never arrives
    refused: str = ""  # a file whose path holds it is refused
    locked: bool = False


class Away(Exception):
    """The DAM gave no answer."""


@dataclass(frozen=True)
class Asset:
    """One asset of the DAM."""

    id: str
    slot: str
    path: str
    data: bytes
    version: int = 1
    expired: bool = False

    @property
    def etag(self) -> str:
        """A hash of the content, and of nothing else."""
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()


@dataclass
class Dam:
    """The DAM. Every method is one request."""

    moods: Moods = field(default_factory=Moods)
    assets: dict[str, Asset] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    requests: int = 0

    def __post_init__(self) -> None:
        self._lock, self._chance, self._count = threading.RLock(), random.Random(19), 0

    def be(self, **moods: Any) -> None:
        """Change the moods."""
        self.moods = replace(self.moods, **moods)

    @contextmanager
    def _step(self, path: str = "") -> Iterator[None]:
        with self._lock:
            self.requests += 1
            if self.moods.locked:
                raise PermissionError
            if self._chance.randrange(100) < self.moods.before or (self.moods.poison and self.moods.poison in path):
                raise Away
            yield
            if self._chance.randrange(100) < self.moods.after:
                raise Away

    def reserve(self, path: str) -> str:
        """Return the id of a new upload."""
        with self._step(path):
            if self.moods.refused and self.moods.refused in path:
                raise ValueError(path)
            self._count += 1
            self.uploads[f"u{self._count}"] = b""
            return f"u{self._count}"

    def fill(self, upload: str, data: bytes) -> None:
        """Take the bytes of an upload."""
        with self._step():
            self.uploads[upload] = data

    def save(self, upload: str, slot: str, path: str) -> Asset:
        """Make an asset of an upload, each time another one."""
        with self._step():
            self._count += 1
            made = Asset(f"a{self._count}", slot, path, self.uploads[upload])
            self.assets[made.id] = made
            return made

    def save_version(self, upload: str, asset: str, version: int) -> Asset:
        """Make an upload the next version of an asset; KeyError if the asset has another version by now."""
        with self._step():
            if (before := self.assets[asset]).version != version:
                raise KeyError(asset)
            made = replace(before, data=self.uploads[upload], version=version + 1, expired=False)
            self.assets[asset] = made
            return made

    def find(self, slot: str, path: str, asset: str) -> Asset | None:
        """Return an asset by its id, by slot, or by path."""
        with self._step():
            if asset in self.assets:
                return self.assets[asset]
            by = [each for each in self.assets.values() if each.slot == slot or each.path == path]
            return min(by, key=lambda each: each.expired, default=None)

    def expire(self, asset: str) -> Asset:
        """Take an asset out of use."""
        with self._step():
            self.assets[asset] = replace(self.assets[asset], expired=True)
            return self.assets[asset]

    def page(self, start: int) -> list[Asset]:
        """Return some assets."""
        with self._step():
            return list(self.assets.values())[start : start + 50]

    def everything(self) -> list[Asset]:
        """Return all assets, whatever the moods."""
        with self._lock:
            return list(self.assets.values())

    def change(self, asset: str, data: bytes) -> None:
        """Change an asset as a person would."""
        with self._lock:
            self.assets[asset] = replace(self.assets[asset], data=data, version=self.assets[asset].version + 1)


@dataclass
class DamConnector:
    """The connector of a DAM in this process, or of one that is served. after_s: what it asks to be left alone."""

    target: str
    dam: Any
    after_s: float = 0.0

    @property
    def facts(self) -> Facts:
        """It must be asked before a step is repeated."""
        return Facts(repeatable=False, versions=True, lists=True, expires=True, proof=Proof.HASH)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except Away as error:
            raise TargetAway(self.target, "it did not answer", self.after_s, maybe=True) from error
        except PermissionError as error:
            raise TargetRefused(self.target, "the sign-in is refused", "renew the token") from error

    def find(self, place: Place) -> Found | None:
        """Ask for an asset."""
        with self._told():
            found = self.dam.find(place.slot, place.path, place.target_id)
            return _found(found) if found else None

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Reserve, fill and save."""
        progress.check()
        etag = hashlib.md5(file.content.section(0, file.content.size_bytes), usedforsecurity=False).hexdigest()
        if before and before.etag == etag and not before.expired:
            return Sent(target_id=before.target_id, path=file.path, proof=Proof.HASH, version=before.version,
                        etag=etag, checksum=f"md5:{etag}")  # fmt: skip
        with self._told():
            try:
                upload = progress.resume.get("upload") or self.dam.reserve(file.path)
            except ValueError as error:
                raise FileRefused(self.target, file.path, "has a forbidden name", "choose another") from error
            progress.save("filling", upload=upload)
            self.dam.fill(upload, file.content.section(0, file.content.size_bytes))
            progress.check()
            progress.save("saving", upload=upload)
            if before is None:
                made = self.dam.save(upload, file.slot.id, file.path)
            else:
                try:
                    made = self.dam.save_version(upload, before.target_id, int(before.version))
                except KeyError as error:
                    raise ForeignChange(self.target, file.path, "was changed") from error
        return Sent(target_id=made.id, path=file.path, proof=Proof.HASH, version=str(made.version), etag=made.etag,
                    checksum=f"md5:{made.etag}")  # fmt: skip

    def expire(self, found: Found, receipt: Receipt) -> Found:
        """Take an asset out of use."""
        with self._told():
            return _found(self.dam.expire(found.target_id))

    def listing(self) -> Iterator[Found]:
        """Yield all assets."""
        start = 0
        while True:
            with self._told():
                some = self.dam.page(start)
            if not some:
                return
            yield from map(_found, some)
            start += len(some)

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Do nothing: a DAM has no marker."""

    def close(self) -> None:
        """Do nothing."""


def _found(asset: Asset) -> Found:
    return Found(
        target_id=asset.id, path=asset.path, version=str(asset.version), etag=asset.etag, size_bytes=len(asset.data),
        checksums={"md5": asset.etag}, slot=asset.slot, expired=asset.expired,
    )  # fmt: skip


_DAMS: dict[str, Dam] = {}


def _dam_named(name: str) -> Dam:
    """Return the DAM with a name, in the process that serves it."""
    return _DAMS.setdefault(name, Dam())


# The library makes such a type by itself, unless Beam was imported, which then puts its own function in that place.
_DamProxy = MakeProxyType("_DamProxy", [name for name in vars(Dam) if callable(getattr(Dam, name)) and name[0] != "_"])
_DamProxy.__module__ = __name__


class _Manager(BaseManager):
    """A process that serves DAMs by their names."""


_Manager.register("dam", callable=_dam_named, proxytype=_DamProxy)


@contextmanager
def served() -> Iterator[tuple[Any, bytes]]:
    """Serve DAMs from a process of their own; yield the address and the key for `reach`."""
    with _Manager(ctx=forks()) as manager:
        yield manager.address, bytes(current_process().authkey)


def reach(address: Any, key: bytes, name: str) -> Any:
    """Return the proxy of a DAM that is served."""
    manager = _Manager(address=address, authkey=key)
    manager.connect()
    return manager.dam(name)  # type: ignore[attr-defined]
