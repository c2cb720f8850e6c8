"""Models within a limit: loaded once per run, evicted in time, never torn from a run, never waited for without end."""

from __future__ import annotations

import pickle
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.card.adapter_use import AdapterUse
from foundry.errors import FoundryError
from models.drawing import DrawRequest
from models.model_bank import ModelBank, expected_bytes
from models.weight_cache import WantedModel, WeightCache, WeightCacheBusy
from tests.support.drawing import an_order, pictures
from tests.support.tiny_adapters import lora
from tests.support.tiny_pipelines import tiny
from tests.support.toys import ToyDrawer, instant, toy_card


def wanted(model: str, dress: str = "", size: int = 10) -> WantedModel:
    return WantedModel(model, dress, size, lambda: (f"loaded {model}", size))


def use(shelf: WeightCache, *names: str) -> None:
    for name in names:
        with shelf.using(wanted(*name.split("+"))) as loaded:
            assert loaded == f"loaded {name.split('+')[0]}"


def in_thread(work: Any) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_the_least_recently_used_is_evicted_before_another_is_loaded() -> None:
    freed: list[int] = []
    shelf = WeightCache(20, release=lambda: freed.append(1))
    use(shelf, "a", "b", "a", "c")
    assert shelf.models == ("a", "c")
    assert (shelf.loads, shelf.swaps, len(freed)) == (3, 3, 1)
    use(shelf, "a+look", "a", "a")
    assert (shelf.loads, shelf.swaps) == (3, 5)


def test_a_model_larger_than_the_limit_is_loaded_alone() -> None:
    shelf = WeightCache(20)
    use(shelf, "a", "b")
    with shelf.using(wanted("large", size=50)):
        assert shelf.models == ("large",)


def test_a_model_that_turns_out_larger_than_expected_drives_others_out() -> None:
    shelf = WeightCache(20)
    use(shelf, "a")
    with shelf.using(WantedModel("b", "", 5, lambda: ("loaded b", 15))):
        assert shelf.models == ("b",)


def test_a_run_keeps_its_model_until_its_thread_asks_for_another() -> None:
    shelf = WeightCache(10, patience_s=30)
    order: list[str] = []
    begun = threading.Event()

    def first() -> None:
        for name in ("a", "a", "a", "c"):
            with shelf.using(wanted(name)):
                order.append(name)
                begun.set()
                time.sleep(0.05)

    def second() -> None:
        begun.wait()
        use(shelf, "b")
        order.append("b")

    threads = [in_thread(first), in_thread(second)]
    for thread in threads:
        thread.join(20)
    assert order.index("b") >= 3
    assert shelf.loads == 3


@pytest.mark.parametrize("ending", ["dies", "raises", "falls silent"])
def test_nobody_waits_for_ever_for_a_thread_that(ending: str) -> None:
    shelf = WeightCache(10, patience_s=0.3 if ending == "falls silent" else 600)
    begun, done = threading.Event(), threading.Event()

    def holder() -> None:
        try:
            with shelf.using(wanted("a")):
                if ending == "raises":
                    raise ValueError("in the middle of its batch")
        except ValueError:
            pass  # the error's way out of the shelf is what is tested
        begun.set()
        if ending != "dies":
            done.wait(20)

    thread = in_thread(holder)
    begun.wait()
    if ending == "dies":
        thread.join()
    use(shelf, "b")
    assert thread.is_alive() == (ending != "dies")  # it was not waited for
    assert shelf.models == ("b",)
    done.set()
    thread.join()


def test_waiting_beyond_the_longest_time_is_refused_in_a_sentence() -> None:
    shelf = WeightCache(10, longest_s=0.2)
    begun, done = threading.Event(), threading.Event()

    def busy() -> None:
        with shelf.using(wanted("a")):
            begun.set()
            done.wait(20)

    thread = in_thread(busy)
    begun.wait()
    with pytest.raises(WeightCacheBusy, match="raise the memory limit or run fewer threads"):
        use(shelf, "b")
    done.set()
    thread.join()
    use(shelf, "b")


def test_a_model_that_cannot_be_loaded_leaves_no_place_behind() -> None:
    def broken() -> tuple[Any, int]:
        raise OSError("the disk is gone")

    shelf = WeightCache(10)
    with pytest.raises(OSError, match="disk"), shelf.using(WantedModel("a", "", 10, broken)):
        pass
    assert shelf.models == ()
    use(shelf, "a")


def test_the_bench_draws_each_order_with_its_card_and_pickles() -> None:
    ToyDrawer.forget()
    cards = [toy_card(number) for number in range(3)]
    bench = pickle.loads(pickle.dumps(ModelBank(cards, handler_for=instant, limit_mb=2000)))
    shelf = bench.load_model()
    look = (AdapterUse("look"),)
    orders = [an_order(model=cards[n % 3].digest, adapters=look if n > 2 else ()) for n in range(6)]
    requests = [DrawRequest(order, seed) for seed, order in enumerate(orders)]
    made = bench.run_inference(requests, shelf)
    assert [one.request for one in made] == requests
    assert len(shelf.models) == 2
    assert shelf.swaps == 6
    with pytest.raises(FoundryError, match="toy-0@1, toy-1@1"):
        bench.run_inference([DrawRequest(an_order(model="0" * 64), 1)], shelf)


@pytest.mark.campaign
def test_real_pipelines_share_a_bench_and_each_picture_is_what_its_card_draws_alone(tmp_path: Path) -> None:
    one, other = tiny("stable-diffusion", tmp_path), tiny("consistency", tmp_path)
    look = lora(one, tmp_path / "look", "unet")
    bench = ModelBank([one, other], [look], limit_mb=1)
    shelf = bench.load_model()
    orders = [
        an_order(model=one.digest, tenant="a"),
        an_order(model=one.digest, tenant="b", adapters=(AdapterUse(look.digest),)),
        an_order(model=other.digest, tenant="c"),
        an_order(model=one.digest, tenant="a"),
    ]
    made = [bench.run_inference([DrawRequest(order, 1)], shelf)[0] for order in orders]
    assert np.array_equal(made[0].pixels, made[3].pixels)  # type: ignore[union-attr]
    for order, drawn in zip(orders, made, strict=True):
        alone = bench.handlers[order.model]
        wanted = pictures(alone, alone.load_model(), DrawRequest(order, 1))[0]
        assert np.array_equal(drawn.pixels, wanted)  # type: ignore[union-attr]
    assert expected_bytes(one) > 100_000
