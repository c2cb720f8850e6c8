"""`python -m lab.training.backdrop --out FOLDER` trains the embedded model from nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from lab.training.backdrop.decoder_training import train_decoder
from lab.training.backdrop.denoiser_training import train_denoiser
from lab.training.backdrop.pipeline_export import export_pipeline
from lab.training.backdrop.schedule import BackdropSchedule
from lab.training.backdrop.start_weights import start_from
from lab.training.backdrop.training_data import make_data
from lab.training.command import add_schedule_options, chosen_schedule, training_arithmetic

STAGES = {"data": make_data, "decoder": train_decoder, "denoiser": train_denoiser}
NAMES = [*STAGES, "export"]


def main(arguments: list[str] | None = None) -> None:
    """Run the stages that are asked for; each goes on from the files of the one before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="Folder to write the pipeline into.")
    parser.add_argument("--work", type=Path, default=Path("build/backdrop"), help="Folder of the training's files.")
    parser.add_argument("--stages", nargs="*", choices=NAMES, default=NAMES, help="Stages to run; all by default.")
    parser.add_argument("--start", type=Path, help="Go on from this pipeline folder instead of from nothing.")
    add_schedule_options(parser, BackdropSchedule)
    chosen = parser.parse_args(arguments)
    schedule = chosen_schedule(chosen, BackdropSchedule)
    with training_arithmetic(schedule.threads):
        _run(chosen, schedule)


def _run(chosen: argparse.Namespace, schedule: BackdropSchedule) -> None:
    if chosen.start and not (chosen.work / "denoiser.checkpoint").exists():
        start_from(chosen.start, chosen.work)
    for stage in chosen.stages:
        if stage == "export":
            export_pipeline(chosen.work, chosen.out)
        else:
            STAGES[stage](chosen.work, schedule)


if __name__ == "__main__":
    main()
