"""Evaluates an upscaler's card: held-out photographs beside Lanczos, seams, seconds for a master."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundry.card.card import ModelCard
from lab.evaluation.drawing_figures import Mark
from lab.evaluation.evidence import Evaluation, concluded, evidence_folder
from lab.evaluation.gallery import Say
from lab.evaluation.photographs import LICENCES, photograph, reduced
from lab.evaluation.plain_page import Picture, Table, write_plain_page
from lab.evaluation.upscaler_comparison import (
    FILTERS,
    SCALES,
    Compared,
    Enlarge,
    compare,
    master_seconds,
    network_of,
    pillow,
    scaled_by,
    seams,
)

PHOTOGRAPHS, WORST_DB, SEAM, SECONDS = 9, -2.0, 1.1, 10.0
NAMES = ("PSNR", "luma", "SSIM", "distance")
CROP_PX = 160
"""Edge of the cut-outs on the page."""


def evaluate_upscaler(
    card: ModelCard, made_on: str, registry: Path | None = None, *, quick: bool = False, say: Say = lambda _: None
) -> Evaluation:
    """Measure, compare with the marks, write evaluation.json and report.html; `quick` takes one photograph only."""
    network, names = network_of(card), tuple(LICENCES)[:1] if quick else tuple(LICENCES)
    own = scaled_by(network)
    say(f"enlarging {len(names)} photographs")
    rows = compare(own, names)
    say("timing a master, looking for seams")
    across = seams(network) if network else None
    figures = figures_of(rows, across, master_seconds(network, 1 if quick else 3))
    found = concluded(card, made_on, figures, _marks(card, figures), {"photographs": ", ".join(names)})
    folder = evidence_folder(card, registry)
    _write_page(folder, card, found, rows, own)
    found.write(folder)
    return found


def figures_of(rows: Sequence[Compared], across: tuple[float, float] | None, seconds: float) -> dict[str, Any]:
    """Every figure, JSON-ready; gains are against Pillow's Lanczos, in dB, of the mean over photographs."""
    figures: dict[str, Any] = {"photographs": len({row.photograph for row in rows}), "means": {}, "master_s": seconds}
    for scale in SCALES:
        for reduced_by in FILTERS:
            own, lanczos = _means([row for row in rows if (row.scale, row.reduced_by) == (scale, reduced_by)])
            figures["means"][f"x{scale}, reduced by {reduced_by}"] = {"own": own, "lanczos": lanczos}
    worst = min(rows, key=_gain)
    figures["worst"] = {
        "photograph": worst.photograph, "scale": worst.scale, "reduced_by": worst.reduced_by,
        "gain_db": round(_gain(worst), 3),
    }  # fmt: skip
    figures["seam"] = {"at_borders": across[0], "elsewhere": across[1]} if across else None
    return figures


def _gain(row: Compared) -> float:
    return float(row.own[0] - row.lanczos[0])


def _over(row: Compared) -> float:
    return float(row.own[3] / row.lanczos[3])


def _means(rows: Sequence[Compared]) -> tuple[dict[str, float], dict[str, float]]:
    pair = [np.mean([getattr(row, side) for row in rows], axis=0) for side in ("own", "lanczos")]
    own, lanczos = ({name: round(float(value), 4) for name, value in zip(NAMES, mean, strict=True)} for mean in pair)
    return own, lanczos


def _marks(card: ModelCard, figures: dict[str, Any]) -> list[Mark]:
    pairs = [(pair["own"], pair["lanczos"]) for pair in figures["means"].values()]
    psnr, ssim = (min(own[name] - plain[name] for own, plain in pairs) for name in ("PSNR", "SSIM"))
    distance = max(own["distance"] / plain["distance"] for own, plain in pairs)
    marks = [
        Mark("photographs", figures["photographs"], PHOTOGRAPHS, least=True),
        Mark("least gain in PSNR, dB", round(psnr, 4), 0, least=True),
        Mark("least gain in SSIM", round(ssim, 4), 0, least=True),
        Mark("distance over Lanczos's", round(distance, 4), 1, least=False),
        Mark("worst photograph's gain, dB", figures["worst"]["gain_db"], WORST_DB, least=True),
        Mark("seconds a master", round(figures["master_s"], 2), _limit(card), least=False),
    ]
    if figures["seam"]:
        ratio = round(figures["seam"]["at_borders"] / figures["seam"]["elsewhere"], 3)
        marks.append(Mark("seam over elsewhere", ratio, SEAM, least=False))
    return marks


def _limit(card: ModelCard) -> float:
    return float(card.thresholds.get("seconds", SECONDS))


def _write_page(folder: Path, card: ModelCard, found: Evaluation, rows: Sequence[Compared], own: Enlarge) -> None:
    shutil.rmtree(folder / "pictures", ignore_errors=True)
    (folder / "pictures").mkdir(parents=True)
    names = sorted({row.photograph for row in rows}, key=list(LICENCES).index)
    cells = tuple(
        (condition, *(f"{side[name]:.4g}" for name in NAMES for side in (pair["own"], pair["lanczos"])))
        for condition, pair in found.figures["means"].items()
    )
    heads = ("Mean of the photographs", *(f"{name}{of}" for name in NAMES for of in ("", ", Lanczos")))
    single = tuple(
        (f"{row.photograph}, x{row.scale}, {row.reduced_by}", f"{_gain(row):+.2f}", f"{_over(row):.2f}") for row in rows
    )
    tables = (
        Table("Beside Lanczos", heads, cells),
        Table("Each", ("Photograph", "Gain, dB", "Distance over Lanczos's"), single),
    )
    pictures = [picture for name in names for picture in _cuts(folder, name, own)]
    write_plain_page(folder, card, found, tables, pictures, "Cut-outs, enlarged from a quarter of their edge")


def _cuts(folder: Path, name: str, own: Enlarge) -> list[Picture]:
    """The middle of a photograph: as it is, by Lanczos and by the card, from a quarter of its edge."""
    wanted = photograph(name)
    small = reduced(wanted, 4, Image.Resampling.BICUBIC)
    stem = name.partition(".")[0]
    made = {"photograph": wanted, "Lanczos": pillow(Image.Resampling.LANCZOS)(small, 4), "card": own(small, 4)}
    return [_cut(folder, f"{stem}-{way.lower()}", f"{stem}, {way}", pixels) for way, pixels in made.items()]


def _cut(folder: Path, stem: str, caption: str, pixels: Any) -> Picture:
    top, left = ((edge - CROP_PX) // 2 for edge in pixels.shape[:2])
    eight = np.rint(np.clip(pixels[top : top + CROP_PX, left : left + CROP_PX], 0, 1) * 255).astype(np.uint8)
    Image.fromarray(eight).save(folder / "pictures" / f"{stem}.webp", lossless=True)
    return Picture(f"pictures/{stem}.webp", caption)
