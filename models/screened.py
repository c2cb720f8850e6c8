"""Draws, judges, and draws again with the next seed what was refused, a bounded number of times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from apache_beam.ml.inference.base import ModelHandler

from foundry.card import ModelCard
from foundry.manifest import Attempt, CheckRecord
from foundry.names import seed_of
from foundry.shot import ShotOrder
from models.diffusers_handler import DiffusersHandler, LoadedPipeline
from models.drawing import Drawing, Drawn, DrawRequest
from models.measured_screen import judge

Judge = Callable[[Drawn, ModelCard], tuple[CheckRecord, ...]]


class ScreenedHandler(ModelHandler[ShotOrder, Drawing, LoadedPipeline]):
    """One drawing per order, in order, with every attempt's verdict; accelerator work only."""

    def __init__(self, generator: DiffusersHandler, screen: ModelCard, judge: Judge = judge):
        super().__init__()
        self.generator, self.screen, self.judge = generator, screen, judge

    def load_model(self) -> LoadedPipeline:
        """The generator's pipeline; the screen measures without a network."""
        return self.generator.load_model()

    def run_inference(
        self,
        batch: Sequence[ShotOrder],
        model: LoadedPipeline,
        inference_args: dict[str, Any] | None = None,
    ) -> list[Drawing]:
        """Refused drawings are drawn again together, so that batches stay full."""
        done: dict[int, Drawing] = {}
        tried: dict[int, tuple[Attempt, ...]] = dict.fromkeys(range(len(batch)), ())
        for attempt in range(self.screen.attempts):
            waiting = [at for at in tried if at not in done or not done[at].passed]
            requests = [DrawRequest(batch[at], seed_of(batch[at].name, attempt)) for at in waiting]
            for at, drawn in zip(waiting, self.generator.run_inference(requests, model), strict=True):
                checks = self.judge(drawn, self.screen)
                passed = all(check.passed for check in checks)
                tried[at] += (Attempt(drawn.request.seed, passed, checks),)
                done[at] = _drawing(drawn, tried[at], passed)
            if all(drawing.passed for drawing in done.values()):
                break
        return [done[at] for at in range(len(batch))]

    def get_num_bytes(self, batch: Sequence[ShotOrder]) -> int:
        """Roughly; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def _drawing(drawn: Drawn, attempts: tuple[Attempt, ...], passed: bool) -> Drawing:
    return Drawing(
        drawn.request.order,
        drawn.pixels,
        drawn.request.seed,
        drawn.caption,
        drawn.ignored_words,
        attempts,
        passed,
    )
