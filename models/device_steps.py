"""Steps of models on the drawing device: its time and the processors' are measured for those who pay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from foundry.metering.device_time import drawing_device
from foundry.metering.steps import step


@contextmanager
def device_step(name: str, device: str) -> Iterator[None]:
    """Measure the block as a step that holds the device until all of its work there is done.

    Enter it after every lock that calls queue at, so that a thread that waits is not taken for one that draws.
    """
    with step(name, wide=True), drawing_device.held(name, device):
        try:
            yield
        finally:
            _wait_for(device)


def _wait_for(device: str) -> None:
    """Wait for the kernels that were launched; the processor has none."""
    if device.startswith("cuda"):
        import torch

        torch.cuda.synchronize(device)
