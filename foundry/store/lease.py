"""Leases in a store: of all processes that want a name, one at a time has it, whatever their clocks say.

A lease is a small object that is replaced by who saw its last state. While its holder lives, it changes the lease's
beat again and again. Whoever else wants it watches the beat on a clock of its own, and takes the lease once the beat
has stood still for as long as the lease is good for. So no two clocks are compared, and a clock that is wrong or jumps
does no harm. A lease that was given back is taken at once.

Each holder has a larger token than all before it; the first one of a lease, or of one whose object was removed, has the
seconds since 1970. An object that bears the token of who wrote it cannot be replaced by
an earlier holder that was suspended and does not know that its time is over (`Lease.replace`).

The method is that of leases in Kubernetes and of lock clients for DynamoDB. Fencing: M. Kleppmann, "How to do
distributed locking", 2016.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from foundry.errors import FoundryError, Outage, Unusable
from foundry.retrying import Clock, SystemClock
from foundry.store.object_store import CorruptObject, ObjectStore, write_synced

LEASE_S = 45.0
LONGEST_S = 3_600.0
DRIFT = 1.1
"""A beat must stand still for so much longer than the lease is good for, since clocks do not run equally fast."""
RENEWALS, LOOKS = 3, 6
"""While a lease is good once, its holder renews it, and others look at it, so many times."""
log = logging.getLogger("foundry.lease")


class NotTheLeader(Outage):
    """A lease belongs to another process."""

    code = "not_the_leader"

    def __init__(self, name: str, holder: str, what: str) -> None:
        super().__init__(name, holder, what)
        self.name, self.holder, self.what = name, holder, what

    def __str__(self) -> str:
        return f"lease {self.name} {self.what}"


class LeaseHeld(NotTheLeader):
    """A living process has the lease that was asked for."""

    code = "lease_held"


class LeaseLost(NotTheLeader):
    """This process had the lease, and cannot be sure of it any more."""

    code = "lease_lost"


@dataclass(frozen=True)
class BootClock(SystemClock):
    """This machine's clock, which goes on while the machine is suspended, since other machines go on as well."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(frozen=True)
class LeaseState:
    """The object of a lease: its last token, its holder for people ("" if it is free), and the holder's last beat.

    key: which of all holders it is. seconds: how long one beat is good for.
    """

    token: int = 0
    holder: str = ""
    key: str = ""
    beat: int = 0
    seconds: float = LEASE_S

    def as_bytes(self) -> bytes:
        """Return the state as a JSON document."""
        return json.dumps({"version": 1, **asdict(self)}, indent=1).encode() + b"\n"


def read_state(data: bytes | None, name: str) -> LeaseState:
    """Return the state in an object's bytes, a free lease for None; Unusable if they are no lease."""
    if data is None:
        return LeaseState()
    try:
        raw = json.loads(data)
        seconds = min(float(raw["seconds"]), LONGEST_S)
        return LeaseState(int(raw["token"]), str(raw["holder"]), str(raw["key"]), int(raw["beat"]), seconds)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unusable(f"object {name!r}", "is no lease", "remove it, if no process works under it") from error


class Lease:
    """A lease that this process has taken. Threads may share it.

    It is good until `seconds` after its last renewal began. `hold` renews it in the background.
    """

    def __init__(self, store: ObjectStore, name: str, state: LeaseState, asked: float, clock: Clock) -> None:
        self.store, self.name = store, name
        self._state, self._clock = state, clock
        self._good_until = asked + state.seconds
        self._lost = ""
        self._renewing = threading.Lock()

    @property
    def token(self) -> int:
        """The number of this holder: larger than those of all before it."""
        return self._state.token

    def check(self) -> None:
        """Return if this process has the lease, and has it for a third of its time from now on; otherwise LeaseLost.

        A lease that nobody renewed in time, but nobody took either, is renewed.
        """
        if self._lost:
            raise self._loss(self._lost)
        if self._clock.monotonic() < self._good_until - self._state.seconds / RENEWALS:
            return
        try:
            self.renew()
        except (OSError, Outage) as error:
            if isinstance(error, LeaseLost):
                raise
            raise self._loss("cannot be renewed, since the store does not answer") from error

    def renew(self) -> None:
        """Change the beat, so that others see that its holder lives; LeaseLost if another process has taken it."""
        with self._renewing:
            asked = self._clock.monotonic()
            after = replace(self._state, beat=self._state.beat + 1)
            found = LeaseState()

            def change(before: bytes | None) -> bytes | None:
                nonlocal found
                found = read_state(before, self.name)
                return after.as_bytes() if found.key == self._state.key else None

            self.store.revise(self.name, change)
            if found.key != self._state.key:
                self._lost = f"is {found.holder or 'nobody'}'s now; this process must not go on with what it stands for"
                raise self._loss(self._lost)
            self._state, self._good_until = after, asked + after.seconds

    def give_back(self) -> None:
        """Free the lease, if it is still this process's, so that the next one need not wait. The token stays."""
        free = LeaseState(token=self.token, seconds=self._state.seconds).as_bytes()
        key = self._state.key
        self.store.revise(self.name, lambda before: free if read_state(before, self.name).key == key else None)

    def replace(self, name: str, data: bytes, token_in: Callable[[bytes], int]) -> None:
        """Replace a small object, unless a later holder has replaced it already: then LeaseLost.

        data: the new bytes, which bear this lease's token. token_in: returns the token of bytes that are there.
        """
        late = False

        def change(before: bytes | None) -> bytes | None:
            nonlocal late
            late = before is not None and token_in(before) > self.token
            return None if late else data

        self.check()
        try:
            self.store.revise(name, change)
        except CorruptObject:  # what is there bears no token that could be read
            with self.store.replacing(name) as file:
                write_synced(file, data)
        if late:
            self._lost = f"was another's meanwhile, who replaced {name}; this process must not go on"
            raise self._loss(self._lost)

    def _loss(self, what: str) -> LeaseLost:
        return LeaseLost(self.name, self._state.holder, what)


def take_lease(
    store: ObjectStore, name: str, *, seconds: float = LEASE_S, patience_s: float = 0.0, clock: Clock | None = None
) -> Lease:
    """Return the lease of a name once it is free, or once its holder has not renewed it for its time.

    LeaseHeld as soon as its holder is seen to live; with `patience_s`, a living holder is waited for at most so long.
    No holder loses a lease that it renews within `seconds`.
    """
    timer = clock or BootClock()
    ours = LeaseState(holder=f"{socket.gethostname()}:{os.getpid()}", key=secrets.token_hex(16), seconds=seconds)
    began, seen, since = timer.monotonic(), LeaseState(), timer.monotonic()
    while True:
        asked = timer.monotonic()
        still = bool(seen.holder) and asked - since >= DRIFT * seen.seconds
        found = _try(store, name, replace(ours, token=int(timer.time())), seen if still else LeaseState())
        now = timer.monotonic()
        if found.key == ours.key:
            return Lease(store, name, found, asked, timer)
        if found != seen:
            lives = seen.key == found.key
            seen, since = found, now
            if lives and now - began >= patience_s:
                raise LeaseHeld(name, found.holder, f"is held by {found.holder}, which works; wait until it has ended")
        timer.sleep(max(0.01, min(seen.seconds / LOOKS, DRIFT * seen.seconds - (now - since))))


def _try(store: ObjectStore, name: str, ours: LeaseState, dead: LeaseState) -> LeaseState:
    """Take a lease if it is free, or still exactly `dead`; return the state that it has then.

    The token of `ours` is taken for a lease that nobody had before.
    """
    result = LeaseState()

    def change(before: bytes | None) -> bytes | None:
        nonlocal result
        result = read_state(before, name)
        if result.key == ours.key or (result.holder and result != dead):
            return None  # taken by an earlier try whose answer was lost, or another's
        result = replace(ours, token=ours.token if before is None else result.token + 1)
        return result.as_bytes()

    store.revise(name, change)
    return result


@contextmanager
def hold(
    store: ObjectStore, name: str, *, seconds: float = LEASE_S, patience_s: float = 0.0, clock: Clock | None = None
) -> Iterator[Lease]:
    """Take a lease as `take_lease` does, renew it in a thread while the block runs, and give it back at its end.

    The block asks `check` before anything that only the holder may do.
    """
    lease = take_lease(store, name, seconds=seconds, patience_s=patience_s, clock=clock)
    ended = threading.Event()
    thread = threading.Thread(target=_keep, args=(lease, seconds / RENEWALS, ended), name="lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        ended.set()
        thread.join()
        try:
            lease.give_back()
        except (OSError, FoundryError) as error:
            log.warning("lease %s was not given back and ends by itself: %s", name, error)


def _keep(lease: Lease, every_s: float, ended: threading.Event) -> None:
    """Renew a lease until it has ended or is lost; the next `check` says so."""
    while not ended.wait(every_s):
        try:
            lease.renew()
        except LeaseLost as error:
            log.warning("%s", error)
            return
        except (OSError, FoundryError) as error:
            log.warning("lease %s was not renewed: %s", lease.name, error)
