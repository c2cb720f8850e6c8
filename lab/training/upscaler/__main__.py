"""`python -m lab.training.upscaler --out FOLDER` trains the embedded upscaler from nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from lab.training.command import add_schedule_options, chosen_schedule, training_arithmetic
from lab.training.upscaler.upscaler_training import UpscalerSchedule, export_upscaler, make_data, train_upscaler


def main(arguments: list[str] | None = None) -> None:
    """Draw, train, export; each goes on from the files of the step before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="Folder to write the weights into.")
    parser.add_argument("--work", type=Path, default=Path("build/upscaler"), help="Folder of the training's files.")
    add_schedule_options(parser, UpscalerSchedule)
    chosen = parser.parse_args(arguments)
    schedule = chosen_schedule(chosen, UpscalerSchedule)
    with training_arithmetic(schedule.threads):
        make_data(chosen.work, schedule)
        train_upscaler(chosen.work, schedule)
        export_upscaler(chosen.work, chosen.out, schedule)


if __name__ == "__main__":
    main()
