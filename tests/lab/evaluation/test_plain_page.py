"""The plain page: marks, tables and illustrations; it says what the shipped pages say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.evaluation.evaluate_screen import screen_tables
from lab.evaluation.evaluation_file import Evaluation, conclude, read_evaluation
from lab.evaluation.marks import Mark
from lab.evaluation.plain_page import Illustration, Table, write_plain_page
from lab.evaluation.screen_figures import ScreenFigures
from models.registry import CARDS, Registry, find
from tests.support.evaluating import a_card
from tests.support.evaluation_answers import some_figures


def an_evaluation(tmp_path: Path, *marks: Mark) -> Evaluation:
    return conclude(a_card(tmp_path), "2026-01-02", some_figures(), marks, {})


def page(tmp_path: Path, evaluation: Evaluation, *tables: Table, pictures: tuple[Illustration, ...] = ()) -> str:
    write_plain_page(tmp_path / "new", a_card(tmp_path), evaluation, tables, pictures, "Cut-outs")
    return (tmp_path / "new" / "report.html").read_text(encoding="utf-8")


def test_a_page_shows_marks_tables_and_pictures(tmp_path: Path) -> None:
    table = Table("Each", ("Photograph", "Gain, dB"), (("coffee <1>", "+1.20"),))
    picture = Illustration("pictures/coffee-card.webp", "coffee, card")
    text = page(tmp_path, an_evaluation(tmp_path, Mark("scene", 0.95, 0.9, least=True)), table, pictures=(picture,))
    assert "Passes all 1 marks." in text
    assert "95.0 %" in text
    assert "at least 0.9" in text
    assert "<h2" in text
    assert ">Each</h2>" in text
    assert '<th scope="row">coffee &lt;1&gt;</th><td>+1.20</td>' in text
    assert '<img src="pictures/coffee-card.webp" alt="coffee, card">' in text
    assert ">Cut-outs</h2>" in text


def test_a_page_names_the_marks_that_were_missed(tmp_path: Path) -> None:
    evaluation = an_evaluation(
        tmp_path, Mark("clips", 2, 36, least=True), Mark("seconds", 1, 2, least=False), Mark("seeds", 1, 2, least=True)
    )
    assert "Does not pass: clips, seeds." in page(tmp_path, evaluation)


def test_tables_without_rows_and_headings_without_pictures_are_left_out(tmp_path: Path) -> None:
    text = page(tmp_path, an_evaluation(tmp_path), Table("Empty", ("Judge",), ()))
    assert "Empty" not in text
    assert "Cut-outs" not in text


def test_the_page_loads_nothing_from_the_network(tmp_path: Path) -> None:
    text = page(tmp_path, an_evaluation(tmp_path))
    assert "default-src 'none'" in text
    assert not re.search(r'(src|href)="http', text)


@pytest.mark.parametrize("name", ["measured", "guardian"])
def test_the_shipped_page_of_a_screen_follows_from_its_figures(name: str, tmp_path: Path) -> None:
    folder = CARDS / "evidence" / name / "1"
    evaluation = read_evaluation(folder)
    assert isinstance(evaluation.figures, ScreenFigures)
    write_plain_page(tmp_path, find(Registry(), f"{name}@1"), evaluation, screen_tables(evaluation.figures), ())
    written, shipped = ((at / "report.html").read_text(encoding="utf-8") for at in (tmp_path, folder))
    assert words(written) == words(shipped)


def words(page: str) -> list[str]:
    """The body of a page, without its layout of lines."""
    return re.sub(r"(<[^>]*>)", r" \1 ", page.partition("<body>")[2]).split()
