"""Frames of films in sets, by the renderer: the same alone as after others, still where nothing moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from foundry.sets.move import SetMove
from foundry.store.object_store import LocalStore
from models.sets.ask import Moment, SetAsk
from models.video.set_filming import ask_at, film_guide
from tests.support.set_films import SEED, a_film_card, a_set_clip, guide_of, store_master
from tests.support.sets import an_ask, renderer

pytest.importorskip("mitsuba")


def frame(ask: SetAsk) -> np.ndarray:  # type: ignore[type-arg]
    return renderer().render(ask, {}).pixels


def at(share: float, *moves: SetMove) -> SetAsk:
    return an_ask(width_px=48, height_px=60, samples=2, moment=Moment(moves=moves, at=share, seconds=share))


def test_a_frame_is_the_same_alone_as_after_others() -> None:
    orbit, snow = SetMove(kind="orbit"), SetMove(kind="snow")
    first, last = frame(at(0.0, orbit, snow)), frame(at(1.0, orbit, snow))
    frame(an_ask(width_px=32, height_px=40, samples=1, seed=9))  # the renderer forgets the film's still
    np.testing.assert_array_equal(frame(at(1.0, orbit, snow)), last)
    assert np.abs(first - last).mean() > 0.001


def test_where_nothing_moves_nothing_flickers() -> None:
    np.testing.assert_array_equal(frame(at(0.2)), frame(at(0.8)))


def test_a_frame_is_asked_for_as_its_master_was_arranged(tmp_path: Path) -> None:
    store, order = LocalStore(tmp_path), a_set_clip(a_film_card(), "orbit", frames=25)
    store_master(store, order)
    ask = film_guide(order, guide_of, store).ask
    assert (ask.seed, ask.width_px, ask.height_px) == (SEED, 64, 48)
    last = ask_at(ask, order, 24).moment
    assert last == Moment(moves=order.moves, at=1.0, seconds=1.0)
