"""The threads that a model uses on a processor; its card states them, since their number decides the last bits."""

from __future__ import annotations

import os


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fix_threads(device: str, threads: int) -> None:
    """Set the number of PyTorch's threads for calls from this thread, if `device` is "cpu"."""
    import torch

    if device == "cpu" and torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
