"""Evaluates a card: draws the prompt set, measures, compares with the marks, writes the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from foundry.card.card import ModelCard
from lab.evaluation import gallery
from lab.evaluation.calibration import calibration
from lab.evaluation.drawing_figures import figures_of, marks_of
from lab.evaluation.drawing_page import write_page
from lab.evaluation.evidence import Evaluation, concluded, evidence_folder
from lab.evaluation.gallery import Handler, Say
from lab.evaluation.picture_measures import PromptAnswers, Screen, answers, instruments
from lab.evaluation.prompts import PromptSet, default_bucket, order_of, prompt_set, seed_for
from lab.evaluation.scene_judge import load_judge
from lab.evaluation.speed import Overhead, SizeSpeed, measure_overhead, measure_size
from models.drawing import DrawRequest
from models.screening.pixel_checks import check_pixels


@dataclass(frozen=True)
class Options:
    """How much is drawn and timed, the day that the evidence bears, and where things go.

    `work` keeps the drawings at full size between runs; `registry` is the folder that gets the evidence, the card's own
    folder if it is None.
    """

    made_on: str
    seeds: int = 3
    prompts: int | None = None
    timed: int = 5
    pairs: int = 15
    work: Path = Path("build/evaluation")
    registry: Path | None = None


@dataclass(frozen=True)
class Screening:
    """The screen that says what is safe: its name for the evidence, and what judges a drawing."""

    name: str
    judge: Screen


def measured_screening(card: ModelCard) -> Screening:
    """The screen that needs no network, by a card's thresholds."""
    return Screening(card.name, partial(check_pixels, screen=card))


def evaluate(
    card: ModelCard, handler: Handler, screening: Screening, options: Options, say: Say = lambda _: None
) -> Evaluation:
    """Draw what is missing, measure everything, write evaluation.json, report.html and thumbnails beside the card."""
    prompts = prompt_set().first(options.prompts)
    samples = gallery.wanted(card, prompts.prompts, options.seeds, options.work / card.id / card.digest)
    drawn = gallery.draw(samples, handler, at_once=card.batch.cpu, say=say)
    say("measuring")
    answered = answers(drawn, load_judge(), screening.judge)
    speeds, overhead = _timed(card, handler, prompts, options, say)
    figures = figures_of(answered, calibration(), speeds, overhead)
    made_with = instruments(prompt_set(), load_judge(), screening.name)
    found = concluded(card, options.made_on, figures, marks_of(card, figures), made_with)
    _write(evidence_folder(card, options.registry), card, found, answered)
    return found


def _write(folder: Path, card: ModelCard, found: Evaluation, answered: Sequence[PromptAnswers]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_page(folder, card, found, answered, calibration())
    found.write(folder)


def _timed(
    card: ModelCard, handler: Handler, prompts: PromptSet, options: Options, say: Say
) -> tuple[list[SizeSpeed], Overhead | None]:
    speeds = []
    for bucket in card.sizes:
        speeds.append(measure_size(handler, _requests(card, prompts, bucket, options.timed)))
        say(f"{bucket}: {speeds[-1].seconds:.2f} s a picture, {speeds[-1].peak_mb:.0f} MB")
    pairs = _requests(card, prompts, default_bucket(card), options.pairs)
    overhead = measure_overhead(card, handler, pairs)
    if overhead:
        say(f"handler over pipeline: {overhead.ratio:.3f}")
    return speeds, overhead


def _requests(card: ModelCard, prompts: PromptSet, bucket: str, count: int) -> list[DrawRequest]:
    """One to warm up and `count` to time, each with words of its own where the set has enough."""
    chosen = [prompts.prompts[at % len(prompts.prompts)] for at in range(count + 1)]
    return [DrawRequest(order_of(card, prompt, bucket), seed_for(prompt, at)) for at, prompt in enumerate(chosen)]
