"""The commands `foundry models evaluate` and `parity`, which make the evidence that promotion demands."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.exit_codes import Exit
from console.models import Home, Name, err, models_app
from console.printing import say
from console.settings import AsJson, Cards
from foundry.errors import BadInput

if TYPE_CHECKING:
    from foundry.card.card import ModelCard
    from lab.evaluation.evaluate import Options
    from lab.evaluation.evaluation_file import Evaluation
    from models.registry import Registry

__all__ = ["models_app"]


@models_app.command()
def evaluate(
    name: Name,
    cards: Cards = None,
    home: Home = None,
    screen: Annotated[str, typer.Option(help="Card of the screen that decides what is safe.")] = "measured",
    seeds: Annotated[int, typer.Option(min=1, help="Pictures per prompt.")] = 3,
    prompts: Annotated[
        int | None, typer.Option(min=1, help="Use only the first N prompts; promotion demands at least 100.")
    ] = None,
    quick: Annotated[bool, typer.Option(help="Measure a small sample in about a minute; it cannot pass.")] = False,
    work: Annotated[Path, typer.Option(help="Folder that keeps the drawings between runs.")] = Path("build/evaluation"),
    as_json: AsJson = False,
) -> None:
    """Measure a card against the marks of its task, and write evaluation.json and report.html.

    A card that draws is measured on a fixed set of prompts: scene, palette, diversity, sharpness, safety and speed. A
    card that films is measured on some of these prompts: scene, palette, motion, flicker, safety and speed. An upscaler
    is compared with Lanczos on photographs that no model was trained on. A screen is measured on a labelled set. A card
    that renders sets is measured on all shipped ones: their colours under their own light, and a cutout's own pixels.
    """
    from models.registry import find, open_registry
    from models.registry.evidence import evidence_folder

    registry = open_registry(cards, home)
    card = find(registry, name)
    if card.task == "read":
        raise BadInput(card.name, "reads briefs, and has no marks to be measured against")
    if card.task in ("upscale", "screen"):
        evaluation = _evaluate_by_task(card, registry.own, quick=quick)
    elif card.set:
        evaluation = _evaluate_sets(card, registry.own, quick=quick)
    elif card.task in ("text-to-video", "image-to-video"):
        evaluation = _evaluate_filming(card, registry, screen, quick=quick)
    else:
        evaluation = _evaluate_drawing(card, registry, screen, _options(registry, work, seeds, prompts, quick=quick))
    if as_json:
        say(evaluation.as_json())
    else:
        for label, mark in evaluation.marks.items():
            say(f"{'passed' if mark.passed else 'MISSED'}  {label}: {mark.value:g} (mark: {mark.limit})")
        say(f"See {evidence_folder(card, registry.own) / 'report.html'}")
    if not evaluation.passed:
        raise typer.Exit(Exit.FAILED_FILES)


def _options(registry: Registry, work: Path, seeds: int, prompts: int | None, *, quick: bool) -> Options:
    from lab.evaluation.evaluate import Options

    if quick:
        return Options(made_on=_today(), work=work, registry=registry.own, seeds=1, prompts=11, timed=1, pairs=3)
    return Options(made_on=_today(), work=work, registry=registry.own, seeds=seeds, prompts=prompts)


def _evaluate_drawing(card: ModelCard, registry: Registry, screen: str, options: Options) -> Evaluation:
    from lab.evaluation.evaluate import Screening, evaluate
    from models.handler_choice import drawing_handler
    from models.registry import card as card_of
    from models.screening.context import ScreenContext
    from models.screening.screen import Screen

    judging = card_of(screen, "screen", registry)
    screening = Screening(judging.name, Screen(judging, ScreenContext()).load().judge)
    return evaluate(card, drawing_handler(card), screening, options, say=_say)


def _evaluate_filming(card: ModelCard, registry: Registry, screen: str, *, quick: bool) -> Evaluation:
    from lab.evaluation.evaluate_clips import evaluate_clips
    from models.registry import card as card_of

    return evaluate_clips(card, card_of(screen, "screen", registry), _today(), registry.own, quick=quick, say=_say)


def _evaluate_sets(card: ModelCard, folder: Path, *, quick: bool) -> Evaluation:
    from lab.evaluation.evaluate_sets import evaluate_sets

    return evaluate_sets(card, _today(), folder, quick=quick, say=_say)


def _evaluate_by_task(card: ModelCard, folder: Path, *, quick: bool) -> Evaluation:
    from lab.evaluation.photographs import demand_photographs

    demand_photographs()
    if card.task == "upscale":
        from lab.evaluation.evaluate_upscaler import evaluate_upscaler

        return evaluate_upscaler(card, _today(), folder, quick=quick, say=_say)
    from lab.evaluation.evaluate_screen import evaluate_screen

    return evaluate_screen(card, _today(), folder, quick=quick, say=_say)


def _say(line: str) -> None:
    err.print(line)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


@models_app.command()
def parity(name: Name, cards: Cards = None, home: Home = None, as_json: AsJson = False) -> None:
    """Compare a card's optimised pipeline with its plain one, and pictures drawn in batches with single ones."""
    from lab.parity import measure_parity
    from models.registry import find, open_registry

    registry = open_registry(cards, home)
    report = measure_parity(find(registry, name), made_on=datetime.now(UTC).date())
    report.write(registry.own)
    say(json.dumps(report.model_dump(mode="json")) if as_json else "\n".join(report.lines()))
    if not report.passed:
        raise typer.Exit(Exit.FAILED_FILES)
