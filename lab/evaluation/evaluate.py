"""Evaluation of a card that draws: the prompt set drawn, measured, compared with the marks, and written as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foundry.card.card import ModelCard
from lab.evaluation import gallery
from lab.evaluation.calibration import calibration
from lab.evaluation.drawing_figures import drawing_figures, drawing_marks
from lab.evaluation.drawing_page import write_drawing_page
from lab.evaluation.evaluation_file import Evaluation, conclude
from lab.evaluation.gallery import Say
from lab.evaluation.picture_measures import MeasuredPrompt, Screen, instruments, measure_samples
from lab.evaluation.prompts import PromptSet, default_bucket, order_of, prompt_set, seed_for
from lab.evaluation.scene_judge import load_judge
from lab.evaluation.speed import Overhead, SizeSpeed, measure_overhead, measure_size
from models.drawing import DrawingHandler, DrawRequest
from models.registry.evidence import evidence_folder


@dataclass(frozen=True, kw_only=True)
class Options:
    """The extent of an evaluation: how many pictures are drawn and timed, and where the results go.

    `made_on` is the day that the evidence states; `prompts` limits the prompt set, None takes all of it. `work` keeps
    the drawings at full size between runs; `registry` is the folder that receives the evidence, by default the folder
    of the card's file.
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
    """The screen that decides what is safe: the name of its card, for the evidence, and the screen itself."""

    name: str
    judge: Screen


def evaluate(
    card: ModelCard, handler: DrawingHandler, screening: Screening, options: Options, say: Say = lambda _: None
) -> Evaluation:
    """Draw the pictures that are missing, measure all, and write evaluation.json, report.html and thumbnails."""
    prompts = prompt_set().first(options.prompts)
    samples = gallery.plan_samples(card, prompts.prompts, options.seeds, options.work / card.id / card.digest)
    drawn = gallery.draw(samples, handler, at_once=card.batch.cpu, say=say)
    say("measuring")
    measured = measure_samples(drawn, load_judge(), screening.judge)
    speeds, overhead = _measure_speed(card, handler, prompts, options, say)
    figures = drawing_figures(measured, calibration(), speeds, overhead)
    made_with = instruments(prompt_set(), load_judge(), screening.name)
    evaluation = conclude(card, options.made_on, figures, drawing_marks(card, figures), made_with)
    _write(evidence_folder(card, options.registry), card, evaluation, measured)
    return evaluation


def _write(folder: Path, card: ModelCard, evaluation: Evaluation, measured: Sequence[MeasuredPrompt]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_drawing_page(folder, card, evaluation, measured, calibration())
    evaluation.write(folder)


def _measure_speed(
    card: ModelCard, handler: DrawingHandler, prompts: PromptSet, options: Options, say: Say
) -> tuple[list[SizeSpeed], Overhead | None]:
    speeds = []
    for bucket in card.sizes:
        speeds.append(measure_size(handler, timed_requests(card, prompts, bucket, options.timed)))
        say(f"{bucket}: {speeds[-1].seconds:.2f} s a picture, {speeds[-1].peak_mb:.0f} MB")
    pairs = timed_requests(card, prompts, default_bucket(card), options.pairs)
    overhead = measure_overhead(card, handler, pairs)
    if overhead:
        say(f"handler over pipeline: {overhead.ratio:.3f}")
    return speeds, overhead


def timed_requests(card: ModelCard, prompts: PromptSet, bucket: str, count: int) -> list[DrawRequest]:
    """Return one request to warm up and `count` to time, of one size; prompts repeat if the set has too few."""
    chosen = [prompts.prompts[at % len(prompts.prompts)] for at in range(count + 1)]
    return [DrawRequest(order_of(card, prompt, bucket), seed_for(prompt, at)) for at, prompt in enumerate(chosen)]
