"""Small classes that keep the real contract."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from apache_beam.ml.inference.base import ModelHandler

from foundry.manifest import Attempt, CheckRecord
from foundry.names import seed_of
from foundry.plan.shot import ShotOrder
from models.drawing import Drawing


def painted(order: ShotOrder, seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A soft gradient whose colour follows from the seed."""
    chance = np.random.default_rng(seed)
    first, second = chance.random(3) * 0.3 + 0.6, chance.random(3) * 0.3 + 0.4
    share = np.linspace(0, 1, order.height_px)[:, None, None]
    line = np.linspace(0.95, 1.05, order.width_px)[None, :, None]
    return np.asarray(np.clip((first * (1 - share) + second * share) * line, 0, 1), np.float32)


class Brush:
    """What Beam shares among threads."""


class PaintingHandler(ModelHandler[ShotOrder, Drawing, Brush]):  # type: ignore[misc]
    """Paints a gradient from the seed; counts its calls and pictures per process."""

    calls = 0
    pictures = 0
    _lock = threading.Lock()

    def __init__(self, refuse: str = "") -> None:
        super().__init__()
        self.refuse = refuse

    @classmethod
    def forget(cls) -> None:
        """Begin counting again."""
        cls.calls = cls.pictures = 0

    def load_model(self) -> Brush:
        """Nothing to load."""
        return Brush()

    def run_inference(self, batch: Sequence[ShotOrder], model: Brush, inference_args: Any = None) -> list[Drawing]:
        """One gradient per order; orders of the refused bucket fail their check."""
        with PaintingHandler._lock:
            PaintingHandler.calls += 1
            PaintingHandler.pictures += len(batch)
        made = []
        for order in batch:
            seed, good = seed_of(order.name), order.bucket != self.refuse
            check = CheckRecord("not_blank", good, "0.2", "at least 0.1")
            attempt = Attempt(seed, good, (check,))
            made.append(
                Drawing(
                    order=order,
                    pixels=painted(order, seed),
                    seed=seed,
                    caption="painted",
                    ignored_words=(),
                    attempts=(attempt,),
                    passed=good,
                )
            )
        return made


class SlowPainter(PaintingHandler):
    """Paints, and takes its time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def run_inference(self, batch: Sequence[ShotOrder], model: Brush, inference_args: Any = None) -> list[Drawing]:
        """The paintings, `seconds` later for each."""
        time.sleep(self.seconds * len(batch))
        return super().run_inference(batch, model, inference_args)
