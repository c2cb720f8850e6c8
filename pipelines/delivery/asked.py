"""What is asked of the process that delivers: to look at the files of a scope, now or from a moment on.

An ask is a small object of the tenant's store, written once and removed when it was done. It says nothing of files:
those that a campaign or a catalog has, and the records of deliveries, say what is to be done. Its name begins with the
moment from which it may be done, so the first names of the folder are those that are due.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

from foundry.errors import FoundryError
from foundry.names import digest
from foundry.store.object_store import ASKED_AT_ONCE, ObjectStore

DELIVERIES = "deliveries"
FOLDER = f"{DELIVERIES}/ASKED"
"""No target's id has capitals, so it is the folder of none."""
_SCOPE = re.compile(r"(campaign|catalog):[a-z0-9][a-z0-9._-]{0,62}")
_MOMENT = "%Y%m%dT%H%M%SZ"


class BrokenAsk(FoundryError):
    """An object among the asks that is none."""

    code = "broken_ask"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name} is no ask; remove it, and deliver its campaign with `foundry deliver`"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One wish that the files of a scope be delivered, by an event, by a person, or because a day comes.

    cause: what asked, for people. since, not_before: moments, UTC, ISO 8601 to the second. What was delivered from
    `since` on is told to the topics when the ask is done.
    """

    scope: str
    cause: str
    since: str
    not_before: str

    @property
    def name(self) -> str:
        """The name of its object below the tenant."""
        moment = datetime.fromisoformat(self.not_before).astimezone(UTC).strftime(_MOMENT)
        return f"{FOLDER}/{moment}-{digest('ask', scope=self.scope, cause=self.cause)}.json"


def new_ask(scope: str, cause: str, now: datetime, not_before: datetime | None = None) -> Ask:
    """Return an ask from this moment on, or from a later one."""
    since, due = (each.astimezone(UTC).replace(microsecond=0).isoformat() for each in (now, not_before or now))
    return Ask(scope=scope, cause=cause, since=since, not_before=due)


def ask_for_day(own: ObjectStore, scope: str, day: str, now: datetime) -> None:
    """Keep an ask for a day, ISO 8601, in UTC, and not before an hour has passed; the same day is asked for once."""
    due = datetime.fromisoformat(day).replace(tzinfo=UTC)
    put_ask(own, new_ask(scope, "a day comes", now, max(due, now + timedelta(hours=1))))


def put_ask(own: ObjectStore, ask: Ask) -> None:
    """Keep an ask; it lies in the store when this returns."""
    own.put_once(ask.name, json.dumps(asdict(ask), sort_keys=True).encode())


def due_asks(own: ObjectStore, now: datetime) -> Iterator[Ask | BrokenAsk]:
    """Yield the asks of a tenant that may be done now, the oldest first, streamed."""
    last = f"{FOLDER}/{now.astimezone(UTC).strftime(_MOMENT)}~"
    names = takewhile(lambda name: name <= last, own.list(f"{FOLDER}/"))
    while some := list(islice(names, ASKED_AT_ONCE)):
        for name, data in zip(some, own.fetch(some), strict=True):
            if data is not None:
                yield _read(name, data)


def count_asks(own: ObjectStore) -> int:
    """Return how many asks a tenant's store holds, due or not."""
    return sum(1 for _ in own.list(f"{FOLDER}/"))


def remove_asks(own: ObjectStore, names: Iterable[str]) -> None:
    """Remove asks that were done; one that is gone does no harm."""
    for name in names:
        own.remove(name)


def _read(name: str, data: bytes) -> Ask | BrokenAsk:
    try:
        ask = Ask(**json.loads(data))
        datetime.fromisoformat(ask.since)
        return ask if ask.name == name and _SCOPE.fullmatch(ask.scope) else BrokenAsk(name)
    except (ValueError, TypeError):
        return BrokenAsk(name)
