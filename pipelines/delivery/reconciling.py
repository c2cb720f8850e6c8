"""The comparison of a target with the receipts of what was brought there, and the mending of what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from connectors.target.connector import Found
from foundry.delivery.receipt import Delivered
from foundry.delivery.target import Target
from pipelines.delivery.setting import DeliverySetting


class Kind(StrEnum):
    """How a target differs from the receipts."""

    MISSING = "missing"  # delivered, and not there any more
    FOREIGN = "foreign"  # changed by somebody else
    DOUBLED = "doubled"  # a further asset of a slot that has one
    NOT_EXPIRED = "not_expired"  # expired by us, and in use there
    UNKNOWN = "unknown"  # of a slot of ours by its own words, and no record knows it


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference. record: None for an unknown asset. found: None for a missing one. what: a sentence."""

    kind: Kind
    target: str
    path: str
    what: str
    record: Delivered | None = None
    found: Found | None = None


@dataclass(frozen=True, kw_only=True)
class Mended:
    """What became of differences: mended, or left with the reason."""

    difference: Difference
    done: bool
    what: str


def compare(tenant: str, target: Target, setting: DeliverySetting) -> Iterator[Difference]:
    """Yield how a target differs from the receipts; nothing is changed, there or here.

    Ids, etags and checksums are compared, and no sizes: some targets tell other sizes than they were sent.
    """
    raise NotImplementedError


def mend(
    tenant: str,
    target: Target,
    setting: DeliverySetting,
    differences: Iterable[Difference],
    take: Literal["", "theirs", "ours"] = "",
) -> Iterator[Mended]:
    """Mend differences, and yield what became of each.

    Missing files are opened, so that the next delivery sends them; files that are not expired and doubled ones are
    expired; unknown ones are left. Foreign changes are left unless `take` says whose content stands: theirs is kept,
    and the receipt says so; ours is opened, and the next delivery sends it as a new version.
    """
    raise NotImplementedError


def retry(tenant: str, target: Target, setting: DeliverySetting, slots: Iterable[str] = ()) -> int:
    """Open the files that were set aside, all or those of some slots; return their number."""
    raise NotImplementedError
