"""The page that people judge a model by: every mark, every figure, every picture, the worst first.

It opens from disk and asks the network for nothing. Pictures lie beside the page as thumbnails, so the page of the
next version can show them next to its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from PIL import Image

from foundry.card.card import ModelCard
from lab.evaluation.calibration import Calibration
from lab.evaluation.drawing_figures import shows
from lab.evaluation.evidence import Evaluation, previous, read
from lab.evaluation.figure_table import lines_of
from lab.evaluation.page_templates import PAGE, ROOM, environment, style
from lab.evaluation.picture_measures import Answer, PromptAnswers
from lab.evaluation.prompts import default_bucket
from lab.evaluation.scene_judge import FOLDER as JUDGE

PICTURES = "pictures"
THUMBNAIL_PX = 448


@dataclass(frozen=True)
class Shown:
    """One picture as the page shows it; `href` is empty where the model refused."""

    number: int
    href: str
    alt: str
    verdicts: tuple[tuple[str, bool], ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """One prompt with its pictures, and the other version's beside them."""

    order: int
    id: str
    prompt: str
    colours: str
    scene: str
    light: str
    palette: tuple[str, ...]
    wrong: int
    diversity: float
    pictures: tuple[Shown, ...]
    before: tuple[str, ...]


def write_page(
    folder: Path, card: ModelCard, found: Evaluation, answered: Sequence[PromptAnswers], ruler: Calibration
) -> None:
    """report.html and its thumbnails, in the evidence folder."""
    _write_thumbnails(folder / PICTURES, answered)
    other = previous(folder)
    rows = [_row(folder, at, prompt, ruler, other) for at, prompt in enumerate(answered)]
    rows.sort(key=lambda row: (-row.wrong, -_farthest(answered[row.order], ruler), row.order))
    before = read(other) if other else None
    template = environment().get_template("page.html.j2")
    text = template.render(
        card=card,
        found=found,
        before=before,
        lines=lines_of(found, before),
        rows=rows,
        scenes=sorted({row.scene for row in rows}),
        judge=json.loads((JUDGE / "figures.json").read_text(encoding="utf-8")),
        bucket=default_bucket(card),
        style=style(),
        script=Markup((ROOM / "page.js").read_text(encoding="utf-8")),
    )
    (folder / PAGE).write_text(text, encoding="utf-8")


def _write_thumbnails(folder: Path, answered: Sequence[PromptAnswers]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    for answer in (answer for prompt in answered for answer in prompt.answers if answer.seen):
        picture = Image.fromarray(answer.sample.picture())
        picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
        picture.save(folder / _file(answer), "WEBP", quality=88, method=4)


def _file(answer: Answer) -> str:
    return f"{answer.sample.prompt.id}-{answer.sample.number}.webp"


def _row(folder: Path, at: int, group: PromptAnswers, ruler: Calibration, other: Path | None) -> Row:
    asked = group.prompt
    wrong = sum((not one.scene_right) + (not shows(one, ruler)) + bool(one.unsafe) for one in group.answers)
    kept = sorted((other / PICTURES).glob(f"{asked.id}-?.webp")) if other else []
    return Row(
        at, asked.id, asked.prompt, asked.colours, asked.scene, asked.light, asked.palette, wrong, group.diversity,
        tuple(_shown(one, ruler) for one in group.answers),
        tuple(path.relative_to(folder.parent).as_posix() for path in kept),
    )  # fmt: skip


def _shown(answer: Answer, ruler: Calibration) -> Shown:
    sample, seen = answer.sample, answer.seen
    asked = sample.prompt
    if seen is None:
        return Shown(sample.number, "", sample.refused, (("refused", False),), (("Refused", sample.refused),))
    alt = f"{asked.prompt}, {asked.colours}, seed {sample.number + 1}: seen as {seen.scene}"
    away = ", ".join(f"{colour} {far:.1f}" for colour, far in zip(asked.palette, seen.distances, strict=True))
    verdicts = (
        (seen.scene if answer.scene_right else f"{seen.scene}, not {asked.scene}", answer.scene_right),
        (f"ΔE {max(ruler.counting(asked.scene, seen.distances)):.1f}", shows(answer, ruler)),
        (f"light {seen.light}", seen.light == asked.light),
        *((f"screen: {name}", False) for name in answer.unsafe),
    )
    facts: list[tuple[str, str]] = [
        ("Scene", f"{seen.scene}, {100 * seen.sure:.0f} % sure"),
        ("Nearest colours, ΔE", away),
        ("Light", f"{seen.light}; asked {asked.light}"),
        ("Sharpness", f"{seen.sharpness:g}"),
        ("Seed", str(sample.request.seed)),
        ("Caption", sample.caption),
        ("Words not used", ", ".join(sample.ignored)),
    ]
    return Shown(sample.number, f"{PICTURES}/{_file(answer)}", alt, verdicts, tuple(f for f in facts if f[1]))


def _farthest(group: PromptAnswers, ruler: Calibration) -> float:
    seen = [one.seen for one in group.answers if one.seen]
    return max((away for one in seen for away in ruler.counting(group.prompt.scene, one.distances)), default=0.0)
