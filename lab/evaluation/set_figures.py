"""The figures of a set card: studied pictures in, the figures of the evidence file and their marks out."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from foundry.card.card import ModelCard
from lab.evaluation.marks import EvidenceModel, Mark
from lab.evaluation.set_study import ROLES, StudiedCase
from lab.evaluation.shares import share

SETS = 30
PALETTE_BOUND = 7.0
"""The largest ΔE94 at which a colour is the one that was asked for."""
PALETTE, PRODUCT, SECONDS = 0.95, 1.0, 60.0


class SetFigure(EvidenceModel):
    """The figures of one set: the largest distance of each role in ΔE94 over its pictures, None if it shows none."""

    wall: float | None
    floor: float | None
    accent: float | None
    product: float
    refused: int


class SetFigures(EvidenceModel):
    """Every figure of a set card.

    `palette` is the share of asked colours within the bound, over all pictures and roles; a refused picture has none
    right. `by_chance` is that of another palette's colours, which nobody asked for. `product` is the largest difference
    of a cutout's opaque pixels from its own, in ΔE2000. `seconds` is the median for a picture of the study's size.
    """

    pictures: int
    refused: int
    palette: float
    by_chance: float
    product: float
    seconds: float
    sets: dict[str, SetFigure]


def set_figures(studied: Sequence[StudiedCase]) -> SetFigures:
    """Return the figures of studied pictures."""
    names = sorted({one.case.set_file.id for one in studied})
    return SetFigures(
        pictures=len(studied),
        refused=sum(bool(one.refused) for one in studied),
        palette=share(hit for one in studied for hit in _hits(one.distances) or [False]),
        by_chance=share(hit for one in studied for hit in _hits(one.by_chance)),
        product=round(max((one.product for one in studied), default=0.0), 3),
        seconds=round(statistics.median(one.seconds for one in studied), 2),
        sets={name: _figure([one for one in studied if one.case.set_file.id == name]) for name in names},
    )


def _hits(distances: Mapping[str, float]) -> list[bool]:
    return [distance <= PALETTE_BOUND for distance in distances.values()]


def _figure(studied: Sequence[StudiedCase]) -> SetFigure:
    worst = {role: [one.distances[role] for one in studied if role in one.distances] for role in ROLES}
    wall, floor, accent = (round(max(worst[role]), 2) if worst[role] else None for role in ROLES)
    product = round(max(one.product for one in studied), 3)
    return SetFigure(
        wall=wall, floor=floor, accent=accent, product=product, refused=sum(bool(one.refused) for one in studied)
    )


def set_marks(card: ModelCard, figures: SetFigures) -> list[Mark]:
    """Return the marks that the card must meet; `thresholds.seconds` of the card replaces the limit of a minute."""
    limit = float(card.thresholds.get("seconds", SECONDS))
    return [
        Mark("sets", len(figures.sets), SETS, least=True),
        Mark("pictures that were refused", figures.refused, 0, least=False),
        Mark("palette", figures.palette, PALETTE, least=True),
        Mark("cutout's own pixels, ΔE2000", figures.product, PRODUCT, least=False),
        Mark("seconds a picture", figures.seconds, limit, least=False),
    ]
