"""Where the time of a run went: seconds of processors and of an accelerator by step, and what the device waited for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from foundry.metering.device_time import PROCESSOR, STATES
from foundry.metering.making import STEPS

US = 1_000_000


@dataclass(frozen=True)
class StepUse:
    """The seconds that one step of a stage took, over all objects."""

    stage: str
    step: str
    processor_s: float
    accelerator_s: float


@dataclass(frozen=True)
class DeviceUse:
    """The seconds of a run's drawing device by state: busy, or waiting for something; of all workers together.

    device: its name, as PyTorch has it; `cpu` where there is no accelerator.
    """

    device: str
    seconds: Mapping[str, float]

    @property
    def is_accelerator(self) -> bool:
        """False where the processor draws."""
        return self.device != PROCESSOR


@dataclass(frozen=True)
class RunStats:
    """The steps of one campaign's objects, in the order of the work, and the device of the run, which plans share.

    `device` is None where nothing was drawn by a model of this machine's. `vendor_usd`: US dollars that other vendors
    charge.
    """

    steps: tuple[StepUse, ...] = ()
    device: DeviceUse | None = None
    vendor_usd: float = 0.0

    @property
    def processor_s(self) -> float:
        """The seconds of processors, of all steps."""
        return sum(each.processor_s for each in self.steps)

    @property
    def accelerator_s(self) -> float:
        """The seconds of accelerators, of all steps."""
        return sum(each.accelerator_s for each in self.steps)


def run_stats(counts: Mapping[str, int], shared: Mapping[str, int], wall_s: float | None = None) -> RunStats:
    """Return the stats by the counts of one plan, and of the run.

    wall_s: how long the run took, if one process did all of it: the rest of that time its device had nothing to do.
    """
    return RunStats(_steps(counts), _device(shared, wall_s), counts.get("vendor_micro_usd", 0) / US)


def _steps(counts: Mapping[str, int]) -> tuple[StepUse, ...]:
    times: dict[tuple[str, str], Counter[str]] = {}
    for name, us in counts.items():
        what, _, place = name.partition("/")
        if what in ("processor_us", "accelerator_us"):
            stage, _, step = place.partition("/")
            times.setdefault((stage, step), Counter())[what] += us
    found = sorted(times.items(), key=lambda item: _rank(*item[0]))
    return tuple(
        StepUse(stage, step, used["processor_us"] / US, used["accelerator_us"] / US) for (stage, step), used in found
    )


def _rank(stage: str, step: str) -> tuple[int, int, str]:
    stages, steps = list(STEPS), STEPS.get(stage, ())
    return (
        stages.index(stage) if stage in stages else len(stages),
        steps.index(step) if step in steps else len(steps),
        step,
    )


def _device(shared: Mapping[str, int], wall_s: float | None) -> DeviceUse | None:
    seconds: defaultdict[str, float] = defaultdict(float)
    names: set[str] = set()
    for name, us in shared.items():
        what, _, place = name.partition("/")
        if what == "device_us":
            device, _, state = place.rpartition("/")
            names.add(device)
            seconds[state] += us / US
    if not seconds["busy"]:
        return None
    if wall_s is not None:
        rest = wall_s - sum(seconds[state] for state in STATES if state != "nothing_to_do")
        seconds["nothing_to_do"] = max(rest, seconds["nothing_to_do"])
    accelerators = sorted(names - {PROCESSOR})
    return DeviceUse(", ".join(accelerators) or PROCESSOR, {state: seconds[state] for state in STATES})
