"""The handler that draws, judges, and draws refused shots again with the next seed, a bounded number of times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from apache_beam.ml.inference.base import ModelHandler

from foundry.card.card import ModelCard
from foundry.manifest import Attempt, CheckRecord
from foundry.metering.device_time import drawing_device
from foundry.metering.payers import note, paid_by_only
from foundry.metering.steps import step
from foundry.names import seed_of
from foundry.plan.shot import ShotOrder
from models.drawing import Drawing, Drawn, DrawRequest, Guide, Undrawn
from models.screening.alternatives import group_of
from models.screening.context import ScreenContext
from models.screening.screen import Screen

GuideOf = Callable[[ShotOrder], Guide | None]


def no_guide(order: ShotOrder) -> None:
    """Return no guide, for drawings that their words alone decide."""


@dataclass(frozen=True)
class Studio:
    """The loaded generator and the screen of one worker."""

    generator: Any
    screen: Screen


class ScreenedHandler(ModelHandler[ShotOrder, Drawing, Studio]):  # type: ignore[misc]  # Beam's base is untyped
    """Makes one drawing per order, in order, with every attempt's verdict; accelerator work only.

    Each alternative is judged as if all smaller ones had been settled before it, so how orders are cut into batches
    decides only how many pictures are drawn together.
    """

    def __init__(
        self,
        generator: ModelHandler[DrawRequest, Drawn | Undrawn, Any],
        screen: ModelCard,
        context: ScreenContext | None = None,
        guide_of: GuideOf = no_guide,
    ) -> None:
        super().__init__()
        self.generator, self.screen, self.context = generator, screen, context or ScreenContext()
        self.guide_of = guide_of

    def load_model(self) -> Studio:
        """Load the generator's model and the screen's networks."""
        return Studio(self.generator.load_model(), Screen(self.screen, self.context).load())

    def run_inference(
        self,
        batch: Sequence[ShotOrder],
        model: Studio | Any,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - part of Beam's interface
    ) -> list[Drawing]:
        """Draw all orders, and redraw the refused ones together, so that batches stay full.

        `model` may be the generator's own, without a studio: its drawings are then judged by a new screen, which
        remembers nothing of earlier batches.
        """
        studio = model if isinstance(model, Studio) else Studio(model, Screen(self.screen, self.context))
        shots = [_ShotProgress(order) for order in batch]
        while waiting := [shot for shot in shots if shot.state == "wanted"]:
            requests = [self._next_request(shot) for shot in waiting]
            results = self.generator.run_inference(requests, studio.generator)
            with drawing_device.kept_waiting("host_copy"):
                for shot, result in zip(waiting, results, strict=True):
                    with paid_by_only([shot.order.name]), step("screen"):
                        shot.judge(result, studio.screen)
                _settle(shots, studio.screen)
        return [shot.drawing() for shot in shots]

    def _next_request(self, shot: _ShotProgress) -> DrawRequest:
        """Return the next attempt: the same words and guide, another seed."""
        order = shot.order
        with paid_by_only([order.name]), step("guide"), drawing_device.kept_waiting("host_copy"):
            return DrawRequest(order, seed_of(order.name, len(shot.attempts)), self.guide_of(order))

    def get_num_bytes(self, batch: Sequence[ShotOrder]) -> int:
        """Return a rough size; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def _settle(shots: Sequence[_ShotProgress], screen: Screen) -> None:
    """Compare every held drawing that no longer waits for another, smaller alternatives first."""
    for shot in sorted(shots, key=lambda shot: shot.order.alternative):
        if shot.state == "held" and not any(_precedes(other, shot) and other.state != "settled" for other in shots):
            with paid_by_only([shot.order.name]), step("screen"):
                shot.compare(screen)


def _precedes(first: _ShotProgress, second: _ShotProgress) -> bool:
    earlier = first.order.alternative < second.order.alternative
    return earlier and group_of(first.order) == group_of(second.order)


class _ShotProgress:
    """One order on its way: wanted (to be drawn), held (until smaller alternatives are settled), or settled."""

    def __init__(self, order: ShotOrder) -> None:
        self.order = order
        self.state: Literal["wanted", "held", "settled"] = "wanted"
        self.attempts: tuple[Attempt, ...] = ()
        self.result: Drawn | Undrawn | None = None
        self.checks: tuple[CheckRecord, ...] = ()
        self.fingerprint = ""
        self.unpaid = 0

    def judge(self, result: Drawn | Undrawn, screen: Screen) -> None:
        """Judge a new result by itself; a request that the generator refused for good is not repeated."""
        self.result = result
        if isinstance(result, Undrawn):
            self.unpaid += self._is_unpaid
            self.checks = (CheckRecord("drawn", False, f"{result.code}: {result.reason}", "a drawing"),)
            self._end_attempt(screen, again=False)
            return
        self.checks = screen.judge(result)
        if all(check.passed for check in self.checks):
            self.state = "held"
        else:
            self._end_attempt(screen)

    @property
    def _is_unpaid(self) -> bool:
        """Whether no picture was paid in this attempt."""
        return isinstance(self.result, Undrawn) and not self.result.paid

    def compare(self, screen: Screen) -> None:
        """Judge a held drawing against the accepted alternatives."""
        if isinstance(self.result, Drawn):
            self.checks += screen.compare(self.result)
            self._end_attempt(screen)

    def _end_attempt(self, screen: Screen, *, again: bool = True) -> None:
        passed = all(check.passed for check in self.checks)
        seed = self.result.request.seed if self.result else 0
        self.attempts += (Attempt(seed, passed, self.checks),)
        if not passed and not self._is_unpaid:
            note(refused_attempts=1)
        if passed and isinstance(self.result, Drawn):
            self.fingerprint = screen.accept(self.result)
        redraw = again and not passed and len(self.attempts) < screen.card.attempts
        self.state = "wanted" if redraw else "settled"

    def drawing(self) -> Drawing:
        """Return the last attempt with the record of all; without pixels if the generator refused."""
        last, result = self.attempts[-1], self.result
        if isinstance(result, Drawn):
            pixels, caption, ignored = result.pixels, result.caption, result.ignored_words
        else:
            pixels, caption, ignored = np.zeros((0, 0, 3), np.float32), "", ()
        drawing = Drawing(
            order=self.order,
            pixels=pixels,
            seed=last.seed,
            caption=caption,
            ignored_words=ignored,
            attempts=self.attempts,
            passed=last.passed,
            fingerprint=self.fingerprint,
            unpaid=self.unpaid,
            staged=result.staged if isinstance(result, Drawn) else None,
        )
        return replace(drawing, code=result.code, reason=result.reason) if isinstance(result, Undrawn) else drawing
