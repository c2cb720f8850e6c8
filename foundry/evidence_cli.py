"""`foundry models evaluate` and `parity`: the evidence that a promotion asks for."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from foundry.models_cli import AsJson, Cards, Home, Name, err, models_app

__all__ = ["models_app"]
MISSED = 3
"""Exit code: it was measured, and a mark was missed."""


@models_app.command()
def evaluate(
    name: Name,
    cards: Cards = None,
    home: Home = None,
    screen: Annotated[str, typer.Option(help="Screen card that says what is safe.")] = "measured",
    seeds: Annotated[int, typer.Option(min=1, help="Pictures per prompt.")] = 3,
    prompts: Annotated[int | None, typer.Option(min=1, help="Only so many prompts; promotion wants all.")] = None,
    quick: Annotated[bool, typer.Option(help="A look that takes a minute; it cannot pass.")] = False,
    work: Annotated[Path, typer.Option(help="Where drawings are kept between runs.")] = Path("build/evaluation"),
    as_json: AsJson = False,
) -> None:
    """Draw the fixed prompts, measure scene, palette, diversity, sharpness, safety and speed; write report.html."""
    from models.drawers import drawer_of
    from models.evaluation.evaluate import QUICK, Options, Screening, summary
    from models.evaluation.evaluate import evaluate as measure
    from models.evaluation.evidence import evidence_folder
    from models.registry import card as card_of
    from models.registry import find, open_registry
    from models.screening.context import ScreenContext
    from models.screening.screen import Screen

    registry = open_registry(cards, home)
    card, judging = find(registry, name), card_of(screen, "screen", registry)
    chosen = QUICK if quick else {"seeds": seeds, "prompts": prompts}
    options = Options(datetime.now(UTC).date().isoformat(), work=work, registry=registry.own, **chosen)
    screening = Screening(judging.name, Screen(judging, ScreenContext()).load().judge)
    found = measure(card, drawer_of(card), screening, options, say=lambda line: err.print(line, markup=False))
    if as_json:
        typer.echo(found.as_json())
    else:
        for mark, value, limit, passed in summary(found):
            typer.echo(f"{'passed' if passed else 'MISSED'}  {mark}: {value} (mark: {limit})")
        typer.echo(f"Look at {evidence_folder(card, registry.own) / 'report.html'}")
    if not found.passed:
        raise typer.Exit(MISSED)


@models_app.command()
def parity(name: Name, cards: Cards = None, home: Home = None, as_json: AsJson = False) -> None:
    """Compare the card's optimised pipeline with the plain one, and pictures drawn in batches with the same alone."""
    from models.parity import parity as compare
    from models.registry import find, open_registry

    registry = open_registry(cards, home)
    report = compare(find(registry, name), made_on=datetime.now(UTC).date())
    report.write(registry.own)
    typer.echo(json.dumps(asdict(report)) if as_json else "\n".join(report.lines()))
    if not report.passed:
        raise typer.Exit(MISSED)
