"""`foundry models evaluate` and `parity`: the evidence that a promotion asks for."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.models import AsJson, Cards, Home, Name, err, models_app

if TYPE_CHECKING:
    from foundry.card.card import ModelCard
    from lab.evaluation.evidence import Evaluation
    from models.registry import Registry

__all__ = ["models_app"]
QUICK = {"seeds": 1, "prompts": 11, "timed": 1, "pairs": 3}
"""Options of a look at a card that draws, of a minute; it cannot pass, as the marks want the whole set."""
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
    """Measure a card against the marks of its task, and write evaluation.json and report.html.

    A card that draws gets the fixed prompts: scene, palette, diversity, sharpness, safety and speed. A card that films
    gets some of them: scene and palette, whether the scene holds, motion, flicker, safety and speed. An upscaler gets
    held-out photographs beside Lanczos; a screen the labelled set.
    """
    from lab.evaluation.evidence import evidence_folder
    from models.registry import find, open_registry

    registry = open_registry(cards, home)
    card = find(registry, name)
    if card.task in ("upscale", "screen"):
        found = _by_task(card, registry.own, quick=quick)
    elif card.task in ("text-to-video", "image-to-video"):
        found = _filmed(card, registry, screen, quick=quick)
    else:
        chosen = QUICK if quick else {"seeds": seeds, "prompts": prompts}
        found = _drawn(card, registry, screen, work, chosen)
    if as_json:
        typer.echo(found.as_json())
    else:
        for mark, value, limit, passed in found.summary():
            typer.echo(f"{'passed' if passed else 'MISSED'}  {mark}: {value} (mark: {limit})")
        typer.echo(f"Look at {evidence_folder(card, registry.own) / 'report.html'}")
    if not found.passed:
        raise typer.Exit(MISSED)


def _drawn(card: ModelCard, registry: Registry, screen: str, work: Path, chosen: dict[str, Any]) -> Evaluation:
    from lab.evaluation.evaluate import Options, Screening, evaluate
    from models.handler_choice import drawer_of
    from models.registry import card as card_of
    from models.screening.context import ScreenContext
    from models.screening.screen import Screen

    judging = card_of(screen, "screen", registry)
    options = Options(_today(), work=work, registry=registry.own, **chosen)
    screening = Screening(judging.name, Screen(judging, ScreenContext()).load().judge)
    return evaluate(card, drawer_of(card), screening, options, say=_say)


def _filmed(card: ModelCard, registry: Registry, screen: str, *, quick: bool) -> Evaluation:
    from lab.evaluation.evaluate_clips import evaluate_clips
    from models.registry import card as card_of

    return evaluate_clips(card, card_of(screen, "screen", registry), _today(), registry.own, quick=quick, say=_say)


def _by_task(card: ModelCard, folder: Path, *, quick: bool) -> Evaluation:
    from lab.evaluation.photographs import demand_photographs

    demand_photographs()
    if card.task == "upscale":
        from lab.evaluation.evaluate_upscaler import evaluate_upscaler

        return evaluate_upscaler(card, _today(), folder, quick=quick, say=_say)
    from lab.evaluation.evaluate_screen import evaluate_screen

    return evaluate_screen(card, _today(), folder, quick=quick, say=_say)


def _say(line: str) -> None:
    err.print(line, markup=False)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


@models_app.command()
def parity(name: Name, cards: Cards = None, home: Home = None, as_json: AsJson = False) -> None:
    """Compare the card's optimised pipeline with the plain one, and pictures drawn in batches with the same alone."""
    from lab.parity import parity as compare
    from models.registry import find, open_registry

    registry = open_registry(cards, home)
    report = compare(find(registry, name), made_on=datetime.now(UTC).date())
    report.write(registry.own)
    typer.echo(json.dumps(asdict(report)) if as_json else "\n".join(report.lines()))
    if not report.passed:
        raise typer.Exit(MISSED)
