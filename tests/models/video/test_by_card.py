"""Several video cards on one bench, and what of a screen speaks of clips."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from foundry.card.card import ModelCard
from foundry.plan.clip import ClipOrder, Scenario, clip_order
from foundry.store.object_store import LocalStore
from models.registry import cards_of
from models.screening.context import ScreenContext
from models.video.by_card import FilmByCard
from models.video.handler import Filmed, Unfilmed
from models.video.judging import ClipScreens, judging_clips
from tests.support.briefs import a_tenant
from tests.support.tiny_video import a_video_card

LOOSE = {"contrast": Decimal(0), "clipped": Decimal(1), "palette": Decimal(0), "detail": Decimal(9)}


def a_screen(**thresholds: str) -> ModelCard:
    limits = {**LOOSE, **{name: Decimal(limit) for name, limit in thresholds.items()}}
    return cards_of(a_tenant()).screen.model_copy(update={"thresholds": limits})


def ordered(card: ModelCard, prompt: str, plan: str = "a") -> ClipOrder:
    return replace(clip_order(card, "aurelle", Scenario(prompt), "square"), plan=plan)


def test_orders_for_two_cards_are_filmed_by_their_own_and_judged_by_their_plans_screens(tmp_path: Path) -> None:
    one, other = a_video_card("ltx", tmp_path), a_video_card("wan", tmp_path, attempts=2)
    cards = {card.digest: card for card in (one, other)}
    screens = {"a": a_screen(), "b": a_screen(contrast="0.9")}
    bench = FilmByCard(cards, LocalStore(tmp_path / "store"), screens, ScreenContext(), device="cpu")
    loaded = bench.load_model()
    orders = [ordered(one, "sea"), ordered(other, "sea"), ordered(one, "light"), ordered(other, "light", "b")]
    results = bench.run_inference(orders, loaded)
    assert [result.order for result in results] == orders
    assert [type(result) for result in results] == [Filmed, Filmed, Filmed, Unfilmed]
    assert loaded.shelf.loads == 2
    refused = results[3]
    assert isinstance(refused, Unfilmed)
    assert (refused.code, refused.reason.split(" (")[0]) == (
        "clip_refused",
        "refused 2 times, last for not_blank, first frame",
    )


def test_a_clip_that_hardly_moves_is_filmed_again_and_then_refused(tmp_path: Path) -> None:
    card = a_video_card("ltx", tmp_path, attempts=2, thresholds={"moves": "254", "flicker": "255", "cut": "255"})
    bench = FilmByCard({card.digest: card}, LocalStore(tmp_path / "store"), {"a": a_screen()}, ScreenContext(), "cpu")
    (refused,) = bench.run_inference([ordered(card, "sea")], bench.load_model())
    assert isinstance(refused, Unfilmed)
    assert refused.reason.startswith("refused 2 times, last for moves (")
    assert "at least 254" in refused.reason
    assert list((tmp_path / "store").rglob("*.mkv")) == []


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
    assert set(judging_clips(screen, order).thresholds) == spoken
