"""The evidence of a card's version: what promotion demands, and what a later version is laid beside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard
from lab.evaluation.drawing_figures import Mark

FILE = "evaluation.json"


@dataclass(frozen=True)
class Evaluation:
    """The content of evaluation.json; `passed` is that every mark passed."""

    card: str
    version: str
    digest: str
    passed: bool
    made_on: str
    figures: dict[str, Any]
    marks: dict[str, dict[str, Any]]
    made_with: dict[str, str]

    @property
    def failing(self) -> tuple[str, ...]:
        """The marks that did not pass."""
        return tuple(name for name, mark in self.marks.items() if not mark["passed"])

    def summary(self) -> list[tuple[str, str, str, bool]]:
        """(mark, value, limit, passed) for a table in a terminal."""
        return [(name, f"{mark['value']:g}", mark["limit"], mark["passed"]) for name, mark in self.marks.items()]

    def write(self, folder: Path) -> None:
        """Write evaluation.json."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(self.as_json(), encoding="utf-8")

    def as_json(self) -> str:
        """The file's text."""
        return json.dumps(self.__dict__, indent=1, ensure_ascii=False) + "\n"


def concluded(
    card: ModelCard, made_on: str, figures: dict[str, Any], marks: Sequence[Mark], made_with: dict[str, str]
) -> Evaluation:
    """The verdict of figures by their marks."""
    by_name = {mark.name: mark.as_json() for mark in marks}
    passed = all(mark.passed for mark in marks)
    return Evaluation(card.id, card.version, card.digest, passed, made_on, figures, by_name, made_with)


def evidence_folder(card: ModelCard, registry: Path | None = None) -> Path:
    """evidence/<id>/<version> in the registry folder: the named one, or else the folder of the card."""
    return (registry or card.path.parent) / "evidence" / card.id / card.version


def read(folder: Path) -> Evaluation:
    """The evaluation that a folder keeps."""
    return Evaluation(**json.loads((folder / FILE).read_text(encoding="utf-8")))


def previous(folder: Path) -> Path | None:
    """The folder of the newest other version that has been evaluated; None if there is none."""
    others = [path.parent for path in folder.parent.glob(f"*/{FILE}") if path.parent != folder]
    return max(others, key=lambda other: (read(other).made_on, _numbers(other.name)), default=None)


def _numbers(version: str) -> tuple[tuple[int, str], ...]:
    """So that 10 comes after 9."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in version.replace("-", ".").split("."))
