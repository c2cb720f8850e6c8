"""What keeps a finished file from leaving: its embargo, and its expiry. Approvals will be asked here as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from foundry.delivery.receipt import State
from foundry.manifest import ManifestRecord


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Why a file does not leave. state: WAITING until a day, or EXPIRED for good. until: ISO 8601, "" for no day."""

    state: State
    code: str
    why: str
    until: str = ""


def held(record: ManifestRecord, today: date) -> Hold | None:
    """Return what keeps a file from leaving on a day; None if it may leave."""
    if record.expiry and today > date.fromisoformat(record.expiry):
        why = f"its last day was {record.expiry}"
        return Hold(state=State.EXPIRED, code="past_expiry", why=why)
    if record.embargo and today < date.fromisoformat(record.embargo):
        why = f"it is under embargo until {record.embargo}"
        return Hold(state=State.WAITING, code="under_embargo", why=why, until=record.embargo)
    return None


def next_day(record: ManifestRecord, today: date) -> str:
    """Return the first day after `today` on which a file may leave, or may not be shown any more; "" for none."""
    days = list[date]()
    if record.embargo:
        days.append(date.fromisoformat(record.embargo))
    if record.expiry:
        days.append(date.fromisoformat(record.expiry) + timedelta(days=1))
    return min((day.isoformat() for day in days if day > today), default="")
