"""The table of `foundry run --stats`: where the time went, by step, and what the drawing device waited for."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.campaign.run_stats import DeviceUse, RunStats

STAGES = {"draw": "shots", "film": "clips", "render": "files"}
STATES = {
    "busy": "busy",
    "loading": "waits for weights being loaded",
    "plan": "waits for the plan",
    "host_copy": "waits for pixels on the processor (read, judged, staged, encoded)",
    "store": "waits for the store",
    "nothing_to_do": "has nothing to do",
}


def print_stats(stats: RunStats, out: Console) -> None:
    """Print the seconds of each step, and the states of the drawing device."""
    table = Table(box=None, pad_edge=False)
    for title, side in (("of", "left"), ("step", "left"), ("processor s", "right"), ("accelerator s", "right")):
        table.add_column(title, justify=side)  # type: ignore[arg-type]
    for use in stats.steps:
        table.add_row(
            STAGES.get(use.stage, use.stage), use.step, _seconds(use.processor_s), _seconds(use.accelerator_s)
        )
    out.print(table)
    if stats.device:
        _print_device(stats.device, out)


def _print_device(device: DeviceUse, out: Console) -> None:
    total = sum(device.seconds.values())
    what = "accelerator" if device.is_accelerator else "processor, since this machine showed no accelerator"
    out.print(Text.assemble("Drawing device ", (device.device, "bold"), f" ({what})"))
    for state, said in STATES.items():
        seconds = device.seconds.get(state, 0.0)
        share = f"{100 * seconds / total:.1f} %" if total else "-"
        out.print(Text(f"  {seconds:10.2f} s {share:>8}  {said}"))


def _seconds(value: float) -> str:
    return f"{value:.3f}" if value else "-"


def stats_as_json(stats: RunStats) -> dict[str, Any]:
    """Return the stats for scripts; seconds with six decimals."""
    device = stats.device
    return {
        "steps": [
            {
                "of": STAGES.get(use.stage, use.stage),
                "step": use.step,
                "processor_s": round(use.processor_s, 6),
                "accelerator_s": round(use.accelerator_s, 6),
            }
            for use in stats.steps
        ],
        "device": {
            "name": device.device,
            "accelerator": device.is_accelerator,
            "seconds": {state: round(seconds, 6) for state, seconds in device.seconds.items()},
        }
        if device
        else None,
    }
