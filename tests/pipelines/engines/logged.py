"""A painter that takes its time and writes down what it drew, in whatever process it runs."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from foundry.plan.shot import ShotOrder
from models.drawing import Drawing
from tests.support.fakes import Brush, PaintingHandler


class LoggedPainter(PaintingHandler):
    """Paints like its parent, each shot in so many seconds; a line of the log for each shot that it has drawn."""

    def __init__(self, log: Path, seconds: float) -> None:
        super().__init__()
        self.log, self.seconds = log, seconds

    def run_inference(self, batch: Sequence[ShotOrder], model: Brush, inference_args: Any = None) -> list[Drawing]:
        """Drawings as the parent's."""
        made = super().run_inference(batch, model, inference_args)
        for order in batch:
            time.sleep(self.seconds)
            with self.log.open("a") as log:  # lines this short are written whole, whoever else writes
                log.write(f"{order.name} {os.getpid()}\n")
        return made


def drawn(log: Path) -> list[tuple[str, int]]:
    """(shot, process) in the order in which they were finished; a shot that was drawn twice is there twice."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [(name, int(pid)) for name, pid in (line.split() for line in lines)]
