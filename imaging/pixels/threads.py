"""How many threads a model takes on a processor: what its card says, since that decides the last bits."""

from __future__ import annotations

import os


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fix_threads(device: str, threads: int) -> None:
    """PyTorch's threads for calls from this thread, if `device` is the processor."""
    import torch

    if device == "cpu" and torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
