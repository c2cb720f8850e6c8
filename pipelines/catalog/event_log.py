"""The events of a run, one a line, written into the store in one step when the run ends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from foundry.catalog.events import ASSET_WITHDRAWN, REPLACED
from foundry.catalog.runs import run_folder
from foundry.event import Event
from foundry.store.object_store import ObjectStore

EVENTS = "events.jsonl"


@dataclass
class EventLog:
    """A file of this machine that collects the events of a run; however many there are, none is held in memory."""

    file: Path
    count: int = field(default=0)

    def add(self, events: Iterable[Event]) -> None:
        """Append events."""
        with self.file.open("a", encoding="utf-8") as stream:
            for event in events:
                stream.write(event.as_json() + "\n")
                self.count += 1

    def store(self, own: ObjectStore, name: str) -> None:
        """Replace an object by the collected events."""
        with own.replacing(name) as target:
            shutil.copyfile(self.file, target)


def events_name(catalog: str, run: str) -> str:
    """Return the object name of a run's events."""
    return f"{run_folder(catalog, run)}/{EVENTS}"


def withdrawn_by(own: ObjectStore, catalog: str, run: str) -> Iterator[str]:
    """Yield the ids of the products that a run withdrew, in order, each once; NoSuchObject for an unknown run."""
    last = ""
    for line in own.lines(events_name(catalog, run)):
        event = json.loads(line)
        data = event["data"]
        if event["type"] == ASSET_WITHDRAWN and data["reason"] != REPLACED and data["product"] != last:
            last = str(data["product"])
            yield last
