"""A folder that fails as told, and a maker that works on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from foundry.store.object_store import LocalStore, ObjectStore
from pipelines.dispatcher.making import RoundMaker
from pipelines.dispatcher.order import Order

hits: Counter[str] = Counter()
"""How many calls of a store still fail, by the store's root: the engine works on copies of a store."""


@dataclass(frozen=True)
class SickStore(LocalStore):
    """Fails with what `illness` makes, as often as `hits` says, when names that begin with `where` are touched."""

    illness: Callable[[], Exception] = OSError
    where: str = ""

    def for_tenant(self, tenant: str) -> SickStore:
        """As sick as the whole."""
        return SickStore(self.root, f"{tenant}/", self.illness, self.where)

    def put_once(self, name: str, data: bytes) -> bool:
        """As of any folder, or the illness."""
        self._suffer(name)
        return super().put_once(name, data)

    def replacing(self, name: str) -> AbstractContextManager[Path]:
        """As of any folder, or the illness."""
        self._suffer(name)
        return super().replacing(name)

    def get(self, name: str) -> bytes:
        """As of any folder, or the illness."""
        self._suffer(name)
        return super().get(name)

    def exists(self, name: str) -> bool:
        """As of any folder, or the illness."""
        self._suffer(name)
        return super().exists(name)

    def _suffer(self, name: str) -> None:
        if name.startswith(self.where) and hits[str(self.root)] > 0:
            hits[str(self.root)] -= 1
            raise self.illness()


@dataclass(kw_only=True)
class SickRoundMaker(RoundMaker):
    """Works on a sick store."""

    illness: Callable[[], Exception] = OSError
    where: str = ""

    def _store(self, orders: Sequence[Order]) -> ObjectStore:
        return SickStore(Path(self.address), "", self.illness, self.where)
