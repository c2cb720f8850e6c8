"""Speed of a card that draws: seconds and memory per picture, and the time that the handler adds to the raw pipeline.

Each size is measured in a process of its own. The first picture warms up; the median of the next ones counts. Memory is
the highest resident set of the process (Linux: VmHWM, which a child does not inherit from its parent as `ru_maxrss`
does), and on CUDA the most that torch allocated. The handler is compared with the pipeline that it has loaded, in
interleaved pairs of which each side goes first in turn, so that a slow moment of the machine affects both; the median
of the ratios of the pairs counts.
"""

from __future__ import annotations

import inspect
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard
from models.drawing import DrawingHandler, DrawRequest
from models.prompt import compile_for


@dataclass(frozen=True, kw_only=True)
class SizeSpeed:
    """Seconds and memory of one size, pictures drawn one at a time.

    `seconds` is the median; memory is in MB (10^6 bytes), `device_mb` is 0 without CUDA.
    """

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

    def to_four_places(self) -> SizeSpeed:
        """Return the same with four places, as the evidence file keeps it."""
        return replace(self, **_to_four_places(asdict(self)))


@dataclass(frozen=True)
class Overhead:
    """Time of the handler over time of the raw pipeline: the median ratio of the pairs, and its quartiles."""

    ratio: float
    lower_quartile: float
    upper_quartile: float
    pairs: int

    def to_four_places(self) -> Overhead:
        """Return the same with four places, as the evidence file keeps it."""
        return replace(self, **_to_four_places(asdict(self)))


def _to_four_places(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) for name, value in values.items() if isinstance(value, float)}


def measure_size(handler: DrawingHandler, requests: Sequence[DrawRequest]) -> SizeSpeed:
    """Return the speed of one size, measured in a fresh process.

    All requests have that size; the first one warms up and does not count.
    """
    return _in_fresh_process(time_pictures, handler, list(requests))


def measure_overhead(card: ModelCard, handler: DrawingHandler, requests: Sequence[DrawRequest]) -> Overhead | None:
    """Return the overhead of a handler, measured in a fresh process, at the size of the requests.

    None if the handler loads no pipeline in this process, such as one that calls a remote API.
    """
    return _in_fresh_process(compare_with_pipeline, card, handler, list(requests))


def _in_fresh_process(measure: Callable[..., Any], *arguments: Any) -> Any:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(measure, *arguments).result()


def time_pictures(handler: DrawingHandler, requests: list[DrawRequest]) -> SizeSpeed:
    """Return the speed of one size, measured in this process; the first request warms up and does not count."""
    began = time.perf_counter()
    model = handler.load_model()
    load_seconds, loaded_mb = time.perf_counter() - began, _peak_mb()
    times = [_seconds(handler.run_inference, [request], model) for request in requests][1:]
    order = requests[0].order
    return SizeSpeed(
        bucket=order.bucket,
        width_px=order.width_px,
        height_px=order.height_px,
        seconds=statistics.median(times),
        fastest=min(times),
        slowest=max(times),
        load_seconds=load_seconds,
        loaded_mb=loaded_mb,
        peak_mb=_peak_mb(),
        device_mb=_device_mb(),
    )


def compare_with_pipeline(card: ModelCard, handler: DrawingHandler, requests: list[DrawRequest]) -> Overhead | None:
    """Return the overhead of a handler, measured in this process; the first pair warms up and does not count."""
    model = handler.load_model()
    pipeline = getattr(model, "pipeline", None)
    if pipeline is None:
        return None
    ratios: list[float] = []
    for at, request in enumerate(requests):
        both = ((handler.run_inference, [request], model), (_call_pipeline, card, pipeline, request))
        first = at % 2
        seconds = {side: _seconds(*both[side]) for side in (first, 1 - first)}
        ratios.append(seconds[0] / seconds[1])
    low, middle, high = statistics.quantiles(ratios[1:], n=4, method="inclusive")
    return Overhead(middle, low, high, len(ratios) - 1)


def _call_pipeline(card: ModelCard, pipeline: Any, request: DrawRequest) -> Any:
    """Draw as a plain script would: by the pipeline itself, with those of these arguments that it takes."""
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
