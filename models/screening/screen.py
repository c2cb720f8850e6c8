"""The screen of a worker: a card's thresholds choose the judges of its drawings, cheap ones first."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.card.card import ModelCard
from foundry.colour import BT709
from foundry.errors import BadInput
from foundry.inputs.picture import decode
from foundry.manifest import CheckRecord
from foundry.plan.shot import ShotOrder
from models.drawing import Drawn
from models.screening import pixel_checks
from models.screening.alternatives import AcceptedDrawings, judge_duplicate
from models.screening.context import ScreenContext
from models.screening.fingerprint import fingerprint
from models.screening.judged_drawing import JudgedDrawing
from models.screening.judges import NETWORK_JUDGES, NETWORKS_OF, PIXEL_JUDGES, Judge
from models.screening.onnx_networks import Networks
from models.screening.protected_likeness import ProtectedFeatures
from models.screening.unsafe import read_content

DUPLICATE = "duplicate"
PROTECTED_PX = 1024
"""Longest edge at which protected pictures are read."""


class Screen:
    """Judges the drawings of one worker. Networks are loaded by `load`, once a process; verdicts are repeatable.

    Raises BadInput for a threshold that no judge knows.
    """

    def __init__(self, card: ModelCard, context: ScreenContext) -> None:
        known = {*pixel_checks.THRESHOLDS, *PIXEL_JUDGES, *NETWORK_JUDGES, DUPLICATE}
        if unknown := sorted(set(card.thresholds) - known):
            where = f"card {card.id}: thresholds.{unknown[0]}"
            raise BadInput(where, f"no judge has this name; there are: {', '.join(sorted(known))}")
        self.card, self.context = card, context
        self.networks, self.accepted = Networks(card), AcceptedDrawings(context)
        self._protected: dict[tuple[str, str], tuple[ProtectedFeatures, ...]] = {}
        self._lock = threading.Lock()

    def load(self) -> Screen:
        """Open every network that the card needs; PackageMissing or WeightsRefused if one cannot be opened."""
        for name in NETWORK_JUDGES:
            if name in self.card.thresholds:
                for weights, inner in NETWORKS_OF[name]:
                    self.networks.load(weights, inner)
        return self

    def judge(self, drawn: Drawn) -> tuple[CheckRecord, ...]:
        """Return the records of the judges that look at a drawing alone.

        No network is run after a cheap judge has refused the drawing; one record then names the judges left out.
        """
        drawing = JudgedDrawing(drawn, self.networks, self.protected_features(drawn.request.order))
        checks = [*pixel_checks.check_pixels(drawn, self.card), *self._run(PIXEL_JUDGES, drawing)]
        if all(check.passed for check in checks):
            return (*checks, *self._run(NETWORK_JUDGES, drawing))
        left_out = [name for name in NETWORK_JUDGES if name in self.card.thresholds]
        if left_out:
            checks.append(CheckRecord("not_measured", True, ", ".join(left_out), "after a failure, no network is run"))
        return tuple(checks)

    def _run(self, judges: dict[str, Judge], drawing: JudgedDrawing) -> list[CheckRecord]:
        limits = self.card.thresholds
        checks = [judge(drawing, limits[name]) for name, judge in judges.items() if name in limits]
        return [check for check in checks if check]

    def compare(self, drawn: Drawn) -> tuple[CheckRecord, ...]:
        """Compare a drawing with the accepted alternatives of smaller numbers, all of which must be settled."""
        order, limit = drawn.request.order, self.card.thresholds.get(DUPLICATE)
        if limit is None or order.alternative == 0:
            return ()
        return (judge_duplicate(drawn.pixels @ BT709, self.accepted.before(order), limit),)

    def accept(self, drawn: Drawn) -> str:
        """Remember a drawing that passed everything, and return its fingerprint."""
        mark = fingerprint(np.asarray(drawn.pixels @ BT709, np.float32))
        self.accepted.add(drawn.request.order, mark)
        return mark

    def protected_features(self, order: ShotOrder) -> tuple[ProtectedFeatures, ...]:
        """Return the features of the protected pictures of the order's tenant, read once a process and plan."""
        if "likeness" not in self.card.thresholds:
            return ()
        with self._lock:
            key = (order.tenant, order.plan)
            if key not in self._protected:
                self._protected[key] = tuple(
                    ProtectedFeatures(one.name, read_content(opaque_pixels(data), self.networks).features)
                    for one, data in self.context.pictures(order)
                )
            return self._protected[key]


def opaque_pixels(data: bytes) -> NDArray[np.uint8]:
    """Return (height, width, 3) 8-bit sRGB of a picture file, on white where transparent, at most 1024 px long."""
    picture = decode(data)
    ground = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(ground, picture).convert("RGB")
    flat.thumbnail((PROTECTED_PX, PROTECTED_PX), Image.Resampling.LANCZOS)
    return np.asarray(flat)
