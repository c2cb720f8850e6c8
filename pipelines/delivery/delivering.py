"""Deliveries: the files of a campaign or a catalog, brought to a target, one receipt for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Delivered, State
from foundry.delivery.target import Target
from pipelines.delivery.scopes import Scope
from pipelines.delivery.setting import DeliverySetting

Seen = Callable[[Delivered], None]
"""Is told the record of each slot as a run leaves it, one at a time."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A file that needs somebody's eye: where it lies or would lie, and why."""

    slot: str
    path: str
    state: State
    code: str
    why: str


@dataclass(frozen=True, kw_only=True)
class DeliveryRun:
    """What a run did for one scope at one target.

    states: of all slots of the scope that the target's filter lets pass, as the run left them. sent: files that were
    sent and proved now; versions: those of them that became a new version of an asset. expired: taken out of use now.
    removed: slots at the target that the scope no longer has, and that were left as they are. proofs: of the files
    sent now, by grade. size_bytes: sent now. notices: the first 100 files that were set aside, changed by others, or
    left open. next_day: ISO 8601, the first day on which another run has work by itself; "" for none. away: the
    sentence of the target for which the run ended early, "" for none; refused: it will not answer otherwise by itself;
    after_s: seconds for which it asked to be left alone. stopped: the run was asked to stop.
    """

    tenant: str
    target: str
    scope: str
    states: Mapping[State, int] = field(default_factory=dict)
    sent: int = 0
    versions: int = 0
    expired: int = 0
    removed: int = 0
    proofs: Mapping[Proof, int] = field(default_factory=dict)
    size_bytes: int = 0
    seconds: float = 0.0
    notices: tuple[Notice, ...] = ()
    next_day: str = ""
    away: str = ""
    refused: bool = False
    after_s: float = 0.0
    stopped: bool = False

    @property
    def whole(self) -> bool:
        """True if nothing is left to be done that could be done today."""
        open_ones = sum(self.states.get(state, 0) for state in (State.OPEN, State.SET_ASIDE, State.CONFLICT))
        return not (open_ones or self.away or self.stopped)


def deliver(scope: Scope, target: Target, setting: DeliverySetting, seen: Seen | None = None) -> DeliveryRun:
    """Bring the files of a scope to a target: new ones, changed ones as new versions; expire those that have ended.

    LeaseHeld if another process delivers to the target. Whatever happens to it, it can be repeated, and goes on.
    """
    raise NotImplementedError
