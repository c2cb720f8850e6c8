"""Seconds and memory per picture, each size in a process of its own; and what the handler adds to the raw pipeline.

One picture warms up; the median of the next ones counts. Memory is the highest resident set of the process (Linux:
VmHWM, which a child does not inherit from its parent as `ru_maxrss` does), and on CUDA the most that torch allocated.
The handler is compared with the pipeline that it has loaded, in interleaved pairs that take turns in going first, so
that a slow moment of the machine meets both; the median of the pairs' ratios counts.
"""

from __future__ import annotations

import inspect
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard
from lab.evaluation.gallery import Handler
from models.drawing import DrawRequest
from models.prompt import compile_for


@dataclass(frozen=True)
class SizeSpeed:
    """One size: seconds per picture drawn alone, and memory in MB (10^6 bytes); `device_mb` is 0 without CUDA."""

    bucket: str
    width_px: int
    height_px: int
    seconds: float
    fastest: float
    slowest: float
    load_seconds: float
    loaded_mb: float
    peak_mb: float
    device_mb: float


@dataclass(frozen=True)
class Overhead:
    """Handler time over the raw pipeline's: the median ratio of the pairs, and its quartiles."""

    ratio: float
    lower_quartile: float
    upper_quartile: float
    pairs: int


def measure_size(handler: Handler, requests: Sequence[DrawRequest]) -> SizeSpeed:
    """Measured in a fresh process. The first request warms up; all have one size."""
    return _apart(_measure_size, handler, list(requests))


def measure_overhead(card: ModelCard, handler: Handler, requests: Sequence[DrawRequest]) -> Overhead | None:
    """Measured in a fresh process; None for a handler that has no pipeline here, such as a remote one."""
    return _apart(_measure_overhead, card, handler, list(requests))


def _apart(measure: Callable[..., Any], *arguments: Any) -> Any:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(measure, *arguments).result()


def _measure_size(handler: Handler, requests: list[DrawRequest]) -> SizeSpeed:
    began = time.perf_counter()
    model = handler.load_model()
    load_seconds, loaded_mb = time.perf_counter() - began, _peak_mb()
    times = [_seconds(handler.run_inference, [request], model) for request in requests][1:]
    order = requests[0].order
    return SizeSpeed(
        order.bucket, order.width_px, order.height_px, statistics.median(times), min(times), max(times),
        load_seconds, loaded_mb, _peak_mb(), _device_mb(),
    )  # fmt: skip


def _measure_overhead(card: ModelCard, handler: Handler, requests: list[DrawRequest]) -> Overhead | None:
    model = handler.load_model()
    pipeline = getattr(model, "pipeline", None)
    if pipeline is None:
        return None
    ratios: list[float] = []
    for at, request in enumerate(requests):
        both = ((handler.run_inference, [request], model), (_raw, card, pipeline, request))
        first = at % 2
        seconds = {which: _seconds(*both[which]) for which in (first, 1 - first)}
        ratios.append(seconds[0] / seconds[1])
    low, middle, high = statistics.quantiles(ratios[1:], n=4, method="inclusive")
    return Overhead(middle, low, high, len(ratios) - 1)


def _raw(card: ModelCard, pipeline: Any, request: DrawRequest) -> Any:
    """What a script would call: the pipeline's own method, with those of these arguments that it takes."""
    import torch

    order = request.order
    arguments = {
        "prompt": [compile_for(card, order).text],
        "generator": [torch.Generator("cpu").manual_seed(request.seed)],
        "width": order.width_px,
        "height": order.height_px,
        "num_inference_steps": order.steps,
        "guidance_scale": float(card.guidance),
        "output_type": "np",
    }
    takes = inspect.signature(type(pipeline).__call__).parameters
    return pipeline(**{name: value for name, value in arguments.items() if name in takes}).images


def _seconds(work: Callable[..., object], *arguments: Any) -> float:
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def _device_mb() -> float:
    import torch

    return torch.cuda.max_memory_allocated() / 1e6 if torch.cuda.is_available() else 0.0
