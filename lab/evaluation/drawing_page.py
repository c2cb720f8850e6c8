"""The page on which people judge a card that draws: every mark, figure and picture, with the worst answers first.

The page opens from disk and needs no network. Pictures lie beside it as thumbnails, so that the page of the next
version can show them next to its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from foundry.card.card import ModelCard
from lab.evaluation.calibration import Calibration
from lab.evaluation.drawing_figures import DrawingFigures, shows_palette
from lab.evaluation.evaluation_file import Evaluation, previous_version, read_evaluation
from lab.evaluation.figure_table import figure_rows
from lab.evaluation.page_templates import FOLDER, PAGE, environment, style
from lab.evaluation.picture_measures import MeasuredPrompt, MeasuredSample, PictureMeasures
from lab.evaluation.prompts import default_bucket
from lab.evaluation.scene_judge import FOLDER as JUDGE

PICTURES = "pictures"
THUMBNAIL_PX = 448


@dataclass(frozen=True)
class PictureCell:
    """One picture on the page; `href` is empty if the model refused, and then `alt` is the reason.

    `verdicts` are short texts and whether each is right; `facts` are labels and texts for the enlarged view.
    """

    number: int
    href: str
    alt: str
    verdicts: tuple[tuple[str, bool], ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class PromptRow:
    """One prompt with its pictures; `before` are the addresses of the previous version's pictures.

    `order` is the place of the prompt in the set, `wrong` the count of wrong answers.
    """

    order: int
    id: str
    prompt: str
    colours: str
    scene: str
    light: str
    palette: tuple[str, ...]
    wrong: int
    diversity: float
    pictures: tuple[PictureCell, ...]
    before: tuple[str, ...]


def write_drawing_page(
    folder: Path, card: ModelCard, evaluation: Evaluation, measured: Sequence[MeasuredPrompt], ruler: Calibration
) -> None:
    """Write report.html and its thumbnails into the evidence folder, beside the newest other version if there is one.

    The figures of the evaluation must be those of a card that draws.
    """
    _write_thumbnails(folder / PICTURES, measured)
    other = previous_version(folder)
    before = read_evaluation(other) if other else None
    rows = [prompt_row(folder, place, prompt, ruler, other) for place, prompt in enumerate(measured)]
    rows.sort(key=lambda row: (-row.wrong, -_farthest(measured[row.order], ruler), row.order))
    (folder / PAGE).write_text(_render(card, evaluation, before, rows), encoding="utf-8")


def _render(card: ModelCard, evaluation: Evaluation, before: Evaluation | None, rows: Sequence[PromptRow]) -> str:
    figures, former = evaluation.figures, before.figures if before else None
    if not isinstance(figures, DrawingFigures):
        raise TypeError(f"{card.name} has {type(figures).__name__}, not the figures of a card that draws")
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            card=card,
            found=evaluation,
            before=before,
            lines=figure_rows(figures, evaluation.marks, former if isinstance(former, DrawingFigures) else None),
            rows=rows,
            scenes=sorted({row.scene for row in rows}),
            judge=json.loads((JUDGE / "figures.json").read_text(encoding="utf-8")),
            bucket=default_bucket(card),
            style=style(),
            script=(FOLDER / "page.js").read_text(encoding="utf-8"),
        )
    )


def _write_thumbnails(folder: Path, measured: Sequence[MeasuredPrompt]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    for sample in (sample for prompt in measured for sample in prompt.samples if sample.measures):
        picture = Image.fromarray(sample.sample.picture())
        picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
        picture.save(folder / _file_name(sample), "WEBP", quality=88, method=4)


def _file_name(sample: MeasuredSample) -> str:
    return f"{sample.prompt.id}-{sample.sample.number}.webp"


def prompt_row(folder: Path, place: int, measured: MeasuredPrompt, ruler: Calibration, other: Path | None) -> PromptRow:
    """Return the row of a prompt; `other` is the evidence folder of the previous version."""
    asked = measured.prompt
    before = sorted((other / PICTURES).glob(f"{asked.id}-?.webp")) if other else []
    return PromptRow(
        order=place,
        id=asked.id,
        prompt=asked.prompt,
        colours=asked.colours,
        scene=asked.scene,
        light=asked.light,
        palette=asked.palette,
        wrong=sum(_wrong_answers(sample, ruler) for sample in measured.samples),
        diversity=measured.diversity,
        pictures=tuple(_cell(sample, ruler) for sample in measured.samples),
        before=tuple(path.relative_to(folder.parent).as_posix() for path in before),
    )


def _wrong_answers(sample: MeasuredSample, ruler: Calibration) -> int:
    return (not sample.scene_right) + (not shows_palette(sample, ruler)) + bool(sample.failed_checks)


def _cell(measured: MeasuredSample, ruler: Calibration) -> PictureCell:
    sample, measures, asked = measured.sample, measured.measures, measured.prompt
    if measures is None:
        return PictureCell(sample.number, "", sample.refused, (("refused", False),), (("Refused", sample.refused),))
    alt = f"{asked.prompt}, {asked.colours}, seed {sample.number + 1}: seen as {measures.scene}"
    verdicts = (
        (measures.scene if measured.scene_right else f"{measures.scene}, not {asked.scene}", measured.scene_right),
        (f"ΔE {max(ruler.counting(asked.scene, measures.distances)):.1f}", shows_palette(measured, ruler)),
        (f"light {measures.light}", measures.light == asked.light),
        *((f"screen: {name}", False) for name in measured.failed_checks),
    )
    return PictureCell(sample.number, f"{PICTURES}/{_file_name(measured)}", alt, verdicts, _facts(measured, measures))


def _facts(measured: MeasuredSample, measures: PictureMeasures) -> tuple[tuple[str, str], ...]:
    sample, asked = measured.sample, measured.prompt
    distances = zip(asked.palette, measures.distances, strict=True)
    facts = (
        ("Scene", f"{measures.scene}, {100 * measures.sure:.0f} % sure"),
        ("Nearest colours, ΔE", ", ".join(f"{colour} {away:.1f}" for colour, away in distances)),
        ("Light", f"{measures.light}; asked {asked.light}"),
        ("Sharpness", f"{measures.sharpness:g}"),
        ("Seed", str(sample.request.seed)),
        ("Caption", sample.caption),
        ("Words not used", ", ".join(sample.ignored)),
    )
    return tuple((label, text) for label, text in facts if text)


def _farthest(measured: MeasuredPrompt, ruler: Calibration) -> float:
    """Return the largest distance of a counting colour in any picture of the prompt, 0 if there are no pictures."""
    every = [sample.measures for sample in measured.samples if sample.measures]
    scene = measured.prompt.scene
    return max((away for one in every for away in ruler.counting(scene, one.distances)), default=0.0)
