"""The measures of one picture, and of the pictures of one prompt together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from foundry.manifest import CheckRecord
from lab.evaluation.diversity import diversity
from lab.evaluation.gallery import Sample, by_prompt
from lab.evaluation.light import Side, light_side
from lab.evaluation.palette import palette_distances
from lab.evaluation.prompts import EvaluationPrompt, PromptSet
from lab.evaluation.scaling import Picture
from lab.evaluation.scene_judge import SceneJudge
from lab.evaluation.sharpness import sharpness
from models.drawing import Drawn

Screen = Callable[[Drawn], tuple[CheckRecord, ...]]
"""A screen: it returns its checks of a drawing."""


@dataclass(frozen=True)
class PictureMeasures:
    """The measures of one picture.

    `scene` is the kind that the judge names, with the probability `sure`; `light` the side that is brighter;
    `distances` the ΔE94 to each asked colour, in the order of the palette.
    """

    scene: str
    sure: float
    light: Side
    distances: tuple[float, ...]
    sharpness: float


@dataclass(frozen=True)
class MeasuredSample:
    """A sample with its measures and the names of the checks of the screen that failed.

    `measures` is None if the model refused to draw.
    """

    sample: Sample
    measures: PictureMeasures | None
    failed_checks: tuple[str, ...] = ()

    @property
    def prompt(self) -> EvaluationPrompt:
        """The prompt that was asked."""
        return self.sample.prompt

    @property
    def scene_right(self) -> bool:
        """True if there is a picture and the judge names the asked scene."""
        return self.measures is not None and self.measures.scene == self.prompt.scene


@dataclass(frozen=True)
class MeasuredPrompt:
    """The measured samples of one prompt, in the order of their seeds, and the mean distance between the pictures."""

    prompt: EvaluationPrompt
    samples: tuple[MeasuredSample, ...]
    diversity: float


def measure_pictures(
    pictures: Sequence[Picture], palettes: Sequence[Sequence[str]], judge: SceneJudge
) -> list[PictureMeasures]:
    """Return the measures of each picture, in order; `palettes` holds the asked colours of each, as "#RRGGBB"."""
    scenes = judge.scenes(pictures)
    return [
        PictureMeasures(
            scene=scene,
            sure=round(sure, 4),
            light=light_side(picture),
            distances=tuple(round(away, 3) for away in palette_distances(picture, palette)),
            sharpness=round(sharpness(picture), 3),
        )
        for (scene, sure), picture, palette in zip(scenes, pictures, palettes, strict=True)
    ]


def measure_samples(samples: Sequence[Sample], judge: SceneJudge, screen: Screen) -> list[MeasuredPrompt]:
    """Return the measured samples by prompt; the pictures of one prompt at a time are in memory."""
    return [_measure_prompt(prompt, group, judge, screen) for prompt, group in by_prompt(samples)]


def _measure_prompt(
    prompt: EvaluationPrompt, group: Sequence[Sample], judge: SceneJudge, screen: Screen
) -> MeasuredPrompt:
    drawn = [sample for sample in group if not sample.refused]
    pictures = [sample.picture() for sample in drawn]
    measures = measure_pictures(pictures, [prompt.palette] * len(drawn), judge)
    measured = {
        sample.number: MeasuredSample(sample, of_picture, _failed_checks(screen(sample.as_drawn(picture))))
        for sample, picture, of_picture in zip(drawn, pictures, measures, strict=True)
    }
    every = tuple(measured.get(sample.number, MeasuredSample(sample, None)) for sample in group)
    return MeasuredPrompt(prompt, every, round(diversity(pictures), 4))


def _failed_checks(checks: Sequence[CheckRecord]) -> tuple[str, ...]:
    return tuple(check.name for check in checks if not check.passed)


def instruments(prompts: PromptSet, judge: SceneJudge, screen: str) -> dict[str, str]:
    """Return the names and digests of the instruments, for the evidence file.

    `prompts` is the whole set, also if only some of it was asked; `screen` is the name of the screen's card.
    """
    return {"prompt_set": f"{prompts.version} {prompts.digest}", "scene_judge": judge.sha256, "screen": screen}
