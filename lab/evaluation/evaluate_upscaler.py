"""Evaluation of an upscaler: held-out photographs beside Lanczos, seams, seconds for a master."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from foundry.card.card import ModelCard
from lab.evaluation.evaluation_file import Evaluation, conclude
from lab.evaluation.gallery import Say
from lab.evaluation.photographs import LICENCES, photograph, reduce
from lab.evaluation.plain_page import Illustration, Table, write_plain_page
from lab.evaluation.upscaler_comparison import (
    Comparison,
    Enlarge,
    Pixels,
    compare,
    enlarger_of,
    master_seconds,
    measure_seams,
    network_of,
    pillow,
)
from lab.evaluation.upscaler_figures import NAMES, FidelityPair, UpscalerFigures, upscaler_figures, upscaler_marks
from models.registry.evidence import evidence_folder

CROP_PX = 160
"""Edge of the cut-outs on the page."""


def evaluate_upscaler(
    card: ModelCard, made_on: str, registry: Path | None = None, *, quick: bool = False, say: Say = lambda _: None
) -> Evaluation:
    """Enlarge photographs, compare them with Lanczos, and write evaluation.json, report.html and cut-outs.

    `quick` takes one photograph, which is too few to pass.
    """
    network, names = network_of(card), tuple(LICENCES)[:1] if quick else tuple(LICENCES)
    own = enlarger_of(network)
    say(f"enlarging {len(names)} photographs")
    rows = compare(own, names)
    say("timing a master, looking for seams")
    seam = measure_seams(network) if network else None
    figures = upscaler_figures(rows, seam, master_seconds(network, 1 if quick else 3))
    marks = upscaler_marks(card, figures)
    evaluation = conclude(card, made_on, figures, marks, {"photographs": ", ".join(names)})
    folder = evidence_folder(card, registry)
    pictures = _write_cutouts(folder, names, own)
    about = "Cut-outs, enlarged from a quarter of their edge"
    write_plain_page(folder, card, evaluation, upscaler_tables(figures, rows), pictures, about)
    evaluation.write(folder)
    return evaluation


def upscaler_tables(figures: UpscalerFigures, rows: Sequence[Comparison]) -> tuple[Table, Table]:
    """Return the tables of the page: the means beside Lanczos, and the gain of each comparison."""
    heads = ("Mean of the photographs", *(f"{name}{of}" for name in NAMES.values() for of in ("", ", Lanczos")))
    means = tuple((condition, *_cells(pair)) for condition, pair in figures.means.items())
    each = tuple(
        (f"{row.photograph}, x{row.scale}, {row.reduced_by}", f"{row.gain_db:+.2f}", f"{row.distance_ratio:.2f}")
        for row in rows
    )
    return (
        Table("Beside Lanczos", heads, means),
        Table("Each", ("Photograph", "Gain, dB", "Distance over Lanczos's"), each),
    )


def _cells(pair: FidelityPair) -> list[str]:
    return [f"{getattr(side, name):.4g}" for name in NAMES for side in (pair.own, pair.lanczos)]


def _write_cutouts(folder: Path, names: Sequence[str], own: Enlarge) -> list[Illustration]:
    """Write the middle of each photograph as it is, by Lanczos and by the card, enlarged from a quarter of its edge."""
    shutil.rmtree(folder / "pictures", ignore_errors=True)
    (folder / "pictures").mkdir(parents=True)
    pictures = []
    for name in names:
        wanted = photograph(name)
        small = reduce(wanted, 4, Image.Resampling.BICUBIC)
        lanczos = pillow(Image.Resampling.LANCZOS)(small, 4)
        for source, pixels in {"photograph": wanted, "Lanczos": lanczos, "card": own(small, 4)}.items():
            stem = name.partition(".")[0]
            _write_cutout(folder / "pictures" / f"{stem}-{source.lower()}.webp", pixels)
            pictures.append(Illustration(f"pictures/{stem}-{source.lower()}.webp", f"{stem}, {source}"))
    return pictures


def _write_cutout(path: Path, pixels: Pixels) -> None:
    top, left = ((edge - CROP_PX) // 2 for edge in pixels.shape[:2])
    eight = np.rint(np.clip(pixels[top : top + CROP_PX, left : left + CROP_PX], 0, 1) * 255).astype(np.uint8)
    Image.fromarray(eight).save(path, lossless=True)
