"""The book of one month of a tenant's quota: what was spent, and what is held for campaigns that are being made.

Pure values: `pipelines.planning.quota_ledger` keeps the books in the tenant's store. Money in US dollars.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from foundry.errors import Problem, Unusable
from foundry.tenant import Quota

KINDS = ("shots", "variants", "bytes", "money")
FOLDER = "quota"
_LIMITS = {"shots": "shots", "variants": "variants", "bytes": "bytes", "money": "budget"}
"""The field of `Quota` that limits each kind."""


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Shots, finished files, bytes and US dollars: what a plan needs, what is held, or what was spent."""

    shots: int = 0
    variants: int = 0
    bytes: int = 0
    money: Decimal = Decimal(0)

    @property
    def nothing(self) -> bool:
        """True if every amount is 0."""
        return self == Amounts()

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(**{kind: getattr(self, kind) + getattr(other, kind) for kind in KINDS})

    def less(self, other: Amounts) -> Amounts:
        """Return what is left after taking `other` away, never below 0."""
        return Amounts(**{kind: max(getattr(self, kind) - getattr(other, kind), type(getattr(self, kind))(0))
                          for kind in KINDS})  # fmt: skip

    def share(self, part: int, whole: int) -> Amounts:
        """Return `part`/`whole` of every amount, whole numbers rounded up."""
        return Amounts(
            shots=-(-self.shots * part // whole),
            variants=-(-self.variants * part // whole),
            bytes=-(-self.bytes * part // whole),
            money=self.money * part / whole,
        )

    def as_json(self) -> dict[str, Any]:
        """Return plain values; money as text, the same text for equal amounts."""
        return {**asdict(self), "money": f"{self.money.normalize():f}"}


@dataclass(frozen=True, kw_only=True)
class Hold:
    """The amounts that one plan may still spend.

    full: the amounts when it was made. left: those that no settled part has taken. until: seconds since 1970 after
    which the hold is dead, unless it is renewed. exact: whether it is what the store lacked, and not an estimate of the
    whole plan. settled: the name of the last settled part, since parts are settled in the order of their names.
    """

    campaign: str
    full: Amounts
    left: Amounts
    until: float
    exact: bool = True
    settled: str = ""


@dataclass(kw_only=True)
class MonthBook:
    """One month of a tenant: the amounts spent, and the holds by plan digest."""

    spent: Amounts = Amounts()
    holds: dict[str, Hold] = field(default_factory=dict)

    @property
    def held(self) -> Amounts:
        """The sum of all holds."""
        return sum((hold.left for hold in self.holds.values()), Amounts())

    def drop_dead(self, now: float) -> None:
        """Remove the holds that nobody renewed."""
        self.holds = {plan: hold for plan, hold in self.holds.items() if hold.until > now}

    def end_hold(self, plan: str, needs: Amounts | None) -> bool:
        """Remove a plan's hold and return whether it had one. `needs` is what the store lacks of the plan now.

        What an exact hold kept for the plan and the plan needs no more was made meanwhile, by a process that died
        before it could settle: it counts as spent. None for `needs` counts nothing.
        """
        hold = self.holds.pop(plan, None)
        if hold and hold.exact and needs is not None:
            self.spent += hold.left.less(needs)
        return hold is not None

    def settle(self, plan: str, spent: Amounts, planned: Amounts, part: str, until: float) -> None:
        """Count a part of a plan as spent and take what was planned for it from the plan's hold."""
        self.spent += spent
        if hold := self.holds.get(plan):
            self.holds[plan] = replace(hold, left=hold.left.less(planned), settled=part, until=until)

    def as_bytes(self) -> bytes:
        """Return the book as a JSON document."""
        holds = {
            plan: {**asdict(hold), "full": hold.full.as_json(), "left": hold.left.as_json()}
            for plan, hold in sorted(self.holds.items())
        }
        told = {"version": 1, "spent": self.spent.as_json(), "holds": holds}
        return json.dumps(told, indent=1).encode() + b"\n"


def book_from(data: bytes | None, name: str) -> MonthBook:
    """Return the book in an object's bytes, an empty one for None; Unusable if they are no book."""
    if data is None:
        return MonthBook()
    try:
        raw = json.loads(data)
        holds = {
            plan: Hold(**{**hold, "full": _amounts(hold["full"]), "left": _amounts(hold["left"])})
            for plan, hold in raw["holds"].items()
        }
        return MonthBook(spent=_amounts(raw["spent"]), holds=holds)
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation, RecursionError) as error:
        raise Unusable(
            name, "is no book of a quota", "restore it from a backup, or remove it and begin again"
        ) from error


def _amounts(raw: Any) -> Amounts:
    return Amounts(
        shots=int(raw["shots"]), variants=int(raw["variants"]), bytes=int(raw["bytes"]), money=Decimal(raw["money"])
    )


def month_of(seconds: float) -> str:
    """Return the month of a moment in UTC, as YYYY-MM. `seconds` since 1970."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")


def neighbour(month: str, by: int) -> str:
    """Return the month before (-1) or after (1) a month, as YYYY-MM."""
    year, number = (int(part) for part in month.split("-"))
    months = year * 12 + number - 1 + by
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def limit_of(quota: Quota, kind: str) -> int | Decimal:
    """Return a quota's limit of one kind of amounts."""
    limit: int | Decimal = getattr(quota, _LIMITS[kind])
    return limit


def problems_with(book: MonthBook, wanted: Amounts, tenant: str, quota: Quota, month: str) -> Iterator[Problem]:
    """Yield a problem for each kind of which a plan needs more than is left of the month."""
    held = book.held
    for kind in KINDS:
        needs, limit = getattr(wanted, kind), limit_of(quota, kind)
        spent, waiting = getattr(book.spent, kind), getattr(held, kind)
        left = max(limit - spent - waiting, type(limit)(0))
        if needs > left:
            yield Problem(
                f"quota.{_LIMITS[kind]} of tenant {tenant}",
                "",
                f"of {_figure(kind, limit)} in {month} (UTC), {_figure(kind, spent)} are used, "
                f"{_figure(kind, waiting)} are held for other campaigns in work, {_figure(kind, left)} are left; "
                f"this campaign needs {_figure(kind, needs)}",
                f"order less, wait for {neighbour(month, 1)}, or raise the quota",
                "over_quota",
            )


def _figure(kind: str, amount: int | Decimal) -> str:
    return f"{amount:.2f} USD" if kind == "money" else f"{amount}"
