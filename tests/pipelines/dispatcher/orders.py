"""Orders, records and makers for tests that need no broker."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from foundry.retrying import RetryPolicy
from foundry.store.object_store import ObjectStore
from pipelines.bus.producing import NotSent
from pipelines.dispatcher.admission import Folders
from pipelines.dispatcher.making import RoundMaker
from pipelines.dispatcher.order import (
    Order,
    RecordPosition,
    TakenRecord,
    cut_into_parts,
    new_order,
    plain_record,
)
from pipelines.dispatcher.outage_budget import OutageBudget
from pipelines.planning.admission import Admitted
from tests.support.briefs import product_picture
from tests.support.fakes import PaintingHandler
from tests.support.small_masters import small_tenants

TOPIC = "campaign.briefs"
SCENES = [{"id": f"s{number}", "prompt": f"Plaster wall, light {number}"} for number in range(3)]


def tenants_and_files(folder: Path) -> None:
    """Write the example tenants, with models that need no weights, their cards and their pictures below `folder`."""
    small_tenants(folder)
    for file in (folder / "tenants").glob("*/tenant.yaml"):
        product_picture(folder / "files" / file.parent.name / "serum.png")


def a_record(offset: int, partition: int = 0, **fields: Any) -> Any:
    """A record as kafka-python reads it."""
    empty = {"timestamp": 0, "key": b"", "value": b"", "headers": ()}
    return SimpleNamespace(topic=TOPIC, partition=partition, offset=offset, **(empty | fields))


def an_order(admitted: Admitted, offset: int, most: int = 10_000, **fields: Any) -> Order:
    """The order of a record at this offset of partition 0."""
    taken = TakenRecord(RecordPosition(TOPIC, 0, offset, 1), plain_record(a_record(offset, **fields)))
    return new_order(admitted, taken, f"r{offset}", cut_into_parts(admitted.plan, most))


class RecordingAnnouncer:
    """Remembers the orders whose events it was asked to send; refuses the first few times."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals, self.announced = refusals, list[str]()

    def send_campaign_events(self, order: Order, store: ObjectStore) -> int:
        if self.refusals:
            self.refusals -= 1
            raise NotSent("assets.finished", order.key, "no leader")
        self.announced.append(order.key)
        return 1


def impatient(seconds: float) -> OutageBudget:
    """Return a budget whose pauses begin at ten milliseconds."""
    return OutageBudget(seconds, pauses=RetryPolicy(first_pause_s=0.01, longest_pause_s=15.0))


def a_maker(root: Path, announcer: RecordingAnnouncer, seconds: float = 30.0, **changes: Any) -> RoundMaker:
    """A maker that paints, and waits out outages for so many seconds."""
    options: dict[str, Any] = {
        "address": str(root), "announcer": announcer, "outage_budget": impatient(seconds),
        "is_ours": lambda order: True, "generator": PaintingHandler(), "reports": False,
    }  # fmt: skip
    return RoundMaker(**(options | changes))


def folders_in(folder: Path) -> Folders:
    """The folders that `tenants_and_files` wrote."""
    return Folders(folder / "tenants", folder / "files", folder / "cards")
