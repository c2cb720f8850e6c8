"""One run of a catalog: the feed is fetched, read and compared, gates are held, and the work is carried out."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from foundry.catalog.comparing import amend, compare
from foundry.catalog.comparison import Comparison
from foundry.catalog.products import Change
from foundry.catalog.rows import FetchedFeed
from foundry.catalog.run_book import write_run
from foundry.catalog.runs import RunRecord, RunState, run_folder
from foundry.catalog.state import CatalogState, StateFacts
from foundry.catalog.state_writing import write_state
from foundry.store.lease import Lease
from pipelines.catalog.carrying_out import Work, nights_between
from pipelines.catalog.destination_gate import destination_gate
from pipelines.catalog.feed_back import keep_given
from pipelines.catalog.fetching import fetch_feed
from pipelines.catalog.gate import find_gates, passed_over, stopping
from pipelines.catalog.opening import is_settled, last_feed, open_state, shift_of
from pipelines.catalog.picture_book import turn_of
from pipelines.catalog.pictures import PictureFetcher
from pipelines.catalog.progress import fault_of
from pipelines.catalog.recorded_run import RecordedRun
from pipelines.catalog.results import clear_ended, give_results, mark_ended, read_ended
from pipelines.catalog.taking_in import TakenFeed, taking_in, taking_in_rows
from pipelines.catalog.template import CatalogTemplate, open_template

SET_ASIDE = "set_aside.csv"
MOST_EXAMPLES = 100
"""The products that could not be made which a run's record names; the file of rows set aside has more."""


@dataclass
class CatalogRun(RecordedRun):
    """One run under the catalog's lease. force: gates do not stop it, and a feed that did not change is read."""

    lease: Lease
    force: bool = False

    def refresh(self) -> RunRecord:
        """Refresh the catalog from its feed; return the record of the run as it ended."""
        return self.guarded(self._refresh)

    def refresh_rows(self, rows: Sequence[Mapping[str, str | None]], removed: Sequence[str]) -> RunRecord:
        """Refresh the products of single rows; return the record of the run as it ended."""
        return self.guarded(lambda folder: self._refresh_rows(folder, rows, removed))

    def _refresh(self, folder: Path) -> RunRecord:
        template = open_template(self.catalog, self.setting)
        self.note(template=template.digest)
        with open_state(self.own, template, folder) as state:
            if (ended := self._ended_before(state)) and ended.run == self.record.run:
                return ended
            settled = is_settled(state, template, self.setting.now()) and not self.force
            feed = fetch_feed(self.catalog, self.setting, folder, last_feed(state, settled=settled))
            if settled and (feed.unchanged or feed.sha256 == state.facts.feed_sha256):
                if not self._pictures_changed(folder, template, state):
                    return self._leave_as_it_is(template, state)
                if feed.unchanged:
                    feed = fetch_feed(self.catalog, self.setting, folder, last_feed(state, settled=False))
            return self._take_in(folder, template, state, feed)

    def _ended_before(self, state: CatalogState) -> RunRecord | None:
        """Write the record of the run that replaced the state, if its process died just before it could."""
        if not state.facts.run or not (ended := read_ended(self.own, self.catalog.id, state.facts.run)):
            return None
        write_run(self.own, ended)
        clear_ended(self.own, ended)
        return ended

    def _take_in(self, folder: Path, template: CatalogTemplate, state: CatalogState, feed: FetchedFeed) -> RunRecord:
        """Read the feed, hold the gates, and carry out what it asks for."""
        with taking_in(feed, template, self.setting, folder) as taken, ThreadPoolExecutor(1) as beside:
            self.note(feed=taken.facts, feed_sha256=feed.sha256, tally=taken.tally)
            held = beside.submit(self.validation.hold_feed, taken)  # in a process of its own
            comparison = compare(state, taken.spool, catalog=self.catalog, template=template.digest)
            held.result()
            self._hold_gates(template, taken, comparison)
            if stops := stopping(self.record.gates):
                self._keep_set_aside(taken)
                return self.stop("; ".join(each.what for each in stops))
            return self._carry_out(folder, template, comparison, self._facts(template, feed), taken)

    def _hold_gates(self, template: CatalogTemplate, taken: TakenFeed, comparison: Comparison) -> None:
        limits = (*find_gates(self.catalog.gate, taken.tally, shift_of(comparison)), *self.validation.findings)
        ruled = destination_gate(self.catalog, template.tenant, self.setting.now().date())  # others' rules, not ours
        gates = (*(passed_over(limits) if self.force else limits), *ruled)
        self.note(gates=gates, changes=dict(comparison.counts))

    def _keep_set_aside(self, taken: TakenFeed) -> None:
        if taken.set_aside.rows:
            name = f"{run_folder(self.catalog.id, self.record.run)}/{SET_ASIDE}"
            taken.set_aside.finish()
            with self.own.replacing(name) as file:
                shutil.copyfile(taken.set_aside.path, file)
            self.note(objects={"set_aside": name})

    def _refresh_rows(
        self, folder: Path, rows: Sequence[Mapping[str, str | None]], removed: Sequence[str]
    ) -> RunRecord:
        template = open_template(self.catalog, self.setting)
        self.note(template=template.digest)
        self.validation.wanted = False  # its seconds are more than the work on single rows
        with (
            open_state(self.own, template, folder) as state,
            taking_in_rows(rows, template, self.setting, folder) as taken,
        ):
            comparison = amend(state, taken.spool, removed=set(removed), catalog=self.catalog, template=template.digest)
            self.note(tally=taken.tally, changes=dict(comparison.counts))
            facts = replace(state.facts, run=self.record.run, moment=self.now())
            return self._carry_out(folder, template, comparison, facts, taken, removed=frozenset(removed))

    def _carry_out(
        self,
        folder: Path,
        template: CatalogTemplate,
        comparison: Comparison,
        facts: StateFacts,
        taken: TakenFeed,
        *,
        removed: frozenset[str] | None = None,
    ) -> RunRecord:
        """Make, withdraw and tell what a comparison asks for, and replace the state last.

        facts: what the run leaves for the next one. removed: for single rows, the items that were taken away.
        """
        with PictureFetcher(self.own, self.catalog, self.setting, folder / "pictures") as pictures:
            work = self._work(folder, template, pictures)
            work.make(comparison, self._due(comparison.facts) if removed is None else _never)
            work.withdraw(comparison)
            self._note_work(work, pictures)
        if work.late:  # the next run asks for tonight's pictures again
            facts = replace(facts, moment=comparison.facts.moment)
        taken.set_aside.add(map(fault_of, work.progress.told))
        self._keep_set_aside(taken)
        given = give_results(self.own, self.catalog, self.record, taken.given, work.touched, removed=removed)
        self.note(gates=(*self.record.gates, *given.findings), objects=given.objects)
        ended = self.report(self.tell(work.log, self.ended(RunState.FINISHED)), work.touched)
        mark_ended(self.own, ended)
        write_state(
            self.own,
            comparison,
            facts,
            pictures=work.progress.pictures,
            left=work.progress.left,
            keep_days=self.catalog.withdraw.keep_days,
            lease=self.lease,
        )
        keep_given(self.own, self.catalog.id, given)
        return self.close(ended)

    def _note_work(self, work: Work, pictures: PictureFetcher) -> None:
        progress, counts = work.progress, pictures.counts
        changes = Counter(self.record.changes)
        changes[Change.CHANGED] += work.other_contents
        changes[Change.UNCHANGED] -= work.other_contents
        self.note(
            changes=dict(changes),
            withdrawn=work.withdrawn,
            restored=work.restored,
            work=progress.work(fetched=counts.fetched, kept=counts.kept),
            gates=(*self.record.gates, *self.validation.findings_of_batches),
            campaigns=tuple(progress.campaigns),
            unmade=dict(progress.unmade),
            unmade_examples=tuple(map(fault_of, progress.told[:MOST_EXAMPLES])),
            reason=progress.stopped,
        )

    def _work(self, folder: Path, template: CatalogTemplate, pictures: PictureFetcher) -> Work:
        return Work(
            catalog=self.catalog,
            setting=self.setting,
            template=template,
            own=self.own,
            run=self.record.run,
            check=self.lease.check,
            pictures=pictures,
            validate=self.validation.hold_batch,
            folder=folder,
            force=self.force,
        )

    def _due(self, last: StateFacts) -> Callable[[str], bool]:
        """Return which addresses of pictures are due: on this night, or on one that was missed since the last run."""
        days = self.catalog.pictures.recheck_days
        nights = nights_between(last.moment[:10], self.setting.now().date(), days)
        turns = {night.toordinal() % days for night in nights}
        return lambda address: turn_of(address, days) in turns

    def _pictures_changed(self, folder: Path, template: CatalogTemplate, state: CatalogState) -> bool:
        """Ask for the pictures that are due though the feed is as it was; return whether one has another content."""
        comparison = compare(state, None, catalog=self.catalog, template=template.digest)
        self.note(changes=dict(comparison.counts))
        with PictureFetcher(self.own, self.catalog, self.setting, folder / "pictures") as pictures:
            work = self._work(folder, template, pictures)
            return next(work.other_pictures(comparison, self._due(state.facts)), None) is not None

    def _leave_as_it_is(self, template: CatalogTemplate, state: CatalogState) -> RunRecord:
        """End a run of which nothing differs from the last one."""
        comparison = compare(state, None, catalog=self.catalog, template=template.digest)
        facts = replace(state.facts, run=self.record.run, moment=self.now())
        self.note(feed_sha256=facts.feed_sha256)
        ended = self.report(self.ended(RunState.UNCHANGED))
        mark_ended(self.own, ended)
        write_state(self.own, comparison, facts, keep_days=self.catalog.withdraw.keep_days, lease=self.lease)
        return self.close(ended)

    def _facts(self, template: CatalogTemplate, feed: FetchedFeed) -> StateFacts:
        return StateFacts(
            run=self.record.run,
            moment=self.now(),
            feed_sha256=feed.sha256,
            etag=feed.etag,
            modified=feed.modified,
            template=template.digest,
            catalog=self.catalog.digest,
        )


def _never(_address: str) -> bool:
    return False
