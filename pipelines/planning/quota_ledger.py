"""The ledger of tenants' quotas: one book a month in each tenant's store, shared by all processes and machines.

What a run is going to make is held before it starts, counted as spent part by part when it is made, and released when
the run ends, whatever its end. Only what the store lacks is held: files that exist cost nothing. The same plan holds
once, however often and wherever it is run. A hold that nobody renews dies after a day, so that a killed process does
not keep a tenant's quota. A campaign counts in the month (UTC) in which its run began.

Callers: `hold_plan` before anything is made (Refusals, code over_quota, with a sentence for each amount that does not
fit); `settle` after each part; `close` at the end of a run that finished, failed, was refused, cancelled or superseded.
`foundry plan` only reads, by `quota_left`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from foundry.errors import FoundryError, Refusals
from foundry.plan.estimate import Made, Needs, count_needs, estimate_plan
from foundry.plan.plan import Plan
from foundry.plan.slice import PlanSlice
from foundry.quota import FOLDER, Amounts, Hold, MonthBook, book_from, month_of, neighbour, problems_with
from foundry.retrying import Clock, SystemClock
from foundry.store.object_store import NoSuchObject, ObjectStore

LEASE_S = 86_400.0
NOTHING = Amounts()
COUNTED_AT_ONCE = 2_000
"""Plans of at most so many files are held by what the store lacks; larger ones by their estimate, if that fits."""


def needed(lacking: Needs) -> Amounts:
    """Return the amounts of what a store lacks of a plan."""
    return Amounts(
        shots=lacking.shots_to_draw,
        variants=lacking.files,
        bytes=lacking.size_bytes,
        money=lacking.money,
    )


def spent(made: Made) -> Amounts:
    """Return the amounts of what a run made."""
    return Amounts(shots=made.shots, variants=made.files, bytes=made.size_bytes, money=made.money)


@dataclass(frozen=True)
class QuotaLeft:
    """The state of a tenant's quota in a month."""

    month: str
    book: MonthBook

    @property
    def spent(self) -> Amounts:
        """The amounts that were spent."""
        return self.book.spent

    @property
    def held(self) -> Amounts:
        """The amounts that are held for campaigns in work."""
        return self.book.held

    def as_book(self, but: str) -> MonthBook:
        """Return the month's book without the hold of the plan with the digest `but`, to ask whether that plan fits."""
        return MonthBook(spent=self.spent, holds={plan: hold for plan, hold in self.book.holds.items() if plan != but})


@dataclass(frozen=True)
class Wanted:
    """The amounts that a run of a plan is going to spend. `exact`: they are what the store lacks, and no estimate."""

    plan: Plan
    amounts: Amounts
    exact: bool = True


@dataclass(frozen=True)
class Settled:
    """A part of a plan that was made: what the store lacked of it before, and what was spent; `last` ends the hold."""

    plan: Plan
    planned: Amounts
    spent: Amounts
    last: bool = False


class OfAPlan(Protocol):
    """Something that belongs to a plan."""

    @property
    def plan(self) -> Plan:
        """The plan."""


Entry = TypeVar("Entry", bound=OfAPlan)


def _by_tenant(entries: Sequence[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    groups: dict[str, list[Entry]] = {}
    for each in entries:
        groups.setdefault(each.plan.tenant.id, []).append(each)
    yield from groups.items()


@dataclass(frozen=True)
class QuotaLedger:
    """Keeps the books of all tenants of a store. `store` is everybody's; `lease_s` is the life of an unrenewed hold."""

    store: ObjectStore
    clock: Clock = field(default_factory=SystemClock)
    lease_s: float = LEASE_S

    def hold_plan(self, plan: Plan) -> None:
        """Hold what is missing of a plan, or all of a large plan where that fits; Refusals if there is not enough left.

        The store is asked for every file of the plan, unless it is large and fits as a whole.
        """
        if plan.variant_count > COUNTED_AT_ONCE:
            figures = estimate_plan(plan)
            whole = Amounts(
                shots=figures.shots, variants=figures.variants, bytes=figures.size_bytes, money=figures.money
            )
            with suppress(Refusals):
                self.hold(plan, whole, exact=False)
                return
        self.hold(plan, needed(count_needs(plan, self.store.for_tenant(plan.tenant.id))))

    def hold(self, plan: Plan, wanted: Amounts, *, exact: bool = True) -> None:
        """Hold amounts for a plan, in place of an earlier hold; Refusals if they exceed what is left of the month.

        `exact`: they are what the store lacks, and no estimate of the whole plan.
        """
        for refused in self.hold_each([Wanted(plan, wanted, exact)]).values():
            raise refused

    def hold_each(self, wanted: Sequence[Wanted]) -> dict[str, Refusals]:
        """Hold for several plans, each by itself and in order, and return the refusals by plan digest.

        Each tenant's book is written once.
        """
        now = self.clock.time()
        refused: dict[str, Refusals] = {}
        for tenant, group in _by_tenant(wanted):
            month = month_of(now)
            self._end_last_months(tenant, group, neighbour(month, -1))

            def change(book: MonthBook, group: Sequence[Wanted] = group, month: str = month) -> bool:
                changed = [self._hold_in(book, each, month, now, refused) for each in group]
                return any(changed)

            self._revise(tenant, month, change)
        return refused

    def _hold_in(self, book: MonthBook, each: Wanted, month: str, now: float, refused: dict[str, Refusals]) -> bool:
        """Hold for one plan in a book; return whether the book changed."""
        plan, tenant = each.plan, each.plan.tenant
        before = book.holds.get(plan.digest)
        known = book.end_hold(plan.digest, each.amounts if each.exact else None)
        book.drop_dead(now)
        if problems := tuple(problems_with(book, each.amounts, tenant.id, tenant.quota, month)):
            refused[plan.digest] = Refusals(f"brief {tenant.id}/{plan.brief.campaign.id}", problems)
            return known
        refused.pop(plan.digest, None)  # of a try that another writer was faster than
        if not each.amounts.nothing:
            book.holds[plan.digest] = Hold(
                campaign=plan.brief.campaign.id,
                full=each.amounts,
                left=each.amounts,
                until=now + self.lease_s,
                exact=each.exact,
            )
        return known or book.holds.get(plan.digest) != before

    def settle(self, part: Plan, planned: Amounts, spent: Amounts) -> None:
        """Count a part of a plan, a slice or the whole of it, as spent, once however often it is told.

        `planned` is what the store lacked of the part before it was made. The plan's hold lives on for another lease.
        """
        self.settle_each([Settled(part, planned, spent)])

    def close(self, plan: Plan, spent: Amounts = NOTHING) -> None:
        """Count what was spent and not yet settled, and release the rest of the plan's hold."""
        self.settle_each([Settled(plan, NOTHING, spent, last=True)])

    def settle_each(self, settled: Sequence[Settled]) -> None:
        """Settle parts of several plans; each tenant's book is written once."""
        now = self.clock.time()
        for tenant, group in _by_tenant(settled):
            month = month_of(now)
            last = neighbour(month, -1)
            begun_before = self._read(tenant, last).holds
            for where, parts in (
                (last, [each for each in group if each.plan.digest in begun_before]),
                (month, [each for each in group if each.plan.digest not in begun_before]),
            ):

                def change(book: MonthBook, parts: Sequence[Settled] = tuple(parts)) -> bool:
                    changed = [self._settle_in(book, each, now) for each in parts]
                    return any(changed)

                if parts:
                    self._revise(tenant, where, change)

    def _settle_in(self, book: MonthBook, each: Settled, now: float) -> bool:
        """Settle one part in a book; return whether the book changed."""
        part, hold = each.plan, book.holds.get(each.plan.digest)
        name = part.name if isinstance(part, PlanSlice) else ""
        if each.last and not (hold and name and name <= hold.settled):
            book.spent += each.spent
        if each.last:
            return book.end_hold(part.digest, None) or not each.spent.nothing
        if hold and name and name <= hold.settled:
            return False
        estimated = hold and not hold.exact and isinstance(part, PlanSlice)
        taken = hold.full.share(*_share(part)) if hold and estimated else each.planned
        book.settle(part.digest, each.spent, taken, name, now + self.lease_s)
        return True

    def abandon(self, plan: Plan) -> None:
        """Release the hold of a plan whose run broke; what the store has of it more than before counts as spent."""
        with suppress(Refusals):
            self.hold_plan(plan)
        self.close(plan)

    def renew(self, plan: Plan) -> None:
        """Let a plan's hold live for another lease from now."""
        self.settle_each([Settled(plan, NOTHING, NOTHING)])

    @contextmanager
    def renewing(self, plans: Sequence[Plan]) -> Iterator[None]:
        """Renew the holds of plans again and again while the block runs, however long it takes."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self.lease_s / 4):
                for plan in plans:
                    # An outage of the store is for the run itself to notice; the lease outlives three such failures.
                    with suppress(OSError, FoundryError):
                        self.renew(plan)

        thread = threading.Thread(target=renew, name="quota-leases", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def quota_left(self, tenant: str) -> QuotaLeft:
        """Return the present month of a tenant; nothing is written."""
        now = self.clock.time()
        month = month_of(now)
        book = self._read(tenant, month)
        book.drop_dead(now)
        return QuotaLeft(month, book)

    def _end_last_months(self, tenant: str, wanted: Sequence[Wanted], month: str) -> None:
        """End the holds that the plans still have in the month before, where their runs began."""
        begun_before = self._read(tenant, month).holds
        moved = [each for each in wanted if each.plan.digest in begun_before]

        def change(book: MonthBook) -> bool:
            ended = [book.end_hold(each.plan.digest, each.amounts if each.exact else None) for each in moved]
            return any(ended)

        if moved:
            self._revise(tenant, month, change)

    def _read(self, tenant: str, month: str) -> MonthBook:
        own, name = self.store.for_tenant(tenant), _book_name(month)
        try:
            return book_from(own.get(name), name)
        except NoSuchObject:
            return MonthBook()

    def _revise(self, tenant: str, month: str, change: Callable[[MonthBook], bool]) -> None:
        """Change a book; `change` returns whether it did. A change whose answer was lost is not made twice."""
        name = _book_name(month)
        tried: list[bytes] = []

        def rewrite(before: bytes | None) -> bytes | None:
            if tried and before == tried[-1]:
                return None
            book = book_from(before, name)
            if not change(book):
                return None
            tried.append(book.as_bytes())
            return tried[-1]

        self.store.for_tenant(tenant).revise(name, rewrite)


def _book_name(month: str) -> str:
    return f"{FOLDER}/{month}.json"


def _share(part: Plan) -> tuple[int, int]:
    """Return the shots of a part and of its whole plan."""
    whole = part.shot_count
    return (part.stop - part.first if isinstance(part, PlanSlice) else whole), whole
