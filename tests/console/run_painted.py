"""`foundry run` with the painting generator, as a process that tests stop: brief, store, seconds per picture."""

from __future__ import annotations

from pathlib import Path

import typer

from console.exit_codes import Exit
from console.starting import run_program

app = typer.Typer()


@app.command()
def run(brief: Path, store: str, seconds: float = 0.0) -> None:
    """Make what is missing of BRIEF."""
    from pipelines.campaign.running import RunOptions, run_all
    from pipelines.planning.admission import admit_file
    from tests.support.fakes import SlowPainter

    summaries = run_all(admit_file(brief), store, options=RunOptions(generator=SlowPainter(seconds)))
    if any(summary.failed for summary in summaries):
        raise typer.Exit(Exit.FAILED_FILES)


if __name__ == "__main__":
    run_program(lambda: app)
