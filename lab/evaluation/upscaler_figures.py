"""The figures of an upscaler: comparisons with Lanczos in, the figures of the evidence file and their marks out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import ConfigDict

from foundry.card.card import ModelCard
from lab.evaluation.marks import EvidenceModel, Mark
from lab.evaluation.seams import SeamFigures
from lab.evaluation.upscaler_comparison import FILTERS, SCALES, Comparison, Fidelity

PHOTOGRAPHS, WORST_DB, SEAM, SECONDS = 9, -2.0, 1.1, 10.0
NAMES = {"psnr": "PSNR", "luma": "luma", "ssim": "SSIM", "distance": "distance"}
"""Field → name in the file and on the page."""


class MeanFidelity(EvidenceModel):
    """Means of `Fidelity` over photographs, to four places; the file writes PSNR and SSIM in capitals."""

    model_config = ConfigDict(alias_generator=NAMES.__getitem__)

    psnr: float
    luma: float
    ssim: float
    distance: float


class FidelityPair(EvidenceModel):
    """The means of the card's pictures, beside those of Pillow's Lanczos."""

    own: MeanFidelity
    lanczos: MeanFidelity


class WorstPhotograph(EvidenceModel):
    """The photograph, scale and reducing filter at which the card gains least over Lanczos, in dB of PSNR."""

    photograph: str
    scale: int
    reduced_by: str
    gain_db: float


class UpscalerFigures(EvidenceModel):
    """Every figure of an upscaler.

    `means` maps a condition, such as "x2, reduced by box", to its means; `master_s` is wall seconds for a master;
    `seam` is None for the resampler, which has no tiles.
    """

    photographs: int
    means: dict[str, FidelityPair]
    master_s: float
    worst: WorstPhotograph
    seam: SeamFigures | None


def upscaler_figures(rows: Sequence[Comparison], seam: SeamFigures | None, seconds: float) -> UpscalerFigures:
    """Return the figures of the comparisons, with the seams and the seconds for a master that were measured."""
    worst = min(rows, key=lambda row: row.gain_db)
    return UpscalerFigures(
        photographs=len({row.photograph for row in rows}),
        means={
            f"x{scale}, reduced by {name}": _pair([row for row in rows if (row.scale, row.reduced_by) == (scale, name)])
            for scale in SCALES
            for name in FILTERS
        },
        master_s=seconds,
        worst=WorstPhotograph(
            photograph=worst.photograph,
            scale=worst.scale,
            reduced_by=worst.reduced_by,
            gain_db=round(worst.gain_db, 3),
        ),
        seam=seam,
    )


def upscaler_marks(card: ModelCard, figures: UpscalerFigures) -> list[Mark]:
    """Return the marks that the card must meet; `thresholds.seconds` of the card replaces the limit of ten seconds."""
    pairs = figures.means.values()
    psnr = min(pair.own.psnr - pair.lanczos.psnr for pair in pairs)
    ssim = min(pair.own.ssim - pair.lanczos.ssim for pair in pairs)
    distance = max(pair.own.distance / pair.lanczos.distance for pair in pairs)
    limit = float(card.thresholds.get("seconds", SECONDS))
    marks = [
        Mark("photographs", figures.photographs, PHOTOGRAPHS, least=True),
        Mark("least gain in PSNR, dB", round(psnr, 4), 0, least=True),
        Mark("least gain in SSIM", round(ssim, 4), 0, least=True),
        Mark("distance over Lanczos's", round(distance, 4), 1, least=False),
        Mark("worst photograph's gain, dB", figures.worst.gain_db, WORST_DB, least=True),
        Mark("seconds a master", round(figures.master_s, 2), limit, least=False),
    ]
    if figures.seam:
        ratio = round(figures.seam.at_borders / figures.seam.elsewhere, 3)
        marks.append(Mark("seam over elsewhere", ratio, SEAM, least=False))
    return marks


def _pair(rows: Sequence[Comparison]) -> FidelityPair:
    return FidelityPair(own=_mean([row.own for row in rows]), lanczos=_mean([row.lanczos for row in rows]))


def _mean(measures: Sequence[Fidelity]) -> MeanFidelity:
    means = Fidelity(*np.mean(measures, axis=0).tolist())
    return MeanFidelity(**{name: round(value, 4) for name, value in means._asdict().items()})
