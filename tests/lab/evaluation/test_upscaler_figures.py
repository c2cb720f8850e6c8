"""Figures of an upscaler: means of each condition beside Lanczos, the worst photograph, seams and seconds."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from lab.evaluation.evaluate_upscaler import upscaler_tables
from lab.evaluation.seams import SeamFigures
from lab.evaluation.upscaler_comparison import FILTERS, SCALES, Comparison, Fidelity
from lab.evaluation.upscaler_figures import (
    MeanFidelity,
    UpscalerFigures,
    WorstPhotograph,
    upscaler_figures,
    upscaler_marks,
)
from models.registry import card

CRISP = card("crisp", "upscale")
PLAIN = Fidelity(30.0, 30.5, 0.90, 0.4)
BETTER = Fidelity(31.0, 31.5, 0.92, 0.3)
SEAM = SeamFigures(at_borders=0.97, elsewhere=0.98)


def rows(own: Fidelity = BETTER, photographs: int = 9) -> list[Comparison]:
    return [
        Comparison(f"photograph-{number}.png", scale, reduced_by, own, PLAIN)
        for number in range(photographs)
        for scale in SCALES
        for reduced_by in FILTERS
    ]


def figures(*own: Comparison, seam: SeamFigures | None = SEAM, seconds: float = 6.058) -> UpscalerFigures:
    return upscaler_figures(own or rows(), seam, seconds)


def missed(found: UpscalerFigures) -> list[str]:
    return [mark.name for mark in upscaler_marks(CRISP, found) if not mark.passed]


def test_every_condition_has_the_means_of_both_sides() -> None:
    means = figures().means
    assert list(means) == [f"x{scale}, reduced by {name}" for scale in SCALES for name in FILTERS]
    assert means["x2, reduced by box"].own == MeanFidelity(psnr=31.0, luma=31.5, ssim=0.92, distance=0.3)
    assert means["x2, reduced by box"].lanczos == MeanFidelity(psnr=30.0, luma=30.5, ssim=0.9, distance=0.4)


def test_means_are_over_the_photographs_of_the_condition_alone() -> None:
    odd = [row if row.scale == 2 else Comparison(row.photograph, 4, row.reduced_by, PLAIN, PLAIN) for row in rows()]
    uneven = Comparison("photograph-0.png", 2, "box", Fidelity(40.0, 40.0, 1.0, 0.0), PLAIN)
    means = figures(*odd, uneven).means
    assert means["x4, reduced by box"].own.psnr == 30.0
    assert means["x2, reduced by box"].own.psnr == 31.9
    assert means["x2, reduced by bicubic"].own.psnr == 31.0


def test_the_file_writes_the_names_of_measures_as_people_do() -> None:
    own = json.loads(figures().model_dump_json())["means"]["x2, reduced by box"]["own"]
    assert own == {"PSNR": 31.0, "luma": 31.5, "SSIM": 0.92, "distance": 0.3}
    assert MeanFidelity.model_validate(own).psnr == 31.0


def test_the_worst_photograph_is_the_one_that_gains_least() -> None:
    worse = Comparison("brick.png", 2, "box", Fidelity(28.5634, 0, 0, 0.4), PLAIN)
    assert figures(*rows(), worse).worst == WorstPhotograph(
        photograph="brick.png", scale=2, reduced_by="box", gain_db=-1.437
    )


def test_a_better_upscaler_on_all_photographs_passes() -> None:
    assert missed(figures()) == []


def test_each_way_to_be_worse_misses_its_own_mark() -> None:
    assert missed(figures(*rows(photographs=8))) == ["photographs"]
    assert missed(figures(*rows(BETTER._replace(psnr=29.9)))) == ["least gain in PSNR, dB"]
    assert missed(figures(*rows(BETTER._replace(ssim=0.89)))) == ["least gain in SSIM"]
    assert missed(figures(*rows(BETTER._replace(distance=0.41)))) == ["distance over Lanczos's"]
    assert missed(figures(seconds=10.01)) == ["seconds a master"]
    assert missed(figures(seam=SeamFigures(at_borders=1.2, elsewhere=1.0))) == ["seam over elsewhere"]


def test_one_condition_that_is_worse_is_enough_to_miss() -> None:
    worse = [Comparison(row.photograph, 4, "box", PLAIN._replace(psnr=29.0), PLAIN) for row in rows() if row.scale == 4]
    kept = [row for row in rows() if (row.scale, row.reduced_by) != (4, "box")]
    assert missed(figures(*kept, *worse)) == ["least gain in PSNR, dB"]


def test_a_card_may_state_its_own_seconds_and_the_resampler_has_no_seam() -> None:
    slow = CRISP.model_copy(update={"thresholds": {"seconds": Decimal(5)}})
    marks = {mark.name: mark for mark in upscaler_marks(slow, figures(seam=None))}
    assert (marks["seconds a master"].limit, marks["seconds a master"].passed) == (5.0, False)
    assert "seam over elsewhere" not in marks


def test_gain_and_ratio_compare_the_card_with_lanczos() -> None:
    row = rows()[0]
    assert row.gain_db == pytest.approx(1.0)
    assert row.distance_ratio == pytest.approx(0.75)


def test_the_tables_lay_each_measure_beside_lanczos_and_name_each_comparison() -> None:
    means, each = upscaler_tables(figures(), rows())
    assert means.heads[:3] == ("Mean of the photographs", "PSNR", "PSNR, Lanczos")
    assert means.rows[0] == ("x2, reduced by bicubic", "31", "30", "31.5", "30.5", "0.92", "0.9", "0.3", "0.4")
    assert each.rows[0] == ("photograph-0.png, x2, bicubic", "+1.00", "0.75")
    assert len(each.rows) == 36
