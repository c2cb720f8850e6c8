"""The table of figures: a row for every measure, beside its mark, its ceiling, chance and the previous version."""

from __future__ import annotations

from lab.evaluation.figure_table import FigureRow, figure_rows
from lab.evaluation.marks import Mark, MarkResult
from lab.evaluation.speed import Overhead
from tests.support.evaluation_answers import RIGHT, WRONG, answers, some_figures

MARKS = {"scene": Mark("scene", 0.5, 0.9, least=True).result()}


def rows(before: bool = False, marks: dict[str, MarkResult] | None = None) -> dict[str, FigureRow]:
    figures = some_figures(answers(RIGHT, WRONG), overhead=Overhead(1.01, 0.99, 1.03, 15))
    former = some_figures(answers(RIGHT, RIGHT)) if before else None
    return {row.name: row for row in figure_rows(figures, MARKS if marks is None else marks, former)}


def test_every_measure_has_a_row_and_shares_are_in_percent() -> None:
    table = rows()
    assert {name: row.value for name, row in table.items()} == {
        "Scene adherence": "50.0 %",
        "Palette adherence": "50.0 %",
        "Light side": "50.0 %",
        "Diversity": "0.200",
        "Sharpness": "0.75",
        "Passes the screen": "100.0 %",
        "Handler over pipeline": "1.010 (0.990 to 1.030)",
    }


def test_a_measure_with_a_mark_says_its_limit_and_outcome_and_others_say_nothing() -> None:
    table = rows()
    assert (table["Scene adherence"].mark, table["Scene adherence"].passed) == ("at least 0.9", False)
    assert (table["Light side"].mark, table["Light side"].passed) == ("", None)
    assert (table["Palette adherence"].mark, table["Palette adherence"].passed) == ("", None)


def test_ceiling_and_chance_come_from_the_calibration() -> None:
    palette = rows()["Palette adherence"]
    assert (palette.ceiling, palette.floor) == ("98.0 %", "5.0 %")
    assert rows()["Sharpness"].ceiling == "1"
    assert rows()["Passes the screen"].ceiling == ""


def test_the_previous_version_stands_beside_and_is_empty_without_one() -> None:
    assert rows(before=True)["Scene adherence"].before == "100.0 %"
    assert rows(before=True)["Handler over pipeline"].before == "no pipeline here"
    assert {row.before for row in rows().values()} == {""}
