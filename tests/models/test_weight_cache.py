"""Models within a limit: loaded once per run, evicted in time, never torn from a run, never waited for without end."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from models.weight_cache import WantedModel, WeightCache, WeightCacheBusy


def wanted(model: str, adapters: str = "", size: int = 10) -> WantedModel:
    return WantedModel(model, adapters, size, lambda: (f"loaded {model}", size))


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
                    raise ValueError("in the middle of its batch")  # noqa: TRY301 - as a batch would
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
