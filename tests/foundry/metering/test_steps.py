"""Steps of the work: each second of processors is charged once, to the step and the payer that it was spent for."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from foundry.metering.payers import Account, carried, paid_by
from foundry.metering.steps import charge_processor, step
from foundry.spent import Spent

TENTH_S = 0.1


def burn(seconds: float = TENTH_S) -> None:
    """Keep this thread's processor busy for so many seconds of its own time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(200))


def seconds_of(spent: Spent) -> dict[str, float]:
    return {each.step: round(each.processor_us / 1_000_000, 2) for each in spent.steps}


def test_a_step_within_a_step_interrupts_it() -> None:
    account = Account()
    with paid_by({"a": account}), step("outer"):
        burn()
        with step("inner"):
            burn(2 * TENTH_S)
        burn()
    assert seconds_of(account.spent()) == pytest.approx({"inner": 0.2, "outer": 0.2}, abs=0.02)


def test_waiting_costs_nothing_and_neither_does_what_nobody_pays_for() -> None:
    account = Account()
    with step("unpaid"):
        burn()
    with paid_by({"a": account}), step("waiting"):
        time.sleep(TENTH_S)
    assert account.spent().processor_us < 20_000


def test_threads_pay_for_their_own_work_alone() -> None:
    paying = {name: Account() for name in "ab"}

    def work(name: str, seconds: float) -> None:
        with paid_by({name: paying[name]}), step("work"):
            burn(seconds)

    threads = [threading.Thread(target=work, args=given) for given in (("a", 0.1), ("b", 0.3))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seconds_of(paying["a"].spent())["work"] == pytest.approx(0.1, abs=0.02)
    assert seconds_of(paying["b"].spent())["work"] == pytest.approx(0.3, abs=0.02)


def test_a_thread_that_takes_part_counts_once() -> None:
    account = Account()

    def help_out() -> None:
        with step("help"):
            burn()

    began = time.process_time()
    with paid_by({"a": account}), step("work", wide=True):
        burn()
        helper = threading.Thread(target=carried(help_out))
        helper.start()
        helper.join()
    used = time.process_time() - began
    assert account.spent().processor_us / 1e6 == pytest.approx(used, abs=0.03)
    assert seconds_of(account.spent())["help"] == pytest.approx(0.1, abs=0.02)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux shows the clocks of other threads")
def test_native_threads_are_charged_to_the_wide_step_that_uses_them() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (3000, 3000, 3), np.uint8)
    wide, narrow = Account(), Account()
    stop = threading.Event()

    def stand_by() -> None:
        with paid_by({"b": narrow}), step("narrow"):
            stop.wait()

    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        with ThreadPoolExecutor(1) as pool:
            standing = pool.submit(stand_by)
            began = time.process_time()
            with paid_by({"a": wide}), step("blur", wide=True):
                for _ in range(4):
                    cv2.medianBlur(picture, 31)
            used = time.process_time() - began
            stop.set()
            standing.result()
    finally:
        cv2.setNumThreads(before)
    assert wide.spent().processor_us / 1e6 == pytest.approx(used, rel=0.05, abs=0.02)
    assert narrow.spent().processor_us < 20_000


def test_the_time_of_another_process_is_added_to_the_step() -> None:
    paying = {name: Account() for name in "ab"}
    charge_processor("decode", 1.0)
    with paid_by(paying):
        charge_processor("decode", 0.5)
    assert [account.spent().processor_us for account in paying.values()] == [250_000, 250_000]


def test_a_step_that_breaks_is_charged_all_the_same() -> None:
    account = Account()

    def break_off() -> None:
        with step("work"):
            burn()
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"), paid_by({"a": account}):
        break_off()
    assert seconds_of(account.spent())["work"] == pytest.approx(0.1, abs=0.02)
