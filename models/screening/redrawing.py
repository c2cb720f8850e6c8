"""Draws, judges, and draws again with the next seed what was refused, a bounded number of times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from apache_beam.ml.inference.base import ModelHandler

from foundry.card.card import ModelCard
from foundry.manifest import Attempt, CheckRecord
from foundry.names import seed_of
from foundry.plan.shot import ShotOrder
from models.drawing import Drawing, Drawn, DrawRequest, Guide, Undrawn
from models.screening.alternatives import group_of
from models.screening.context import ScreenContext
from models.screening.screen import Screen

GuideOf = Callable[[ShotOrder], Guide | None]


def no_guide(order: ShotOrder) -> None:
    """What guides a drawing that its words alone decide."""


@dataclass(frozen=True)
class Studio:
    """What one worker draws and judges with."""

    generator: Any
    screen: Screen


class ScreenedHandler(ModelHandler[ShotOrder, Drawing, Studio]):
    """One drawing per order, in order, with every attempt's verdict; accelerator work only.

    Each alternative is judged as if all smaller ones had been settled before it, so how orders are cut into batches
    changes nothing but how many pictures are drawn together.
    """

    def __init__(
        self,
        generator: ModelHandler[DrawRequest, Drawn | Undrawn, Any],
        screen: ModelCard,
        context: ScreenContext | None = None,
        guide_of: GuideOf = no_guide,
    ):
        super().__init__()
        self.generator, self.screen, self.context = generator, screen, context or ScreenContext()
        self.guide_of = guide_of

    def load_model(self) -> Studio:
        """The generator's model and the screen's networks."""
        return Studio(self.generator.load_model(), Screen(self.screen, self.context).load())

    def run_inference(
        self,
        batch: Sequence[ShotOrder],
        model: Studio | Any,
        inference_args: dict[str, Any] | None = None,
    ) -> list[Drawing]:
        """Refused drawings are drawn again together, so that batches stay full. A bare generator's model will do: it
        is judged by a screen that remembers nothing of earlier batches."""
        bare = not isinstance(model, Studio)
        studio = Studio(model, Screen(self.screen, self.context)) if bare else model
        shots = [_Shot(order) for order in batch]
        while waiting := [shot for shot in shots if shot.state == "wanted"]:
            requests = [self._request(shot) for shot in waiting]
            made = self.generator.run_inference(requests, studio.generator)
            for shot, drawn in zip(waiting, made, strict=True):
                shot.look_at(drawn, studio.screen)
            _settle(shots, studio.screen)
        return [shot.drawing() for shot in shots]

    def _request(self, shot: _Shot) -> DrawRequest:
        """The next attempt: the same words and guide, another seed."""
        order = shot.order
        return DrawRequest(order, seed_of(order.name, len(shot.attempts)), self.guide_of(order))

    def get_num_bytes(self, batch: Sequence[ShotOrder]) -> int:
        """Roughly; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def _settle(shots: Sequence[_Shot], screen: Screen) -> None:
    """Compare what waits for nobody any more, smaller alternatives first."""
    for shot in sorted(shots, key=lambda shot: shot.order.alternative):
        if shot.state == "held" and not any(_precedes(other, shot) and other.state != "settled" for other in shots):
            shot.compare(screen)


def _precedes(first: _Shot, second: _Shot) -> bool:
    earlier = first.order.alternative < second.order.alternative
    return earlier and group_of(first.order) == group_of(second.order)


class _Shot:
    """One order on its way: wanted (to be drawn), held (until smaller alternatives are settled), or settled."""

    def __init__(self, order: ShotOrder):
        self.order = order
        self.state: Literal["wanted", "held", "settled"] = "wanted"
        self.attempts: tuple[Attempt, ...] = ()
        self.made: Drawn | Undrawn | None = None
        self.checks: tuple[CheckRecord, ...] = ()
        self.fingerprint = ""

    def look_at(self, made: Drawn | Undrawn, screen: Screen) -> None:
        """Judge a new drawing by itself; what the generator refused for good is not asked for again."""
        self.made = made
        if isinstance(made, Undrawn):
            self.checks = (CheckRecord("drawn", False, f"{made.code}: {made.reason}", "a drawing"),)
            self._end(screen, again=False)
            return
        self.checks = screen.judge(made)
        if all(check.passed for check in self.checks):
            self.state = "held"
        else:
            self._end(screen)

    def compare(self, screen: Screen) -> None:
        """Judge a held drawing against the accepted alternatives."""
        if isinstance(self.made, Drawn):
            self.checks += screen.compare(self.made)
            self._end(screen)

    def _end(self, screen: Screen, *, again: bool = True) -> None:
        passed = all(check.passed for check in self.checks)
        seed = self.made.request.seed if self.made else 0
        self.attempts += (Attempt(seed, passed, self.checks),)
        if passed and isinstance(self.made, Drawn):
            self.fingerprint = screen.accept(self.made)
        redraw = again and not passed and len(self.attempts) < screen.card.attempts
        self.state = "wanted" if redraw else "settled"

    def drawing(self) -> Drawing:
        """The last attempt, with what was tried before it; without pixels if the generator refused."""
        last, made = self.attempts[-1], self.made
        if isinstance(made, Drawn):
            pixels, caption, ignored, refusal = made.pixels, made.caption, made.ignored_words, {}
        else:
            pixels, caption, ignored = np.zeros((0, 0, 3), np.float32), "", ()
            refusal = {"code": made.code, "reason": made.reason} if made else {}
        return Drawing(
            self.order, pixels, last.seed, caption, ignored, self.attempts, last.passed, self.fingerprint, **refusal
        )
