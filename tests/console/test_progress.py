"""A run shows shots, files and the time left in one line."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from console.progress import counted, progress_on, share_done, time_left

TOTALS = {"shots": 30, "clips": 0, "variants": 504}


def test_counts_are_told_in_words_and_never_above_the_total() -> None:
    assert counted(TOTALS, {"shots": 12, "variants": 208}) == "12/30 shots, 208/504 files"
    assert counted(TOTALS, {}) == "0/30 shots, 0/504 files"
    assert counted({"clips": 2, "variants": 4}, {"clips": 1, "variants": 9}) == "1/2 clips, 4/4 files"


def test_the_share_is_the_mean_of_the_kinds_that_are_to_be_made() -> None:
    assert share_done(TOTALS, {}) == 0
    assert share_done(TOTALS, {"shots": 15, "variants": 126}) == pytest.approx(0.375)
    assert share_done(TOTALS, {"shots": 31, "variants": 504}) == 1


def test_time_is_told_once_something_can_be_said_about_it() -> None:
    assert time_left(0, 40) == "models are being loaded"
    assert time_left(0.01, 5) == "starting"
    assert time_left(0.25, 60) == "about 3:00 left"
    assert time_left(0.99, 100) == "about 0:01 left"
    assert time_left(1, 100) == "reports are written"


def shown(*, terminal: bool, totals: dict[str, int] = TOTALS) -> str:
    """Return what a run that takes a second shows."""
    out = io.StringIO()
    began = time.monotonic()

    def counts() -> dict[str, int]:
        part = min(time.monotonic() - began, 1)
        return {"shots": round(part * 30), "variants": round(part * 504)}

    with progress_on(Console(file=out, force_terminal=terminal, width=100), 0.3)(totals, counts):
        time.sleep(1.2)
    return out.getvalue()


def test_a_terminal_sees_one_changing_line() -> None:
    said = shown(terminal=True)
    assert said.count("shots,") > 2
    assert said.count("\n") == 1
    assert "left" in said
    assert "30/30 shots, 504/504 files" in said.split("\n")[0].split("\r")[-1]


def test_a_log_sees_plain_lines_now_and_then() -> None:
    lines = shown(terminal=False).splitlines()
    assert 2 <= len(lines) <= 4
    assert all("/30 shots, " in line and "/504 files, " in line for line in lines)
    assert not any("\x1b" in line for line in lines)


def test_nothing_is_shown_where_nothing_is_to_be_made() -> None:
    assert shown(terminal=True, totals={"shots": 0, "variants": 0}) == ""


def test_an_error_ends_the_line_and_goes_on() -> None:
    out = io.StringIO()
    with (
        pytest.raises(ZeroDivisionError),
        progress_on(Console(file=out, force_terminal=True, width=100))(TOTALS, dict),
    ):
        _ = 1 / 0
    assert out.getvalue().count("\n") == 1
