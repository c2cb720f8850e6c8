"""Live progress of a campaign, from the progress topic."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipelines.bus.progress import campaign_key
from pipelines.bus.reading import follow
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import PROGRESS

ENDED = frozenset(("finished", "refused", "cancelled", "superseded"))


def watch_progress(settings: BusSettings, tenant: str, campaign: str, request: str = "") -> Iterator[dict[str, Any]]:
    """What was and is said of a campaign, each once, until it has ended; with `request`, of that order alone."""
    key, told = campaign_key(tenant, campaign).encode(), set()
    for record in follow(settings, PROGRESS):
        if record.key != key or not record.value:
            continue
        headers = {name: bytes(value).decode() for name, value in record.headers}
        said = json.loads(record.value)
        if headers.get("ce_id") in told or (request and said.get("request") != request):
            continue
        told.add(headers.get("ce_id"))
        yield said
        if said.get("state") in ENDED:
            return


def progress_line(said: dict[str, Any]) -> str:
    """One line for people."""
    made = f"{said['done'] + said['reused']}/{said['total']} files, {said['shots_done']}/{said['shots_total']} shots"
    failed = f", {said['failed']} failed" if said["failed"] else ""
    left = f", {said['left_ms'] / 1000:.0f} s left" if said.get("left_ms") else ""
    why = f": {said['reason']}" if said.get("reason") else ""
    return f"{said['state']:>10}  {made}{failed}{left}{why}"
