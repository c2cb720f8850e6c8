"""What the commands do: admit briefs, show plans, run them with a progress bar, write reports."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from foundry.brief.intake import read_briefs
from foundry.errors import BadInput
from foundry.names import campaign_folder
from foundry.plan.estimate import Needs, needs
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore
from foundry.tenant import load_tenant
from pipelines.campaign.report import RunFigures, write_report
from pipelines.planning.admission import Admitted

PLAIN_SECONDS = 10.0


def admitted(path: Path, tenants: Path | None, cards: Path | None = None) -> Iterator[Admitted]:
    """Every brief of a file, admitted before any is run; Refusals otherwise. `cards` is the user's folder of cards."""
    from models.registry import cards_of, open_registry
    from pipelines.planning.admission import admit_fitting

    registry, folder = open_registry(cards), path.resolve().parent
    found = []
    for brief in read_briefs(path):
        tenant = load_tenant(tenants or folder / "tenants", brief.tenant)
        found.append(admit_fitting(brief, folder, tenant, cards_of(tenant, registry)))
    yield from found


def plan_as_json(each: Admitted, store: str) -> dict[str, Any]:
    """The plan's figures, for scripts."""
    plan, found = each.plan, _needs(each, _opened([each], store))
    return {
        "tenant": plan.tenant.id,
        "campaign": plan.brief.campaign.id,
        "plan": plan.digest,
        "shots": {
            "total": plan.shot_count,
            "draw": found.shots_to_draw,
            "reuse": found.shots_reused,
        },
        "clips": {
            "total": each.estimate.clips,
            "film": found.clips_to_film,
            "reuse": found.clips_reused,
        },
        "variants": {
            "total": plan.variant_count,
            "make": found.variants_to_make,
            "render_only": found.variants_only_rendered,
            "reuse": found.variants_reused,
        },
        "estimate": {
            "accelerator_seconds": f"{found.accelerator_seconds:f}",
            "usd": f"{found.money:f}",
            "bytes": found.size_bytes,
        },
        "placements": {
            name: dict(zip(("make", "render_only", "reuse"), counts, strict=True))
            for name, counts in found.by_placement.items()
        },
        "notes": list(each.assumptions),
    }


def _opened(orders: Sequence[Admitted], store: str) -> ObjectStore:
    return open_store(store, [each.plan.tenant for each in orders])


def _needs(each: Admitted, store: ObjectStore) -> Needs:
    return needs(each.plan, store.for_tenant(each.plan.tenant.id))


def plan_table(each: Admitted, store: str, out: Console) -> None:
    """The plan, for people."""
    plan, found = each.plan, _needs(each, _opened([each], store))
    brief = plan.brief
    out.print(f"\n[bold]{brief.campaign.name}[/]  {plan.tenant.id}/{brief.campaign.id}")
    table = Table(box=None, pad_edge=False)
    for title in ("placement", "pixels", "generate + render", "only render", "reuse"):
        table.add_column(title, justify="left" if title == "placement" else "right")
    for placement in plan.placements:
        counts = found.by_placement[placement.name]
        size = f"{placement.width_px}x{placement.height_px}"
        table.add_row(placement.name, size, *(f"{count:,}" if count else "-" for count in counts))
    out.print(table)
    out.print(
        f"\n[bold]Plan[/]: [green]{found.shots_to_draw} shots to draw[/], {found.shots_reused} reused or not "
        f"needed; {_clips_told(each, found)}"
        f"[green]{found.variants_to_make + found.variants_only_rendered} variants to make[/] "
        f"({found.variants_only_rendered} from existing masters), {found.variants_reused} reused."
    )
    out.print(
        f"[bold]Estimate[/]: {found.accelerator_seconds:.1f} accelerator seconds, "
        f"${found.money:.4f}, {found.size_bytes / 1e6:.0f} MB."
    )
    for note in each.assumptions:
        out.print(f"[yellow]Note[/]: {note}")
    if found.nothing:
        out.print("[bold]Nothing to make.[/] Everything exists.")


def _clips_told(each: Admitted, found: Needs) -> str:
    """Nothing for a brief whose scenes are all stills."""
    if not each.estimate.clips:
        return ""
    return f"[green]{found.clips_to_film} clips to film[/], {found.clips_reused} reused or not needed; "


@dataclass(frozen=True)
class Means:
    """With what a run is made: the renderer of product models, the engine, and the file with the engine's settings."""

    blender: str = ""
    engine: str = "embedded"
    engine_config: Path | None = None


ALONE = Means()


def run_all(orders: Sequence[Admitted], address: str, err: Console, means: Means = ALONE) -> list[dict[str, Any]]:
    """Make what is missing of all orders in one run, and write their reports; a summary each, in order.

    An order of which nothing is missing costs a look; if that is true of all, no model is loaded.
    """
    began, store = time.monotonic(), _opened(orders, address)
    found = {each.plan.digest: _needs(each, store) for each in orders}
    waiting = [each for each in orders if not _finished(each, store, found[each.plan.digest])]
    with _watched([found[each.plan.digest] for each in waiting], err):
        failed = _build(waiting, store, means) if waiting else {}
    seconds = time.monotonic() - began
    for each in waiting:
        _report(each, store, found[each.plan.digest], seconds)
        if not failed[each.plan.digest]:
            _mark(each, store)
    return [_summary(each, store, found[each.plan.digest], failed.get(each.plan.digest, 0), seconds) for each in orders]


def _finished(each: Admitted, store: ObjectStore, found: Needs) -> bool:
    """Whether everything exists, and the campaign's views show this very plan."""
    own, folder = store.for_tenant(each.plan.tenant.id), _folder(each)
    return found.nothing and own.exists(_marker(each)) and own.exists(f"{folder}/report.html")


def _folder(each: Admitted) -> str:
    return campaign_folder(each.plan.brief.campaign.id)


def _marker(each: Admitted) -> str:
    return f"{_folder(each)}/plans/{each.plan.digest}"


def _mark(each: Admitted, store: ObjectStore) -> None:
    """The campaign's views now show this plan, and no other."""
    own = store.for_tenant(each.plan.tenant.id)
    for name in list(own.list(f"{_folder(each)}/plans/")):
        own.remove(name)
    own.put_once(_marker(each), b"finished\n")


def _build(orders: Sequence[Admitted], store: ObjectStore, means: Means) -> dict[str, int]:
    """Run the flow; the number of dead letters by plan."""
    from models.blender.process import Blender
    from pipelines.campaign.flow import build_all
    from pipelines.engines.engine import choose_engine, engine_settings

    where = choose_engine(means.engine, engine_settings(means.engine_config))
    plans = [(each.plan, each.pictures) for each in orders]
    made = build_all(plans, store, blender=Blender(means.blender), engine=where)
    return {digest: len(outcome.letters) for digest, outcome in made.items()}


@contextmanager
def _watched(found: Sequence[Needs], err: Console) -> Iterator[None]:
    """Progress on stderr while the block runs; nothing where nothing is to be made."""
    if not found:
        yield
        return
    from transforms import progress

    done = threading.Event()
    totals = {
        "shots": sum(each.shots_to_draw for each in found),
        **({"clips": filmed} if (filmed := sum(each.clips_to_film for each in found)) else {}),
        "variants": sum(each.variants_to_make + each.variants_only_rendered for each in found),
    }
    watcher = threading.Thread(target=_watch, args=(err, totals, progress.counts, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _watch(err: Console, totals: dict[str, int], counts: Any, done: threading.Event) -> None:
    if not err.is_terminal:
        while not done.wait(PLAIN_SECONDS):
            now = counts()
            told = ", ".join(f"{now.get(key, 0)}/{total} {key}" for key, total in totals.items())
            err.print(told, highlight=False)
        return
    columns = (
        TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err) as bars:
        tasks = {key: bars.add_task(key, total=total, rate="") for key, total in totals.items()}
        while not done.wait(0.2):
            for key, task in tasks.items():
                speed = bars.tasks[task].speed or 0
                bars.update(task, completed=counts().get(key, 0), rate=f"{speed:.1f}/s")
        for key, task in tasks.items():
            bars.update(task, completed=counts().get(key, 0))


def report_again(each: Admitted, address: str, store: ObjectStore | None = None) -> str:
    """The report of what the store at `address` holds of a plan; BadInput if it was never run.

    `store`: the same store, where it is open already.
    """
    from transforms.manifest import folder_of

    store = store or _opened([each], address)
    name = f"{folder_of(each.plan)}/manifest.jsonl"
    if not store.for_tenant(each.plan.tenant.id).exists(name):
        raise BadInput(address, "holds no run of this campaign; use `foundry run` first")
    return _report(each, store, _needs(each, store), None)


def _report(each: Admitted, store: ObjectStore, found: Needs, seconds: float | None) -> str:
    from transforms.manifest import folder_of, read_letters, records

    plan, own = each.plan, store.for_tenant(each.plan.tenant.id)
    letters = read_letters(plan, store)
    folder = folder_of(plan)
    made = found.variants_to_make + found.variants_only_rendered if seconds is not None else 0
    failed = sum(letter.stage == "render" for letter in letters)
    figures = RunFigures(
        campaign=plan.brief.campaign.id,
        campaign_name=plan.brief.campaign.name,
        tenant_name=plan.tenant.name,
        variants_total=plan.variant_count,
        made=made - failed if seconds is not None else 0,
        reused=found.variants_reused,
        failed=failed,
        shots_total=plan.shot_count,
        shots_drawn=found.shots_to_draw if seconds is not None else 0,
        clips_total=each.estimate.clips,
        clips_filmed=found.clips_to_film if seconds is not None else 0,
        cost_usd=f"{found.money if seconds is not None else 0:f}",
        cost_if_new_usd=f"{each.estimate.money:f}",
        size_bytes=sum(record.size_bytes for record in records(plan, store)),
        model=f"{plan.cards.generate.title} ({plan.cards.generate.id}@{plan.cards.generate.version})",
        seconds=seconds,
        assumptions=each.assumptions,
    )
    with own.replacing(f"{folder}/report.html") as target:
        write_report(
            target,
            figures=figures,
            records=records(plan, store),
            letters=letters,
            thumbnail=own.get,
            link=lambda address: f"../../{address}",
            palette=plan.tenant.brand.palette,
        )
    return own.address(f"{folder}/report.html")


def _summary(each: Admitted, store: ObjectStore, found: Needs, failed: int, seconds: float) -> dict[str, Any]:
    plan, own, folder = each.plan, store.for_tenant(each.plan.tenant.id), _folder(each)
    made = found.variants_to_make + found.variants_only_rendered
    return {
        "tenant": plan.tenant.id,
        "campaign": plan.brief.campaign.id,
        "plan": plan.digest,
        "variants": plan.variant_count,
        "made": max(made - failed, 0),
        "reused": found.variants_reused,
        "failed": failed,
        "shots_drawn": found.shots_to_draw,
        "clips_filmed": found.clips_to_film,
        "cost_usd": f"{found.money:.4f}",
        "seconds": round(seconds, 1),
        "report": own.address(f"{folder}/report.html"),
        "manifest": own.address(f"{folder}/manifest.parquet"),
        "dead_letters": own.address(f"{folder}/dead_letters.jsonl"),
    }
