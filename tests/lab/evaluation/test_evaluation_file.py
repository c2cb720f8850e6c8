"""Evidence files: every shipped one is read and written back unchanged, and promotion accepts what is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from foundry.errors import BadInput
from lab.evaluation.drawing_figures import DrawingFigures, drawing_marks
from lab.evaluation.evaluation_file import Evaluation, conclude, previous_version, read_evaluation
from lab.evaluation.marks import Mark
from lab.evaluation.screen_figures import ScreenFigures, screen_marks
from lab.evaluation.upscaler_figures import UpscalerFigures, upscaler_marks
from models.registry import CARDS, Registry, all_cards, find
from models.registry.evidence import Evidence, evidence_folder
from tests.support.evaluating import a_card
from tests.support.evaluation_answers import RIGHT, WRONG, answers, some_figures

SHIPPED = sorted(path.parent for path in (CARDS / "evidence").glob("*/*/evaluation.json"))
NAMES = [f"{folder.parent.name}@{folder.name}" for folder in SHIPPED]


@pytest.mark.parametrize("folder", SHIPPED, ids=NAMES)
def test_shipped_evidence_is_read_and_written_back_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    evaluation = read_evaluation(folder)
    evaluation.write(tmp_path / "new")
    assert (tmp_path / "new" / "evaluation.json").read_bytes() == (folder / "evaluation.json").read_bytes()


@pytest.mark.parametrize("folder", SHIPPED, ids=NAMES)
def test_the_marks_of_shipped_evidence_follow_from_its_figures(folder: Path) -> None:
    evaluation = read_evaluation(folder)
    card = find(Registry(), evaluation.card)
    marks: list[Mark]
    match evaluation.figures:
        case DrawingFigures() as figures:
            marks = drawing_marks(card, figures)
        case UpscalerFigures() as figures:
            marks = upscaler_marks(card, figures)
        case ScreenFigures() as figures:
            marks = screen_marks(figures)
        case other:
            pytest.fail(f"no marks are known for {type(other).__name__}")
    assert {mark.name: mark.result() for mark in marks} == evaluation.marks
    assert evaluation.passed is all(mark.passed for mark in marks)


def test_every_shipped_card_in_production_has_evidence_of_its_present_state() -> None:
    for card in all_cards(Registry()):
        if (folder := evidence_folder(card)).is_dir():
            evaluation = read_evaluation(folder)
            assert (evaluation.card, evaluation.version, evaluation.digest) == (card.id, card.version, card.digest)
            assert evaluation.passed


def test_evidence_of_every_kind_of_card_is_shipped() -> None:
    kinds = {type(read_evaluation(folder).figures) for folder in SHIPPED}
    assert kinds == {DrawingFigures, UpscalerFigures, ScreenFigures}


def an_evaluation(tmp_path: Path, figures: DrawingFigures | None = None) -> Evaluation:
    card, content = a_card(tmp_path), figures or some_figures()
    return conclude(card, "2026-01-02", content, drawing_marks(card, content), {"screen": "measured@1"})


def test_an_evaluation_passes_only_if_every_mark_does(tmp_path: Path) -> None:
    evaluation = an_evaluation(tmp_path)
    assert not evaluation.passed
    assert evaluation.failing == ("prompts",)
    worse = an_evaluation(tmp_path, some_figures(answers(RIGHT, WRONG)))
    assert worse.failing == ("prompts", "scene", "palette")
    only = conclude(a_card(tmp_path), "2026-01-02", some_figures(), [Mark("seeds", 2, 2, least=True)], {})
    assert only.passed
    assert only.failing == ()


def test_promotion_reads_what_an_evaluation_writes(tmp_path: Path) -> None:
    evaluation = an_evaluation(tmp_path)
    evaluation.write(tmp_path)
    read = Evidence.model_validate_json((tmp_path / "evaluation.json").read_bytes())
    card = a_card(tmp_path)
    assert (read.card, read.version, read.digest, read.passed) == (card.id, card.version, card.digest, False)


def test_the_file_keeps_letters_of_every_script(tmp_path: Path) -> None:
    evaluation = an_evaluation(tmp_path).model_copy(update={"made_with": {"screen": "تخفيضات"}})
    evaluation.write(tmp_path)
    assert "تخفيضات" in (tmp_path / "evaluation.json").read_text(encoding="utf-8")
    assert read_evaluation(tmp_path) == evaluation


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"figures": {}}, r"is not an evaluation \(figures\.DrawingFigures\.prompts: Field required\)"),
        ({"marks": {"scene": {"value": 1, "passed": True}}}, r"marks\.scene\.limit: Field required"),
        ({"verdict": "good"}, r"verdict: Extra inputs are not permitted"),
    ],
)
def test_evidence_that_is_not_an_evaluation_is_refused_with_its_first_problem(
    change: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    content = json.loads(an_evaluation(tmp_path).as_json())
    (tmp_path / "evaluation.json").write_text(json.dumps(content | change))
    with pytest.raises(BadInput, match=sentence) as refusal:
        read_evaluation(tmp_path)
    assert "run `foundry models evaluate` again" in str(refusal.value)
    assert str(tmp_path / "evaluation.json") in str(refusal.value)


def dated(folder: Path, day: str) -> Path:
    """The least that an evidence file of this day may say."""
    folder.mkdir(parents=True)
    content = {"card": "tiny", "version": folder.name, "digest": "d", "passed": False, "made_on": day, "figures": {}}
    (folder / "evaluation.json").write_text(json.dumps(content))
    return folder


def test_the_newest_other_version_is_the_previous_one(tmp_path: Path) -> None:
    cards = tmp_path / "evidence" / "tiny"
    for version, day in (("9", "2026-01-01"), ("10", "2026-01-01"), ("2", "2025-12-31"), ("11", "2026-01-01")):
        dated(cards / version, day)
    assert previous_version(cards / "11") == cards / "10"
    shutil.rmtree(cards / "10")
    assert previous_version(cards / "11") == cards / "9"
    assert previous_version(tmp_path / "evidence" / "other" / "1") is None


def test_a_later_day_counts_more_than_a_higher_version(tmp_path: Path) -> None:
    older, newer = dated(tmp_path / "tiny" / "7", "2026-01-01"), dated(tmp_path / "tiny" / "6", "2026-01-02")
    assert previous_version(tmp_path / "tiny" / "8") == newer
    assert previous_version(newer) == older


def test_a_file_without_a_day_is_named_instead_of_skipped(tmp_path: Path) -> None:
    folder = dated(tmp_path / "tiny" / "1", "2026-01-01")
    (folder / "evaluation.json").write_text("{}")
    with pytest.raises(BadInput, match="is not evidence; evaluate that version again, or remove its folder"):
        previous_version(tmp_path / "tiny" / "2")


def test_evidence_lies_beside_the_card_or_in_the_named_folder(tmp_path: Path) -> None:
    card = a_card(tmp_path, version="3")
    assert evidence_folder(card) == tmp_path / "evidence" / "tiny" / "3"
    assert evidence_folder(card, Path("own")) == Path("own/evidence/tiny/3")
