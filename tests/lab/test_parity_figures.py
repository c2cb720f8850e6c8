"""Parity without models: differences of pictures, the card's limits, and the file that promotion reads."""

from __future__ import annotations

import json
import pickle
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.card.card import ModelCard, ParityMark
from lab.parity import (
    PROMPTS,
    Differences,
    NotComparable,
    ParityFigures,
    ParityReport,
    differences,
    measure_parity,
    parity_figures,
    requests,
)
from models.registry import CARDS, WrongTask, card
from models.registry.evidence import Evidence
from tests.support.drawing import a_picture
from tests.support.evaluating import a_card

SHIPPED = sorted((CARDS / "evidence").glob("*/*/parity.json"))
NONE = Differences(max_levels=0, mean_levels=0.0, ssim=1.0, pictures=8)


def limited(tmp_path: Path) -> ModelCard:
    mark = ParityMark(max_levels=8, mean_levels=Decimal("0.5"), ssim=Decimal("0.99"))
    return a_card(tmp_path).model_copy(update={"parity": mark, "tolerance": 3})


def figures(tmp_path: Path, optimised: Differences = NONE, batched: Differences = NONE) -> ParityFigures:
    return parity_figures(limited(tmp_path), optimised, batched, "cpu (x86_64)")


def report(tmp_path: Path, **changes: Any) -> ParityReport:
    found, model = figures(tmp_path, **changes), limited(tmp_path)
    return ParityReport(
        card=model.id, version=model.version, digest=model.digest, passed=found.passed, made_on="2026-01-02",
        figures=found,
    )  # fmt: skip


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_shipped_parity_is_read_and_written_back_byte_for_byte(path: Path, tmp_path: Path) -> None:
    stored = ParityReport.model_validate_json(path.read_bytes())
    written = stored.write(tmp_path)
    assert written.read_bytes() == path.read_bytes()
    assert stored.figures.passed is stored.passed
    assert written.relative_to(tmp_path) == path.relative_to(CARDS)


def test_there_is_shipped_parity_for_the_card_in_production() -> None:
    production = card("backdrop", "text-to-image")
    assert production.version in {path.parent.name for path in SHIPPED}


def test_equal_pictures_do_not_differ() -> None:
    pictures = [(a_picture(seed) * 255).astype(np.uint8) for seed in range(3)]
    assert differences(pictures, pictures) == Differences(max_levels=0, mean_levels=0.0, ssim=1.0, pictures=3)


def test_the_worst_picture_decides_and_the_mean_is_over_all() -> None:
    one = [np.full((32, 32, 3), 100, np.uint8), np.full((32, 32, 3), 100, np.uint8)]
    other = [one[0].copy(), one[1].copy()]
    other[1][:16] = 110
    away = differences(one, other)
    assert (away.max_levels, away.mean_levels, away.pictures) == (10, 2.5, 2)
    assert away.ssim < 0.999
    assert differences(other, one).max_levels == 10


def test_bright_pixels_do_not_wrap_around() -> None:
    black, white = np.zeros((16, 16, 3), np.uint8), np.full((16, 16, 3), 255, np.uint8)
    assert differences([black], [white]).max_levels == 255


@pytest.mark.parametrize(
    ("change", "passed"),
    [
        ({}, True),
        ({"max_levels": 8, "mean_levels": 0.5, "ssim": 0.99}, True),
        ({"max_levels": 9}, False),
        ({"mean_levels": 0.51}, False),
        ({"ssim": 0.9899}, False),
    ],
)
def test_optimised_pictures_are_held_to_each_limit_of_the_card(
    change: dict[str, float], passed: bool, tmp_path: Path
) -> None:
    assert figures(tmp_path, optimised=NONE.model_copy(update=change)).passed is passed


@pytest.mark.parametrize(("levels", "passed"), [(3, True), (4, False)])
def test_batches_are_held_to_the_tolerance_alone(levels: int, passed: bool, tmp_path: Path) -> None:
    batched = Differences(max_levels=levels, mean_levels=2.9, ssim=0.1, pictures=8)
    assert figures(tmp_path, batched=batched).passed is passed


def test_the_figures_say_under_which_conditions_the_pictures_were_drawn(tmp_path: Path) -> None:
    found = figures(tmp_path)
    assert (found.device, found.precision, found.prompts) == ("cpu (x86_64)", "float32", len(PROMPTS))
    assert found.sizes == ("64x64", "64x96")
    assert found.optimised_mark.model_dump() == {"max_levels": 8, "mean_levels": 0.5, "ssim": 0.99}


def test_promotion_reads_the_file_and_its_keys_are_sorted(tmp_path: Path) -> None:
    path = report(tmp_path).write(tmp_path / "cards")
    assert path == tmp_path / "cards" / "evidence" / "tiny" / "1" / "parity.json"
    evidence = Evidence.model_validate_json(path.read_bytes())
    assert (evidence.card, evidence.passed) == ("tiny", True)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert list(content) == sorted(content)


def test_people_read_a_line_for_each_comparison_and_the_verdict(tmp_path: Path) -> None:
    worse = NONE.model_copy(update={"max_levels": 20, "mean_levels": 0.12345, "ssim": 0.5})
    assert report(tmp_path, optimised=worse).lines() == [
        "optimised: max 20 levels, mean 0.1235, SSIM 0.50000 over 8 pictures "
        "(mark: max levels 8, mean levels 0.5, ssim 0.99)",
        "batched: max 0 levels, mean 0.0000, SSIM 1.00000 over 8 pictures (mark: max levels 3)",
        "tiny@1: failed",
    ]


def test_every_prompt_is_asked_at_every_size_with_a_seed_of_its_own(tmp_path: Path) -> None:
    asked = requests(a_card(tmp_path))
    assert len(asked) == 2 * len(PROMPTS)
    assert len({request.order.name for request in asked}) == len(asked)
    assert [request.seed for request in asked] == [1_000, 1_001, 1_002, 1_003] * 2
    assert [request.order.prompt for request in asked] == [*PROMPTS, *PROMPTS]
    assert {(request.order.width_px, request.order.height_px) for request in asked} == {(64, 64), (64, 96)}


def test_a_card_that_does_not_draw_from_weights_is_refused() -> None:
    with pytest.raises(WrongTask, match="not text-to-image with weights"):
        measure_parity(card("lanczos", "upscale"), made_on=date(2026, 1, 2))


def test_a_refused_picture_names_the_card_and_the_reason_and_survives_pickling() -> None:
    refusal = pickle.loads(pickle.dumps(NotComparable("tiny@1", "the vendor refuses it")))
    assert refusal.code == "not_comparable"
    assert str(refusal) == (
        "parity of tiny@1 cannot be measured, because a picture was not drawn: the vendor refuses it"
    )
