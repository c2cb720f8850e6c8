"""The screen: a card's thresholds choose the judges, cheap ones first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

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
from models.screening import alternatives, faces, likeness, quality, text, unsafe
from models.screening import measured as measured_screen
from models.screening.alternatives import Accepted
from models.screening.context import ScreenContext
from models.screening.fingerprint import fingerprint
from models.screening.likeness import Reference
from models.screening.look import Look
from models.screening.networks import Networks

Judge = Callable[[Look, Decimal], CheckRecord | None]

CHEAP: dict[str, Judge] = {
    "banding": quality.judge_banding,
    "seam": quality.judge_seam,
    "sharpness": quality.judge_sharpness,
}
DEAR: dict[str, Judge] = {
    "unsafe": unsafe.judge,
    "likeness": likeness.judge,
    "text": text.judge,
    "faces": faces.judge,
}
"""By cost. They run networks, and are spared where a cheap judge has refused the drawing already."""
WEIGHTS: dict[str, tuple[tuple[str, str], ...]] = {
    "unsafe": ((unsafe.WEIGHTS, unsafe.POOLED),),
    "likeness": ((unsafe.WEIGHTS, unsafe.POOLED),),
    "text": ((text.DETECTOR, ""), (text.READER, "")),
    "faces": ((faces.WEIGHTS, ""),),
}
DUPLICATE = "duplicate"
REFERENCE_PX = 1024


class Screen:
    """Judges the drawings of one worker. Networks are loaded by `load`, once a process; verdicts are repeatable."""

    def __init__(self, card: ModelCard, context: ScreenContext):
        """BadInput for a threshold that no judge knows."""
        known = {*measured_screen.THRESHOLDS, *CHEAP, *DEAR, DUPLICATE}
        if unknown := sorted(set(card.thresholds) - known):
            where = f"card {card.id}: thresholds.{unknown[0]}"
            raise BadInput(where, f"no judge has this name; there are: {', '.join(sorted(known))}")
        self.card, self.context = card, context
        self.networks, self.accepted = Networks(card), Accepted(context)
        self._references: dict[tuple[str, str], tuple[Reference, ...]] = {}
        self._lock = threading.Lock()

    def load(self) -> Screen:
        """Open every network that the card needs; PackageMissing or WeightsRefused if one cannot be."""
        for name in DEAR:
            if name in self.card.thresholds:
                for weights, inner in WEIGHTS[name]:
                    self.networks.load(weights, inner)
        return self

    def judge(self, drawn: Drawn) -> tuple[CheckRecord, ...]:
        """One record per judge that has something to say of the drawing alone; what was spared is said too."""
        look = Look(drawn, self.networks, self.references(drawn.request.order))
        checks = [*measured_screen.judge(drawn, self.card), *self._run(CHEAP, look)]
        dear = [name for name in DEAR if name in self.card.thresholds]
        if all(check.passed for check in checks):
            return (*checks, *self._run(DEAR, look))
        if dear:
            checks.append(CheckRecord("not_measured", True, ", ".join(dear), "after a failure, no network is run"))
        return tuple(checks)

    def _run(self, judges: dict[str, Judge], look: Look) -> list[CheckRecord]:
        limits = self.card.thresholds
        said = [judge(look, limits[name]) for name, judge in judges.items() if name in limits]
        return [check for check in said if check]

    def compare(self, drawn: Drawn) -> tuple[CheckRecord, ...]:
        """Against the accepted alternatives with smaller numbers, all of which must be settled by now."""
        order, limit = drawn.request.order, self.card.thresholds.get(DUPLICATE)
        if limit is None or order.alternative == 0:
            return ()
        return (alternatives.judge(drawn.pixels @ BT709, self.accepted.before(order), limit),)

    def accept(self, drawn: Drawn) -> str:
        """Remember a drawing that passed everything; its fingerprint."""
        mark = fingerprint(np.asarray(drawn.pixels @ BT709, np.float32))
        self.accepted.add(drawn.request.order, mark)
        return mark

    def references(self, order: ShotOrder) -> tuple[Reference, ...]:
        """The protected pictures of the order's tenant, read once a process and tenant."""
        if "likeness" not in self.card.thresholds:
            return ()
        with self._lock:
            key = (order.tenant, order.plan)
            if key not in self._references:
                self._references[key] = tuple(
                    Reference(one.name, unsafe.read(opaque(data), self.networks).features)
                    for one, data in self.context.pictures(order)
                )
            return self._references[key]


def opaque(data: bytes) -> NDArray[np.uint8]:
    """(height, width, 3) 8-bit sRGB of a picture file, on white where it is transparent, at most 1024 px long."""
    picture = decode(data)
    ground = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(ground, picture).convert("RGB")
    flat.thumbnail((REFERENCE_PX, REFERENCE_PX), Image.Resampling.LANCZOS)
    return np.asarray(flat)
