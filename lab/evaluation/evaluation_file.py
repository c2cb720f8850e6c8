"""The evidence of an evaluation: promotion demands it, and later versions of a card are compared with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from foundry.card.card import ModelCard
from foundry.card.version_order import version_key
from foundry.errors import BadInput
from lab.evaluation.clip_figures import ClipFigures
from lab.evaluation.drawing_figures import DrawingFigures
from lab.evaluation.marks import Mark, MarkResult
from lab.evaluation.screen_figures import ScreenFigures
from lab.evaluation.set_figures import SetFigures
from lab.evaluation.upscaler_figures import UpscalerFigures
from models.registry.evidence import EVALUATION, Evidence

Figures = DrawingFigures | SetFigures | ClipFigures | UpscalerFigures | ScreenFigures
"""The figures of an evaluation; their type follows from the task of the card."""


class DatedEvidence(Evidence):
    """The part that all evidence files share, with the day on which they were made (ISO 8601)."""

    made_on: str


class Evaluation(DatedEvidence, extra="forbid", serialize_by_alias=True):
    """The content of `evaluation.json`; `passed` is true if every mark passed.

    `made_with` names the instruments (prompt set, judge, screen, photographs) and their versions.
    """

    figures: Figures
    marks: dict[str, MarkResult]
    made_with: dict[str, str]

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of the marks that did not pass."""
        return tuple(name for name, mark in self.marks.items() if not mark.passed)

    def as_json(self) -> str:
        """Return the text of the file: JSON, indented by one space, not escaped to ASCII."""
        return json.dumps(self.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"

    def write(self, folder: Path) -> None:
        """Write `evaluation.json` into a folder, which is made if it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / EVALUATION).write_text(self.as_json(), encoding="utf-8")


def conclude(
    card: ModelCard, made_on: str, figures: Figures, marks: Sequence[Mark], made_with: Mapping[str, str]
) -> Evaluation:
    """Return the evaluation of a card with these figures: passed if every mark is met."""
    return Evaluation(
        card=card.id,
        version=card.version,
        digest=card.digest,
        passed=all(mark.passed for mark in marks),
        made_on=made_on,
        figures=figures,
        marks={mark.name: mark.result() for mark in marks},
        made_with=dict(made_with),
    )


def read_evaluation(folder: Path) -> Evaluation:
    """Return the evaluation that an evidence folder keeps; BadInput if it is not one that this version writes."""
    path = folder / EVALUATION
    try:
        return Evaluation.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        wrong = f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
        raise BadInput(str(path), f"is not an evaluation ({wrong}); run `foundry models evaluate` again") from error


def previous_version(folder: Path) -> Path | None:
    """Return the evidence folder of the newest other version that was evaluated, or None if there is none.

    The newest is the one of the latest day; within a day, the one of the highest version.
    """
    others = [path.parent for path in folder.parent.glob(f"*/{EVALUATION}") if path.parent != folder]
    return max(others, key=lambda other: (_made_on(other / EVALUATION), version_key(other.name)), default=None)


def _made_on(path: Path) -> str:
    try:
        return DatedEvidence.model_validate_json(path.read_bytes()).made_on
    except ValidationError as error:
        raise BadInput(str(path), "is not evidence; evaluate that version again, or remove its folder") from error
