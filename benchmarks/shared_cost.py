"""The cost of a finished file that shares its shot with 95 others, against files that each have a shot of their own.

Measured by the records of two real campaigns on the embedded cards: one shot with 96 files (8 locales, 12 placements of
one aspect bucket), and some shots with one file each, of those same placements in turn. What is compared is the time of
processors and of accelerators together, as the manifest's rows bear it. The loading of models is left out: it is done
once for a run of any size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from foundry.manifest_index import each_record, read_index
from foundry.plan.plan import Plan
from foundry.spent import Spent, add_spent
from foundry.store.object_store import LocalStore, ObjectStore
from foundry.tenant import load_tenant
from pipelines.campaign.flow import build_all
from tests.support.briefs import BRIEF, EXAMPLES, admitted

LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "it-IT", "nl-NL", "sv-SE")
PLACEMENTS = (
    "google/leaderboard", "google/medium-rectangle", "google/landscape", "google/billboard", "meta/link", "web/hero",
    "youtube/thumbnail", "amazon/sponsored-image", "dooh/landscape", "email/hero", "linkedin/landscape", "web/share",
)  # fmt: skip
FILES = len(LOCALES) * len(PLACEMENTS)
LOADING = "load"
OF_SHOTS = ("guide", "draw", "vendor", "screen", "upscale", "stage")
"""Steps that only shots have. `encode`, `write` and `plan` are steps of both, and stand with the files."""


@dataclass(frozen=True)
class FileCost:
    """The mean cost of a finished file of a campaign, in milliseconds by step, and the number of files and shots."""

    files: int
    shots: int
    by_step: dict[str, float]

    @property
    def total(self) -> float:
        """All steps together."""
        return sum(self.by_step.values())


def measure(folder: Path, alone: int) -> tuple[FileCost, FileCost]:
    """Return the cost of a file that shares its shot with 95 others, and of one of `alone` files with its own shot."""
    messages = dict.fromkeys(LOCALES, BRIEF["messages"]["en-US"])
    shared = _cost(folder, "shared", [{"messages": messages, "placements": list(PLACEMENTS)}])
    single = [
        {
            "messages": {"en-US": BRIEF["messages"]["en-US"]}, "placements": [PLACEMENTS[number % len(PLACEMENTS)]],
            "scenes": [{"id": "wall", "prompt": f"Plaster wall {number}, light from the left"}],
        }
        for number in range(alone)
    ]  # fmt: skip
    return shared, _cost(folder, "alone", single)


def _cost(folder: Path, name: str, orders: Sequence[dict[str, object]]) -> FileCost:
    owner = load_tenant(EXAMPLES / "tenants", "aurelle")
    store = LocalStore(folder / name)
    each = [
        admitted(folder, owner=owner, campaign={"id": f"{name}-{number}", "name": name}, **changes)
        for number, changes in enumerate(orders)
    ]
    build_all([(one.plan, one.inputs) for one in each], store)
    rows = [row for one in each for row in _rows(one.plan, store)]
    by_step = {
        step.step: (step.processor_us + step.accelerator_us) / 1000 / len(rows)
        for step in add_spent(rows).steps
        if step.step != LOADING
    }
    return FileCost(len(rows), sum(one.plan.shot_count for one in each), by_step)


def _rows(plan: Plan, store: ObjectStore) -> Iterator[Spent]:
    own = store.for_tenant(plan.tenant.id)
    index = read_index(own, plan.brief.campaign.id)
    assert index is not None
    return (record.spent for record in each_record(own, index))


def table(shared: FileCost, alone: FileCost) -> str:
    """Return the two costs as a table: the steps of shots, the steps of files, and their sums."""
    steps = [*OF_SHOTS, *sorted((shared.by_step.keys() | alone.by_step.keys()) - set(OF_SHOTS))]
    lines = [
        f"| milliseconds a file | {shared.files} files of {shared.shots} shot | {alone.files} files, each of its own |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {step} | {shared.by_step.get(step, 0):.1f} | {alone.by_step.get(step, 0):.1f} |"
        for step in steps
        if step in shared.by_step or step in alone.by_step
    ]
    lines.append(f"| **all** | {shared.total:.0f} | {alone.total:.0f} |")
    lines.append(f"| **share** | {shared.total / alone.total:.3f} | 1 |")
    return "\n".join(lines)
