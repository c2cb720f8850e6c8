"""Deliveries: the files of a campaign or a catalog, brought to a target, one receipt for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from foundry.delivery.paths import scope_folder
from foundry.delivery.receipt import Delivered, Receipt, State
from foundry.delivery.target import Target
from foundry.manifest_index import ManifestReplaced
from foundry.store.lease import LeaseHeld
from foundry.tenant import Tenant
from pipelines.delivery.at_work import at_work
from pipelines.delivery.attempts import at_path, newest
from pipelines.delivery.deciding import Decision, Deed, decide
from pipelines.delivery.delivery_run import DeliveryRun, Notice, Seen, Tally
from pipelines.delivery.holding import next_day
from pipelines.delivery.outbox import (
    each_delivered,
    each_name,
    read_each,
    read_named,
    slot_of_name,
    write_delivered,
)
from pipelines.delivery.saying import Saying, say
from pipelines.delivery.scopes import CAMPAIGN, CATALOG, Scope
from pipelines.delivery.seen_slots import SeenSlots
from pipelines.delivery.selecting import Selected, Selection, check_campaign
from pipelines.delivery.sending import Delivering, send
from pipelines.delivery.setting import DeliverySetting
from pipelines.delivery.stopped import Stopped
from pipelines.delivery.withdrawing import expire

__all__ = ["DeliveryRun", "Notice", "Seen", "deliver", "deliver_to_each"]
READ_AT_ONCE, LISTED_AT_ONCE = 64, 1_000
WALKS = 3
"""A scope is walked so often when its campaign is made anew meanwhile."""


def deliver(scope: Scope, target: Target, setting: DeliverySetting, seen: Seen | None = None) -> DeliveryRun:
    """Bring the files of a scope to a target: new ones, changed ones as new versions; expire those that have ended.

    LeaseHeld if another process delivers to the target; `Lost` for a campaign without a manifest. Whatever ends it, it
    can be repeated, and goes on where it was.
    """
    tenant = setting.tenant(scope.tenant)
    began, tally, away = setting.clock.monotonic(), Tally(seen), None
    lost, stopped = tuple[str, ...](), False
    if scope.kind == CAMPAIGN:  # before anything is written, so that a mistyped store is not begun
        check_campaign(setting.own(tenant), scope.id)
    try:
        with at_work(tenant, target, setting) as work:
            walk = _Walk(work=work, scope=scope, tenant=tenant, setting=setting, tally=tally)
            stopped = walk.run()
            lost, away = tuple(walk.lost), work.patience.away
    except TargetRefused as error:
        away = error
    run = tally.run(tenant.id, target.id, scope.text, away=away, seconds=setting.clock.monotonic() - began)
    return replace(run, stopped=stopped, lost=lost)


def deliver_to_each(
    scope: Scope, targets: Sequence[Target], setting: DeliverySetting, seen: Seen | None = None
) -> list[DeliveryRun]:
    """Deliver a scope to several targets side by side; one that another process delivers to counts as away."""
    with ThreadPoolExecutor(max(len(targets), 1), "target") as pool:
        return list(pool.map(partial(_deliver_unless_held, scope, setting, seen), targets))


def _deliver_unless_held(scope: Scope, setting: DeliverySetting, seen: Seen | None, target: Target) -> DeliveryRun:
    try:
        return deliver(scope, target, setting, seen)
    except LeaseHeld as error:
        return DeliveryRun(tenant=scope.tenant, target=target.id, scope=scope.text, away=str(error))


@dataclass(kw_only=True)
class _Walk:
    """The walk over the files of a scope, with a bounded number of them in the hands of threads."""

    work: Delivering
    scope: Scope
    tenant: Tenant
    setting: DeliverySetting
    tally: Tally
    lost: list[str] = field(default_factory=list)

    def run(self) -> bool:
        """Return True if the run was asked to stop before its end."""
        try:
            for walk in range(1, WALKS + 1):
                try:
                    self._once()
                    break
                except ManifestReplaced:
                    if walk == WALKS:
                        raise
                    self.tally.restart()
            self._finish()
        except Stopped:
            return True
        return False

    def _once(self) -> None:
        with self.work.own.scratch_file(".sqlite") as file:
            seen = SeenSlots(file)
            try:
                selection = Selection(self.work.own, self.scope, self.work.target.filter)
                self._act(self._deeds(selection, seen))
                self.lost = selection.lost
                if not selection.lost and self.work.patience.away is None:
                    self._act(self._absent(seen))
            finally:
                seen.close()

    def _act(self, deeds: Iterable[Callable[[], None]]) -> None:
        """Do deeds in threads; the first error rises, once those that have begun have ended."""
        at_once = self.work.target.at_once
        waiting: deque[Future[None]] = deque()
        with ThreadPoolExecutor(at_once, "send") as pool:
            try:
                for deed in deeds:
                    waiting.append(pool.submit(deed))
                    while len(waiting) >= 2 * at_once or (waiting and waiting[0].done()):
                        waiting.popleft().result()
                while waiting:
                    waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _deeds(self, selection: Selection, seen: SeenSlots) -> Iterator[Callable[[], None]]:
        """Yield what is to be done with each file that the filter lets pass; records are read some at a time."""
        files = iter(selection)
        while some := list(islice(files, READ_AT_ONCE)):
            chosen = [file for file in some if self._is_first(file, seen) and file.passes]
            records = read_each(self.work.own, self.work.target.id, [file.slot for file in chosen])
            for file, record in zip(chosen, records, strict=True):
                self.work.ask()
                yield from self._deed(file, record or self._new(file))

    def _is_first(self, file: Selected, seen: SeenSlots) -> bool:
        """Return True unless another file of the scope has the same slot, which is then told."""
        first = seen.add(file.slot.id)
        if not first:
            why = f"file {file.row.file_name} has the slot of another file of the {self.scope.kind}; it is not sent"
            notice = Notice(slot=file.slot.id, path=file.address, state=State.SET_ASIDE, code="same_slot", why=why)
            self.tally.note(notice)
        return first

    def _new(self, file: Selected) -> Delivered:
        return Delivered(target=self.work.target.id, slot=file.slot, state=State.OPEN)

    def _deed(self, file: Selected, record: Delivered) -> Iterator[Callable[[], None]]:
        target, today = self.work.target, self.setting.now().date()
        said = say(file, self.tenant, target)
        decision = decide(file, said, record, today, expires=target.on_withdrawal == "expire")
        self.tally.at_day("" if file.withdrawn else next_day(file.row, today))
        if decision.deed is Deed.NOTHING or self.work.patience.away is not None:
            self.tally.left(record, record)
            return
        yield partial(self._do, file, said, record, decision)

    def _do(self, file: Selected, said: Saying, record: Delivered, decision: Decision) -> None:
        after = decision.record
        if decision.deed is Deed.WRITE:
            write_delivered(after, self.work.lease)
        elif decision.deed is Deed.SEND:
            after = send(self.work, file, said, record)
        elif decision.hold is not None:
            after = expire(self.work, at_path(record, said.path), decision.hold.code, decision.hold.why)
        self.tally.left(record, after)

    def _absent(self, seen: SeenSlots) -> Iterator[Callable[[], None]]:
        """Yield what is to be done with the slots that the target has and the scope has no more."""
        own = self.work.own
        names = each_name(own, self.work.target.id, self.scope.text)
        while some := {slot_of_name(name): name for name in islice(names, LISTED_AT_ONCE)}:
            for slot in seen.missing(some):
                self.work.ask()
                record = read_named(own, some[slot])
                if record is not None and record.state is not State.EXPIRED:
                    yield partial(self._end, record)

    def _end(self, record: Delivered) -> None:
        """Expire a slot that a catalog has no more; one of a campaign only where that is asked for."""
        wanted = self.scope.kind == CATALOG or self.setting.expire_removed
        ends = wanted and self.work.target.on_withdrawal == "expire"
        if not ends and (newest(record) or record.attempt):
            self.tally.keep(record)
            return
        after = expire(self.work, record, "removed", f"the {self.scope.kind} has it no more")
        self.tally.left(record, after)

    def _finish(self) -> None:
        """Close the delivery of the scope at the target, once everything of it is there."""
        open_ones = sum(self.tally.states[state] for state in (State.OPEN, State.SET_ASIDE, State.CONFLICT))
        work = self.work
        while not (open_ones or self.lost) and work.patience.wait(work.ask):
            began = work.patience.round
            try:
                work.connector.finish(scope_folder(self.scope.text, work.target.naming), self._receipts())
            except TargetAway as error:
                work.patience.fail(error, began)
            except TargetRefused as error:
                work.patience.refuse(error)
            except (FileRefused, ForeignChange) as error:
                self.tally.note(Notice(slot="", path="", state=State.CONFLICT, code=error.code, why=str(error)))
                return
            else:
                return

    def _receipts(self) -> Iterator[Receipt]:
        for record in each_delivered(self.work.own, self.work.target.id, self.scope.text):
            if record.state is State.DELIVERED:
                yield record.receipts[0]
