"""The number of threads is fixed on a processor, and left alone on an accelerator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from imaging.pixels.threads import cores, fix_threads


@pytest.fixture(autouse=True)
def threads() -> Iterator[int]:
    before = torch.get_num_threads()
    yield before
    torch.set_num_threads(before)


def test_a_process_may_use_at_least_one_core() -> None:
    assert cores() >= 1


@pytest.mark.parametrize("count", [1, 2])
def test_a_model_on_a_processor_gets_the_threads_of_its_card(count: int) -> None:
    fix_threads("cpu", count)
    assert torch.get_num_threads() == count


def test_a_model_on_an_accelerator_changes_nothing(threads: int) -> None:
    fix_threads("cuda", threads + 1)
    assert torch.get_num_threads() == threads
