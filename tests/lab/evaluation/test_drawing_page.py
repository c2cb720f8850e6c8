"""The page of a card that draws: the worst first, each picture with its verdicts, the previous version beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from lab.evaluation.drawing_figures import drawing_figures, drawing_marks
from lab.evaluation.drawing_page import THUMBNAIL_PX, prompt_row, write_drawing_page
from lab.evaluation.evaluation_file import Evaluation, conclude, read_evaluation
from lab.evaluation.picture_measures import MeasuredPrompt, MeasuredSample
from models.registry import CARDS
from tests.support.evaluating import a_card
from tests.support.evaluation_answers import (
    RIGHT,
    WRONG,
    a_picture,
    a_prompt,
    a_ruler,
    a_sample,
    a_speed,
    answer,
    answers,
)

MADE_WITH = {"prompt_set": "1 0000", "scene_judge": "1" * 64, "screen": "measured@1"}


def drawn(folder: Path, *prompts: MeasuredPrompt, edge_px: int = 64) -> list[MeasuredPrompt]:
    """The same answers, with pictures in a folder."""
    stored = []
    for prompt in prompts:
        samples = []
        for sample in prompt.samples:
            path = a_picture(folder / f"{prompt.prompt.id}-{sample.sample.number}.png", edge_px)
            samples.append(replace(sample, sample=replace(sample.sample, path=path)))
        stored.append(replace(prompt, samples=tuple(samples)))
    return stored


def written(tmp_path: Path, version: str, *prompts: MeasuredPrompt, edge_px: int = 64) -> tuple[Path, Evaluation]:
    """The evidence folder of a version with these answers, and its evaluation."""
    card, folder = a_card(tmp_path, version=version), tmp_path / "evidence" / "tiny" / version
    stored = drawn(tmp_path / "work" / version, *prompts, edge_px=edge_px)
    figures = drawing_figures(stored, a_ruler(), [a_speed()], None)
    made_on = f"2026-01-0{version}"
    evaluation = conclude(card, made_on, figures, drawing_marks(card, figures), MADE_WITH)
    evaluation.write(folder)
    write_drawing_page(folder, card, evaluation, stored, a_ruler())
    return folder, evaluation


def test_the_page_shows_the_worst_prompt_first(tmp_path: Path) -> None:
    good, bad = answers(RIGHT, RIGHT), answers(WRONG, RIGHT, id="sweep-1", scene="podium", prompt="A plinth")
    folder, _ = written(tmp_path, "1", good, bad)
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert text.index('id="p-sweep-1"') < text.index('id="p-podium-1"')
    assert "sweep, not podium" in text
    assert "2 of 2 prompts" in text


def test_equally_wrong_prompts_are_ordered_by_their_farthest_colour(tmp_path: Path) -> None:
    near = answers(replace(RIGHT, distances=(1.0, 1.0)))
    far = answers(replace(RIGHT, distances=(6.0, 1.0)), id="sweep-1")
    folder, _ = written(tmp_path, "1", near, far)
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert text.index('id="p-sweep-1"') < text.index('id="p-podium-1"')


def test_thumbnails_are_small_and_those_of_earlier_runs_go(tmp_path: Path) -> None:
    old = tmp_path / "evidence" / "tiny" / "1" / "pictures" / "gone-0.webp"
    a_picture(old.with_suffix(".png")).rename(old)
    folder, _ = written(tmp_path, "1", answers(RIGHT, None), edge_px=THUMBNAIL_PX * 2)
    assert [path.name for path in sorted((folder / "pictures").iterdir())] == ["podium-1-0.webp"]
    with Image.open(folder / "pictures" / "podium-1-0.webp") as thumbnail:
        assert thumbnail.size == (THUMBNAIL_PX, THUMBNAIL_PX)


def test_the_next_version_shows_the_pictures_of_the_one_before(tmp_path: Path) -> None:
    written(tmp_path, "1", answers(WRONG, RIGHT))
    folder, _ = written(tmp_path, "2", answers(RIGHT, RIGHT), answers(RIGHT, id="sweep-1"))
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert '<img src="../1/pictures/podium-1-0.webp"' in text
    assert "Version 1 was not asked this." in text
    assert '<th scope="col">Version 1</th>' in text
    assert "version 1: 50.0 %" in text


def test_a_refused_picture_shows_its_reason_and_escapes_it(tmp_path: Path) -> None:
    refused = MeasuredSample(a_sample(refused="content_policy: not <this>"), None)
    folder, _ = written(tmp_path, "1", MeasuredPrompt(a_prompt(), (refused,), 0.0))
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert "Not drawn: content_policy: not &lt;this&gt;" in text
    assert 'class="asset"' not in text


def row_of(*samples: MeasuredSample) -> tuple[tuple[tuple[str, bool], ...], int]:
    row = prompt_row(Path("evidence/tiny/1"), 0, MeasuredPrompt(a_prompt(), samples, 0.1), a_ruler(), None)
    return row.pictures[0].verdicts, row.wrong


def test_each_measure_has_a_verdict_and_wrong_answers_are_counted() -> None:
    assert row_of(answer(RIGHT)) == ((("podium", True), ("ΔE 2.0", True), ("light left", True)), 0)
    verdicts, wrong = row_of(answer(WRONG, failed=("text",)))
    assert verdicts == (
        ("sweep, not podium", False),
        ("ΔE 50.0", False),
        ("light right", False),
        ("screen: text", False),
    )
    assert wrong == 3
    assert row_of(answer(None)) == ((("refused", False),), 2)


def test_facts_without_a_text_are_left_out() -> None:
    sample = MeasuredSample(a_sample(caption="", ignored=("sparkling", "new")), RIGHT)
    row = prompt_row(Path("evidence/tiny/1"), 0, MeasuredPrompt(a_prompt(), (sample,), 0.1), a_ruler(), None)
    assert dict(row.pictures[0].facts) == {
        "Scene": "podium, 97 % sure",
        "Nearest colours, ΔE": "#C4633F 1.0, #2B7F84 2.0",
        "Light": "left; asked left",
        "Sharpness": "20",
        "Seed": "7",
        "Words not used": "sparkling, new",
    }


def test_figures_of_another_kind_of_card_are_refused(tmp_path: Path) -> None:
    screen = read_evaluation(CARDS / "evidence" / "measured" / "1")
    with pytest.raises(TypeError, match="has ScreenFigures, not the figures of a card that draws"):
        write_drawing_page(tmp_path, a_card(tmp_path), screen, [], a_ruler())
