"""A process has no more requests in flight to one destination than it may."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from foundry.request_slots import RequestSlots


def test_all_threads_share_the_places_of_a_destination() -> None:
    slots, lock, peak, inside = RequestSlots(), threading.Lock(), [0], [0]
    both = threading.Barrier(2)

    def request(number: int) -> None:
        with slots.of("vendor", 2):
            with lock:
                inside[0] += 1
                peak[0] = max(peak[0], inside[0])
            both.wait(10)
            with lock:
                inside[0] -= 1

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(request, range(6)))
    assert peak[0] == 2


def test_another_destination_or_limit_has_places_of_its_own() -> None:
    slots = RequestSlots()
    assert slots.of("a", 1) is slots.of("a", 1)
    assert slots.of("a", 1) is not slots.of("b", 1)
    assert slots.of("a", 1) is not slots.of("a", 2)
    assert slots.of("a", 1) is not RequestSlots().of("a", 1)


def test_a_place_that_was_not_taken_cannot_be_given_back() -> None:
    with pytest.raises(ValueError, match="released too many times"):
        RequestSlots().of("a", 1).release()
