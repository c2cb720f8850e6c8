"""Each order is drawn by its card with its adapters, and the models of one device stay within its memory."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from foundry.card.adapter_use import AdapterUse
from foundry.errors import FoundryError
from models.drawing import DrawRequest
from models.model_bank import ModelBank, device_bytes, expected_bytes, measured_bytes
from models.registry import card
from tests.support.drawing import an_order, pictures
from tests.support.tiny_adapters import lora
from tests.support.tiny_pipelines import tiny
from tests.support.toys import ToyDrawer, instant, toy_card


def test_the_bank_draws_each_order_with_its_card_and_pickles() -> None:
    ToyDrawer.forget()
    cards = [toy_card(number) for number in range(3)]
    bank = pickle.loads(pickle.dumps(ModelBank(cards, handler_for=instant, limit_mb=2000)))
    cache = bank.load_model()
    look = (AdapterUse("look"),)
    orders = [an_order(model=cards[n % 3].digest, adapters=look if n > 2 else ()) for n in range(6)]
    requests = [DrawRequest(order, seed) for seed, order in enumerate(orders)]
    made = bank.run_inference(requests, cache)
    assert [one.request for one in made] == requests
    assert len(cache.models) == 2
    assert cache.swaps == 6
    with pytest.raises(FoundryError, match="toy-0@1, toy-1@1"):
        bank.run_inference([DrawRequest(an_order(model="0" * 64), 1)], cache)


@pytest.mark.campaign
def test_real_pipelines_share_a_bank_and_each_picture_is_what_its_card_draws_alone(tmp_path: Path) -> None:
    one, other = tiny("stable-diffusion", tmp_path), tiny("consistency", tmp_path)
    look = lora(one, tmp_path / "look", "unet")
    bank = ModelBank([one, other], [look], limit_mb=1)
    cache = bank.load_model()
    orders = [
        an_order(model=one.digest, tenant="a"),
        an_order(model=one.digest, tenant="b", adapters=(AdapterUse(look.digest),)),
        an_order(model=other.digest, tenant="c"),
        an_order(model=one.digest, tenant="a"),
    ]
    made = [bank.run_inference([DrawRequest(order, 1)], cache)[0] for order in orders]
    assert np.array_equal(made[0].pixels, made[3].pixels)  # type: ignore[union-attr]
    for order, drawn in zip(orders, made, strict=True):
        alone = bank.handlers[order.model]
        wanted = pictures(alone, alone.load_model(), DrawRequest(order, 1))[0]
        assert np.array_equal(drawn.pixels, wanted)  # type: ignore[union-attr]
    assert expected_bytes(one) > 100_000


def test_an_order_without_a_card_is_drawn_by_the_only_one(tmp_path: Path) -> None:
    ToyDrawer.forget()
    alone = ModelBank([toy_card(0)], handler_for=instant, limit_mb=2000)
    (drawn,) = alone.run_inference([DrawRequest(an_order(), 1)], alone.load_model())
    assert drawn.request.seed == 1
    two = ModelBank([toy_card(0), toy_card(1)], handler_for=instant, limit_mb=2000)
    with pytest.raises(FoundryError, match="toy-0@1, toy-1@1"):
        two.run_inference([DrawRequest(an_order(), 1)], two.load_model())


def test_requests_of_one_card_and_adapter_set_are_one_call_and_keep_their_places() -> None:
    ToyDrawer.forget()
    cards = [toy_card(number) for number in range(2)]
    bank = ModelBank(cards, handler_for=instant, limit_mb=5000)
    requests = [DrawRequest(an_order(model=cards[n % 2].digest), n) for n in range(6)]
    drawn = bank.run_inference(requests, bank.load_model())
    assert [each.request.seed for each in drawn] == [0, 1, 2, 3, 4, 5]
    assert (ToyDrawer.counts["calls"], ToyDrawer.counts["pictures"]) == (2, 6)


def test_the_size_of_a_model_is_the_cards_word_or_that_of_its_files(tmp_path: Path) -> None:
    assert expected_bytes(toy_card(0)) == measured_bytes(toy_card(0), object()) == 1000 << 20
    assert expected_bytes(card("lanczos", "upscale")) == 0
    model = tiny("stable-diffusion", tmp_path)
    assert expected_bytes(model) == sum(path.stat().st_size for path in model.folder.rglob("*.safetensors"))
    assert device_bytes() > 0
