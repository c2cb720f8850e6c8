"""`python -m lab.training.scene_judge --out FOLDER` trains the judge of scenes from nothing."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from lab.training.scene_judge.train import Schedule, export, train


def main(arguments: list[str] | None = None) -> None:
    """Render, train, measure, write the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="Where weights, configuration and figures go.")
    fields = dataclasses.fields(Schedule)
    for field in fields:
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    chosen = parser.parse_args(arguments)
    schedule = Schedule(**{field.name: getattr(chosen, field.name) for field in fields})
    export(train(schedule), chosen.out, schedule)


if __name__ == "__main__":
    main()
