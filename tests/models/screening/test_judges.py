"""Every judge refuses what it is for and passes the rest."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from models.drawing import Guide
from models.screening.judged_drawing import JudgedDrawing
from models.screening.judges import (
    NETWORK_JUDGES,
    NETWORKS_OF,
    is_drawn,
    judge_faces,
    judge_likeness,
    judge_unsafe,
    judge_writing,
)
from models.screening.protected_likeness import ProtectedFeatures
from models.screening.text_regions import Region
from models.screening.unsafe import read_content
from tests.support.drawings import CARD, NETWORKS, drawn, judged, photograph, scene, written


@pytest.mark.parametrize(
    ("words", "file", "evidence"),
    [
        ("Summer sale", "Inter-SemiBold.ttf", "'Summer sale'"),
        ("مبيعات الصيف", "NotoSansArabic-Bold.ttf", "of the area is writing ("),
        ("लदाख गर्मी", "NotoSansDevanagari-Bold.ttf", "of the area is writing ("),
    ],
)
def test_writing_in_any_script_is_found_and_quoted_where_it_can_be_read(words: str, file: str, evidence: str) -> None:
    check = judge_writing(judged(written(words, file)), CARD.thresholds["text"])
    assert not check.passed
    assert evidence in check.measured
    assert judge_writing(judged(scene()), CARD.thresholds["text"]).passed


def test_a_faint_watermark_is_found_and_writing_on_a_kept_product_does_not_count() -> None:
    marked = written("stock photo", "Inter-Regular.ttf", 0.25)
    assert not judge_writing(judged(marked), CARD.thresholds["text"]).passed
    mask = np.ones((256, 256), np.float32)
    mask[30:90] = 0
    kept = judge_writing(JudgedDrawing(drawn(marked, Guide(mask=mask)), NETWORKS), CARD.thresholds["text"])
    assert kept.passed
    assert kept.measured == "0.0000 of the area is writing"


def test_a_region_whose_middle_lies_outside_belongs_to_the_nearest_pixel() -> None:
    mask = np.zeros((4, 4), np.float32)
    mask[3, 3] = 1
    corners = np.array([[8, 8], [12, 8], [12, 12], [8, 12]], np.float64)
    assert is_drawn(drawn(scene(), Guide(mask=mask)), Region(corners, 0.9))
    assert not is_drawn(drawn(scene(), Guide(mask=1 - mask)), Region(corners, 0.9))


def test_faces_count_only_where_the_brief_forbids_people() -> None:
    limit = CARD.thresholds["faces"]
    refused = judge_faces(judged(photograph(), negative_prompt="clutter, people"), limit)
    assert refused is not None
    assert not refused.passed
    assert "the brief forbids 'people'" in refused.measured
    assert judge_faces(judged(photograph()), limit) is None
    without = judge_faces(judged(photograph("coffee"), negative_prompt="people"), limit)
    assert without is not None
    assert without.passed


def test_the_probability_of_unsafe_content_is_held_against_the_limit() -> None:
    assert judge_unsafe(judged(photograph()), CARD.thresholds["unsafe"]).passed
    assert not judge_unsafe(judged(photograph()), Decimal(0)).passed


def test_the_nearest_protected_picture_is_named_and_without_one_nothing_is_judged() -> None:
    limit = CARD.thresholds["likeness"]
    known = tuple(
        ProtectedFeatures(name, read_content(photograph(name), NETWORKS).features) for name in ("coffee", "astronaut")
    )
    check = judge_likeness(JudgedDrawing(drawn(photograph()), NETWORKS, known), limit)
    assert check is not None
    assert not check.passed
    assert check.measured == "0.0000 cosine distance to the protected picture astronaut"
    assert judge_likeness(judged(photograph()), limit) is None


def test_every_judge_with_a_network_names_it_and_the_card_has_its_hash() -> None:
    assert set(NETWORKS_OF) == set(NETWORK_JUDGES)
    assert {name for networks in NETWORKS_OF.values() for name, _ in networks} == set(CARD.weights)
