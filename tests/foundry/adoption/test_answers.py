"""Answers are kept in a file that people read, edit and comment."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.adoption.answers import answers_beside, faults_in, keep_answers, read_answers, template_of
from foundry.adoption.said import Choice, Question
from foundry.errors import FoundryError

DATES = Question(
    "date order", "Which comes first in 5/6/2027?", (Choice("day first", "5 June"), Choice("month first", "6 May"))
)
COPY = Question("copy fr-CA", "What is the headline in fr-CA?", default="leave out")


def test_the_answers_of_a_brief_lie_beside_it() -> None:
    assert answers_beside(Path("in/spring.v2.json")) == Path("in/spring.v2.answers.yaml")


def test_answers_are_texts_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "a.answers.yaml"
    path.write_text("# mine\nmeaning kanal: no\nbudget: 007\ndate order: 5/6/2027\nopen:\n'copy nb-NO': \"on: off\"\n")
    assert read_answers(path) == {
        "meaning kanal": "no", "budget": "007", "date order": "5/6/2027", "copy nb-NO": "on: off",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["[a, b]", "a: [b]", "a: {b: c}", "a: b\na: c", "a: [", "text"])
def test_a_file_that_holds_no_answers_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.answers.yaml").write_text(text)
    with pytest.raises(FoundryError) as refused:
        read_answers(tmp_path / "a.answers.yaml")
    assert str(refused.value)


def test_an_answer_that_is_no_meaning_is_named() -> None:
    good = {
        "meaning kpi": "Call_to_action",
        "meaning x": "leave out",
        "meaning y": "headline per language",
        "headline": "poem",
    }
    assert list(faults_in(good)) == []
    (fault,) = faults_in({**good, "meaning z": "poem"})
    assert fault.startswith("'poem', the answer to meaning z, is no meaning; write one of brand, campaign name, ")


def test_a_template_is_filled_in_and_read(tmp_path: Path) -> None:
    path = tmp_path / "a.answers.yaml"
    path.write_text(template_of(path, [DATES, COPY]))
    assert read_answers(path) == {}
    assert "#   day first: 5 June" in path.read_text().splitlines()
    path.write_text(path.read_text().replace("date order: ''", "date order: month first"))
    assert read_answers(path) == {"date order": "month first"}


def test_new_answers_fill_the_open_places_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.answers.yaml"
    path.write_text(template_of(path, [DATES]) + "\n# Ann: ask the client\nkey x: note\n")
    keep_answers(path, {"date order": "day first", "copy fr-CA": "Fraîche: dès demain"}, [DATES, COPY])
    assert read_answers(path) == {
        "date order": "day first", "key x": "note", "copy fr-CA": "Fraîche: dès demain",
    }  # fmt: skip
    text = path.read_text()
    assert "# Ann: ask the client" in text
    assert "# What is the headline in fr-CA?" in text
    assert text.count("date order:") == 1


@pytest.mark.parametrize("before", ["date order: day first\n", "date order:\n", '"date order": "day first"\n', ""])
def test_an_answer_that_changes_stands_once_however_it_was_written(tmp_path: Path, before: str) -> None:
    path = tmp_path / "a.answers.yaml"
    path.write_text(before + "other: 1.50\n")
    keep_answers(path, {"date order": "month first"}, [DATES])
    assert read_answers(path) == {"date order": "month first", "other": "1.50"}


def test_answers_that_are_known_leave_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.answers.yaml"
    keep_answers(path, {"a": "b"}, [])
    before = path.stat().st_mtime_ns
    keep_answers(path, {"a": "b"}, [])
    assert path.stat().st_mtime_ns == before
    keep_answers(tmp_path / "none.yaml", {}, [])
    assert not (tmp_path / "none.yaml").exists()
