"""Several video cards share one bench, and each clip is judged by its plan's screen."""

from __future__ import annotations

from pathlib import Path

from foundry.store.object_store import LocalStore
from models.screening.context import ScreenContext
from models.video.card_routing import FilmByCard
from models.video.video_handler import Filmed, Unfilmed
from tests.models.video.test_clip_judging import a_screen, ordered
from tests.support.tiny_video import a_video_card


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
