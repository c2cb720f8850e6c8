"""Clips are judged by three frames and the judges that apply to clips."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from foundry.card.card import ModelCard
from foundry.plan.clip import ClipOrder, Scenario, clip_order
from models.registry import cards_of
from models.screening.context import ScreenContext
from models.video.clip_judging import ClipScreens, clip_screen_card, shot_of_clip
from tests.support.briefs import a_tenant
from tests.support.tiny_video import a_video_card

LOOSE = {"contrast": Decimal(0), "clipped": Decimal(1), "palette": Decimal(0), "detail": Decimal(9)}


def a_screen(**thresholds: str) -> ModelCard:
    limits = {**LOOSE, **{name: Decimal(limit) for name, limit in thresholds.items()}}
    return cards_of(a_tenant()).screen.model_copy(update={"thresholds": limits})


def ordered(card: ModelCard, prompt: str, plan: str = "a") -> ClipOrder:
    return replace(clip_order(card, "aurelle", Scenario(prompt), "square"), plan=plan)


def test_a_clip_is_judged_by_three_of_its_frames_each_of_which_is_named(tmp_path: Path) -> None:
    order = ordered(a_video_card("ltx", tmp_path), "sea")
    bright, grey = np.ones((64, 64, 3), np.float32), np.full((64, 64, 3), 0.5, np.float32)
    screen = a_screen(clipped="0.5")
    checks = ClipScreens().judge(screen, ScreenContext(), order, (grey, bright, grey))
    assert [check.name for check in checks if not check.passed] == ["not_clipped, middle frame"]
    assert len(checks) == 6  # the palette and the detail of a drawing are not asked of a clip


@pytest.mark.parametrize(
    ("first_frame", "spoken"),
    [
        (None, {"contrast", "clipped", "unsafe", "likeness", "text", "faces"}),
        ("masters/a.png", {"contrast", "clipped", "unsafe", "likeness"}),
    ],
)
def test_a_product_in_a_clip_may_bear_writing(first_frame: str | None, spoken: set[str], tmp_path: Path) -> None:
    screen = a_screen(**dict.fromkeys(("unsafe", "likeness", "text", "faces", "duplicate", "sharpness"), "0.5"))
    order = replace(ordered(a_video_card("ltx", tmp_path), "sea"), first_frame=first_frame)
    assert set(clip_screen_card(screen, order).thresholds) == spoken


def test_a_clips_shot_carries_its_tenant_its_plan_and_what_it_must_avoid(tmp_path: Path) -> None:
    order = replace(ordered(a_video_card("ltx", tmp_path), "sea"), negative_prompt="people")
    shot = shot_of_clip(order)
    assert (shot.tenant, shot.plan, shot.negative_prompt) == ("aurelle", "a", "people")
    assert shot.palette == ()
