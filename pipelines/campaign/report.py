"""Reporting: write a campaign's page, and the page files of a large one, from the campaign's manifest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice

from foundry.errors import BadInput
from foundry.manifest import ManifestRecord
from foundry.manifest_index import ManifestIndex, each_letter, each_record, read_index
from foundry.names import campaign_folder
from foundry.plan.estimate import Made
from foundry.store.addresses import open_store
from foundry.store.at_once import map_at_once, remove_each
from foundry.store.object_store import ObjectStore
from pipelines.campaign.large_report import write_large_report
from pipelines.campaign.report_page import PageFacts, Refused, RunFigures, write_small_report
from pipelines.planning.admission import Admitted
from pipelines.planning.quote import Quote

REPORT = "report.html"
SMALL_REPORT, SMALL_BYTES = 600, 6_000_000
"""The most files, and bytes of their thumbnails, that a page holds itself: it then stays below 10 MB."""
LETTERS_SHOWN = 100
AT_ONCE = 16
"""Page files that are on their way to the store at the same time."""


def report_again(each: Admitted, address: str, store: ObjectStore | None = None) -> str:
    """Write the report of what the store at `address` holds of a plan; return the page's address.

    `store` is the same store where it is open already. BadInput if the campaign was never run there.
    """
    store = store or open_store(address, [each.plan.tenant])
    own, campaign = store.for_tenant(each.plan.tenant.id), each.plan.brief.campaign.id
    index = read_index(own, campaign)
    if index is None:
        raise BadInput(address, "holds no run of this campaign; use `foundry run` first")
    return report_run(each, store, index.rows, None)


def report_run(
    each: Admitted,
    store: ObjectStore,
    reused: int,
    seconds: float | None,
    made: Made | None = None,
    quote: Quote | None = None,
) -> str:
    """Write the report and return the page's address.

    `reused` is the number of files that the store held before the run, `made` what the run made, and `seconds` how long
    it took, and `quote` what it was expected to cost; all three are None for a report that is written again, which then
    counts nothing as made.
    """
    own, campaign = store.for_tenant(each.plan.tenant.id), each.plan.brief.campaign.id
    index = read_index(own, campaign)
    if index is None:
        raise BadInput(campaign, "has no manifest; use `foundry run` first")
    figures = replace(_figures(each, index, made or Made(), reused=reused), seconds=seconds, quote=quote)
    samples = tuple(islice(each_letter(own, index), LETTERS_SHOWN))
    refused = Refused(figures=index.letters, samples=samples)
    write_report(own, index, PageFacts(figures=figures, refused=refused, palette=each.plan.tenant.brand.palette))
    return own.address(f"{campaign_folder(campaign)}/{REPORT}")


def write_report(own: ObjectStore, index: ManifestIndex, facts: PageFacts) -> None:
    """Write the page of a manifest into its campaign's folder, in the form that fits its size.

    The page is replaced in one step, after the page files that it loads; those of older pages are then removed.
    """
    folder = campaign_folder(index.campaign)
    beside = f"report/{index.plan}/"
    kept: set[str] = set()
    few = _with_thumbnails(own, index) if index.rows <= SMALL_REPORT else []
    with own.replacing(f"{folder}/{REPORT}") as target:
        if index.rows <= SMALL_REPORT and sum(len(thumbnail) for _, thumbnail in few) <= SMALL_BYTES:
            write_small_report(target, facts, few)
        else:
            with _writing(own, f"{folder}/{beside}") as files:
                write_large_report(target, facts, each_record(own, index), beside, files.write)
            kept = files.names
    remove_each(own, [name for name in own.list(f"{folder}/report/") if name not in kept])


def _with_thumbnails(own: ObjectStore, index: ManifestIndex) -> list[tuple[ManifestRecord, bytes]]:
    """Return the records of a small manifest with their thumbnails."""
    records = list(each_record(own, index))
    return list(zip(records, map_at_once(own.get, (record.thumbnail for record in records)), strict=True))


@dataclass
class _PageFileWriter:
    """Writes page files into a folder of the store, several at once; what waits to be written is bounded."""

    own: ObjectStore
    folder: str
    threads: ThreadPoolExecutor
    names: set[str] = field(default_factory=set)
    _waiting: deque[Future[bool]] = field(default_factory=deque)

    def write(self, name: str, data: bytes) -> None:
        """Begin to write a file; wait for the first of those before it if as many are on their way as may be."""
        self.names.add(self.folder + name)
        self._waiting.append(self.threads.submit(self.own.put_once, self.folder + name, data))
        if len(self._waiting) == AT_ONCE:
            self._waiting.popleft().result()

    def finish(self) -> None:
        """Wait until all files are written."""
        while self._waiting:
            self._waiting.popleft().result()


@contextmanager
def _writing(own: ObjectStore, folder: str) -> Iterator[_PageFileWriter]:
    """Yield a writer of page files; all of them are written when the block has ended well."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        writer = _PageFileWriter(own, folder, threads)
        yield writer
        writer.finish()


def _figures(each: Admitted, index: ManifestIndex, made: Made, *, reused: int) -> RunFigures:
    plan = each.plan
    return RunFigures(
        campaign=plan.brief.campaign.id,
        campaign_name=plan.brief.campaign.name,
        tenant_name=plan.tenant.name,
        variants_total=plan.variant_count,
        made=made.files,
        reused=reused,
        finished=index.rows,
        shots_total=plan.shot_count,
        shots_drawn=made.shots,
        clips_total=each.estimate.clips,
        clips_filmed=made.clips,
        cost_usd=f"{made.money:f}",
        refused_usd=f"{made.refused_money:f}",
        cost_if_new_usd=f"{each.estimate.money:f}",
        size_bytes=index.size_bytes,
        model="; ".join(f"{cards.generate.title} ({cards.generate.name})" for cards in plan.all_cards),
        assumptions=each.assumptions,
        spent=index.spent + index.unallocated,
        estimated_seconds=float(each.estimate.accelerator_seconds),
    )
