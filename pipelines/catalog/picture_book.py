"""The book of picture addresses: what each host said of a picture, which content it had, and when it was asked."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache

import httpx2
from pydantic import TypeAdapter, ValidationError

from foundry.catalog.runs import catalog_folder
from foundry.names import digest
from foundry.store.object_store import NoSuchObject, ObjectStore

log = logging.getLogger(__name__)
LONGEST_FRESH = timedelta(days=30)
"""The longest time for which a host's word that a picture stays as it is is believed."""
LONGEST_WORD = 500


@dataclass(frozen=True, kw_only=True)
class AddressRecord:
    """What is known of one address: `catalogs/<catalog>/pictures/ab/<digest of the address>.json`.

    etag, modified: the host's words, for the next question. sha256: of the content. asked: the night, ISO 8601, on
    which the host was last asked. fresh_until: ISO 8601, UTC; until then the host says that nothing changes; or "".
    """

    address: str
    sha256: str
    width_px: int
    height_px: int
    size_bytes: int
    asked: str
    etag: str = ""
    modified: str = ""
    fresh_until: str = ""


@cache
def _form() -> TypeAdapter[AddressRecord]:
    return TypeAdapter(AddressRecord)


@dataclass(frozen=True)
class PictureBook:
    """The records of one catalog's addresses. `own` is the tenant's store."""

    own: ObjectStore
    catalog: str

    def name(self, address: str) -> str:
        """Return the object name of an address's record."""
        key = digest("picture address", address=address)
        return f"{catalog_folder(self.catalog)}/pictures/{key[:2]}/{key}.json"

    def read(self, address: str) -> AddressRecord | None:
        """Return what is known of an address; None if nothing is, or if its record cannot be read."""
        try:
            record = _form().validate_json(self.own.get(self.name(address)))
        except NoSuchObject:
            return None
        except ValidationError:
            log.warning("record %s cannot be read; its picture is asked for anew", self.name(address))
            return None
        return record if record.address == address else None

    def write(self, record: AddressRecord) -> None:
        """Replace the record of an address in one step."""
        with self.own.replacing(self.name(record.address)) as file:
            file.write_bytes(_form().dump_json(record))


def due(address: str, night: date, days: int) -> bool:
    """Return whether an address is asked again on this night: each one on one night of so many, by its hash."""
    return turn_of(address, days) == night.toordinal() % days


def turn_of(address: str, days: int) -> int:
    """Return the night of so many on which an address is asked again, as the rest of the night's ordinal number."""
    return int.from_bytes(hashlib.blake2b(address.encode(), digest_size=8).digest()) % days


def is_to_be_asked(record: AddressRecord, now: datetime, days: int, *, recheck: bool) -> bool:
    """Return whether the host of a known address is to be asked again.

    It is on the address's own night, after more than `days`, or by the caller's word (`recheck`), but only once a night
    and not before the time until which the host itself said that the picture stays.
    """
    night = now.date()
    if record.asked == night.isoformat() or now.isoformat() < record.fresh_until:
        return False
    since = (night - date.fromisoformat(record.asked)).days if record.asked else days
    return recheck or not 0 <= since < days or due(record.address, night, days)


def fresh_until(headers: httpx2.Headers, now: datetime) -> str:
    """Return the time until which an answer stays fresh (RFC 9111), at most 30 days; "" if it does not say."""
    control = [part.strip().lower() for part in headers.get("cache-control", "").split(",")]
    if {"no-cache", "no-store"} & set(control):
        return ""
    ages = [part.removeprefix("max-age=").strip('"') for part in control if part.startswith("max-age=")]
    if ages and ages[0].isdecimal():
        age = headers.get("age", "0")
        left = min(int(ages[0][:12]), 10**9) - min(int(age[:12]) if age.isdecimal() else 0, 10**9)
        until = now + min(timedelta(seconds=max(left, 0)), LONGEST_FRESH)
    else:
        until = min(_expires(headers.get("expires", ""), now), now + LONGEST_FRESH)
    return until.astimezone(UTC).isoformat() if until > now else ""


def _expires(header: str, now: datetime) -> datetime:
    try:
        found = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return now
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def word(headers: httpx2.Headers, name: str) -> str:
    """Return a host's word about a picture, as it may be sent again; "" for what no header may hold."""
    text: str = headers.get(name, "")
    return text if len(text) <= LONGEST_WORD and text.isascii() and text.isprintable() else ""
