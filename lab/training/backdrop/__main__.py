"""`python -m lab.training.backdrop --out FOLDER` trains the embedded model from nothing."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from lab.training.backdrop.flow import train_denoiser
from lab.training.backdrop.prolonging import start_from
from lab.training.backdrop.schedule import Schedule
from lab.training.backdrop.train import export, make_data, train_decoder

STAGES = {"data": make_data, "decoder": train_decoder, "denoiser": train_denoiser}


def main(arguments: list[str] | None = None) -> None:
    """Run the stages that are asked for; each goes on where it finds the last one's files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="Where the pipeline folder goes.")
    parser.add_argument("--work", type=Path, default=Path("build/backdrop"), help="Training files.")
    parser.add_argument("--stages", nargs="*", default=["data", "decoder", "denoiser", "export"])
    parser.add_argument("--start", type=Path, help="Go on from this pipeline folder instead of from nothing.")
    for field in dataclasses.fields(Schedule):
        kind = type(field.default)
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    chosen = parser.parse_args(arguments)
    names = [field.name for field in dataclasses.fields(Schedule)]
    schedule = Schedule(**{name: getattr(chosen, name) for name in names})
    _use_threads(schedule.threads)
    if chosen.start and not (chosen.work / "denoiser.checkpoint").exists():
        start_from(chosen.start, chosen.work)
    for stage in chosen.stages:
        if stage == "export":
            export(chosen.work, chosen.out)
        else:
            STAGES[stage](chosen.work, schedule)


def _use_threads(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)


if __name__ == "__main__":
    main()
