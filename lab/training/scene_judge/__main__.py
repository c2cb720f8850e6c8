"""`python -m lab.training.scene_judge --out FOLDER` trains the judge of scenes from nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from lab.training.command import add_schedule_options, chosen_schedule
from lab.training.scene_judge.scene_judge_training import SceneJudgeSchedule, export_judge, train_judge


def main(arguments: list[str] | None = None) -> None:
    """Render, train, measure, and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="Folder for weights, configuration and figures.")
    add_schedule_options(parser, SceneJudgeSchedule)
    chosen = parser.parse_args(arguments)
    schedule = chosen_schedule(chosen, SceneJudgeSchedule)
    export_judge(train_judge(schedule), chosen.out, schedule)


if __name__ == "__main__":
    main()
