"""`python -m lab.training.upscaler --out FOLDER` trains the embedded upscaler from nothing."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from lab.training.upscaler.train import Schedule, export, make_data, train


def main(arguments: list[str] | None = None) -> None:
    """Draw, train, export; each goes on where it finds the last one's files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="Where the weights go.")
    parser.add_argument("--work", type=Path, default=Path("build/upscaler"), help="Training files.")
    for field in dataclasses.fields(Schedule):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    chosen = parser.parse_args(arguments)
    names = [field.name for field in dataclasses.fields(Schedule)]
    schedule = Schedule(**{name: getattr(chosen, name) for name in names})
    _use_threads(schedule.threads)
    make_data(chosen.work, schedule)
    train(chosen.work, schedule)
    export(chosen.work, chosen.out, schedule)


def _use_threads(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)


if __name__ == "__main__":
    main()
