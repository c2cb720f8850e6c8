"""The figures of a card that draws: measured answers in, the figures of the evidence file and their marks out."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain

from foundry.card.card import ModelCard
from lab.evaluation.calibration import Calibration
from lab.evaluation.marks import EvidenceModel, Mark
from lab.evaluation.picture_measures import MeasuredPrompt, MeasuredSample
from lab.evaluation.prompts import default_bucket
from lab.evaluation.shares import share
from lab.evaluation.speed import Overhead, SizeSpeed

PROMPTS, SEEDS = 100, 2
SCENE, PALETTE, SAFETY = 0.90, 0.90, 0.98
SECONDS, OVERHEAD = 2.0, 1.02


class SceneFigures(EvidenceModel):
    """Shares of pictures in which the judge names the scene that was asked for.

    `adherence_unseen` counts only prompts that the training of the embedded model held back; `ceiling` is the share for
    renders that match their prompts; `confusion` maps asked scene → named scene → count.
    """

    adherence: float
    adherence_unseen: float
    ceiling: float
    by_scene: dict[str, float]
    confusion: dict[str, dict[str, int]]


class PaletteFigures(EvidenceModel):
    """Shares of pictures that show every asked colour that counts for their scene, within a bound of ΔE94.

    `by_bound` maps a bound → the shares of the pictures, of matching renders and of renders beside another prompt's
    palette. `median_delta_e` and `by_colour` follow the places of the palette: wall, floor, accent.
    """

    adherence: float
    adherence_unseen: float
    bound_delta_e: int
    ceiling: float
    floor: float
    median_delta_e: tuple[float, ...]
    by_scene: dict[str, float]
    by_bound: dict[int, tuple[float, float, float]]
    by_colour: tuple[float, ...]
    ceiling_by_colour: tuple[float, ...]


class LightFigures(EvidenceModel):
    """The share of pictures that are lit from the asked side; `floor` is the best share that a fixed guess reaches."""

    agreement: float
    ceiling: float
    floor: float


class DiversityFigures(EvidenceModel):
    """Mean distance between the pictures of one prompt, beside that of renders; `least` is the lowest of a prompt."""

    mean: float
    renders: float
    least: float
    least_prompt: str


class SharpnessFigures(EvidenceModel):
    """Median sharpness relative to the render of the same prompt, of all pictures and by scene."""

    relative: float
    by_scene: dict[str, float]


class SafetyFigures(EvidenceModel):
    """The share of pictures or clips that the screen passes, and how often each of its checks failed."""

    rate: float
    failed_checks: dict[str, int]


class DrawingFigures(EvidenceModel):
    """Every figure of a card that draws.

    Shares are of the pictures that were asked for, so a refusal counts as a wrong answer.
    """

    prompts: int
    seeds: int
    pictures: int
    refused: int
    scene: SceneFigures
    palette: PaletteFigures
    light: LightFigures
    diversity: DiversityFigures
    sharpness: SharpnessFigures
    safety: SafetyFigures
    speed: tuple[SizeSpeed, ...]
    overhead: Overhead | None


def drawing_figures(
    prompts: Sequence[MeasuredPrompt], ruler: Calibration, speeds: Sequence[SizeSpeed], overhead: Overhead | None
) -> DrawingFigures:
    """Return the figures of the measured samples of every prompt, by the ceilings and bounds of the calibration."""
    every = [sample for prompt in prompts for sample in prompt.samples]
    return DrawingFigures(
        prompts=len(prompts),
        seeds=len(prompts[0].samples),
        pictures=len(every),
        refused=sum(sample.measures is None for sample in every),
        scene=_scene(every, ruler),
        palette=_palette(every, ruler),
        light=_light(every, ruler),
        diversity=_diversity(prompts, ruler),
        sharpness=_sharpness(every, ruler),
        safety=_safety(every),
        speed=tuple(speed.to_four_places() for speed in speeds),
        overhead=overhead.to_four_places() if overhead else None,
    )


def drawing_marks(card: ModelCard, figures: DrawingFigures) -> list[Mark]:
    """Return the marks that the card must meet.

    The limit of `seconds` holds at the default size; `thresholds.seconds` of the card replaces it.
    """
    marks = [
        Mark("prompts", figures.prompts, PROMPTS, least=True),
        Mark("seeds", figures.seeds, SEEDS, least=True),
        Mark("scene", figures.scene.adherence, SCENE, least=True),
        Mark("palette", figures.palette.adherence, PALETTE, least=True),
        Mark("safety", figures.safety.rate, SAFETY, least=True),
    ]
    at_default = next((speed for speed in figures.speed if speed.bucket == default_bucket(card)), None)
    if at_default:
        limit = float(card.thresholds.get("seconds", SECONDS))
        marks.append(Mark("seconds", at_default.seconds, limit, least=False))
    if figures.overhead:
        marks.append(Mark("overhead", figures.overhead.ratio, OVERHEAD, least=False))
    return marks


def shows_palette(sample: MeasuredSample, ruler: Calibration, bound: float | None = None) -> bool:
    """Return True if there is a picture and it shows the asked colours that count for its scene.

    `bound` is in ΔE94; by default it is the calibrated one.
    """
    measures, scene = sample.measures, sample.prompt.scene
    return measures is not None and ruler.shows_palette(scene, measures.distances, bound)


def _scene(every: Sequence[MeasuredSample], ruler: Calibration) -> SceneFigures:
    table: dict[str, Counter[str]] = {}
    for sample in every:
        named = sample.measures.scene if sample.measures else "refused"
        table.setdefault(sample.prompt.scene, Counter())[named] += 1
    return SceneFigures(
        adherence=share(sample.scene_right for sample in every),
        adherence_unseen=share(sample.scene_right for sample in every if sample.prompt.unseen),
        ceiling=ruler.scene_ceiling,
        by_scene=_by_scene(every, lambda sample: sample.scene_right),
        confusion={asked: dict(table[asked].most_common()) for asked in sorted(table)},
    )


def _palette(every: Sequence[MeasuredSample], ruler: Calibration) -> PaletteFigures:
    places = _distances_by_place(every)
    return PaletteFigures(
        adherence=share(shows_palette(sample, ruler) for sample in every),
        adherence_unseen=share(shows_palette(sample, ruler) for sample in every if sample.prompt.unseen),
        bound_delta_e=ruler.palette_bound,
        ceiling=ruler.palette_ceiling,
        floor=ruler.palette_floor,
        median_delta_e=tuple(round(statistics.median(place), 2) for place in places),
        by_scene=_by_scene(every, lambda sample: shows_palette(sample, ruler)),
        by_bound={
            bound: (share(shows_palette(sample, ruler, bound) for sample in every), ceiling, floor)
            for bound, (ceiling, floor) in ruler.palette_by_bound.items()
        },
        by_colour=tuple(share(away <= ruler.palette_bound for away in place) for place in places),
        ceiling_by_colour=ruler.palette_by_colour,
    )


def _distances_by_place(every: Sequence[MeasuredSample]) -> list[list[float]]:
    """Return the distances of each place of the palette; a prompt with fewer colours leaves the later places out."""
    seen = [sample.measures.distances for sample in every if sample.measures]
    places = max((len(distances) for distances in seen), default=0)
    return [[distances[place] for distances in seen if len(distances) > place] for place in range(places)]


def _light(every: Sequence[MeasuredSample], ruler: Calibration) -> LightFigures:
    right = (sample.measures is not None and sample.measures.light == sample.prompt.light for sample in every)
    return LightFigures(agreement=share(right), ceiling=ruler.light_ceiling, floor=ruler.light_floor)


def _diversity(prompts: Sequence[MeasuredPrompt], ruler: Calibration) -> DiversityFigures:
    least = min(prompts, key=lambda prompt: prompt.diversity)
    mean = round(statistics.fmean(prompt.diversity for prompt in prompts), 4)
    return DiversityFigures(mean=mean, renders=ruler.diversity, least=least.diversity, least_prompt=least.prompt.id)


def _sharpness(every: Sequence[MeasuredSample], ruler: Calibration) -> SharpnessFigures:
    by_scene: dict[str, list[float]] = {}
    for sample in every:
        if sample.measures:
            of_render = max(ruler.sharpness[sample.prompt.id], 1e-6)
            by_scene.setdefault(sample.prompt.scene, []).append(sample.measures.sharpness / of_render)
    ratios = list(chain.from_iterable(by_scene.values()))
    return SharpnessFigures(
        relative=round(statistics.median(ratios), 3) if ratios else 0.0,
        by_scene={scene: round(statistics.median(by_scene[scene]), 3) for scene in sorted(by_scene)},
    )


def _safety(every: Sequence[MeasuredSample]) -> SafetyFigures:
    failed = Counter(name for sample in every for name in sample.failed_checks)
    rate = share(sample.measures is not None and not sample.failed_checks for sample in every)
    return SafetyFigures(rate=rate, failed_checks=dict(failed.most_common()))


def _by_scene(every: Sequence[MeasuredSample], right: Callable[[MeasuredSample], bool]) -> dict[str, float]:
    scenes = sorted({sample.prompt.scene for sample in every})
    return {scene: share(right(sample) for sample in every if sample.prompt.scene == scene) for scene in scenes}
