"""What is measured on one picture, and on the pictures of one prompt together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from foundry.manifest import CheckRecord
from lab.evaluation.diversity import diversity
from lab.evaluation.gallery import Sample, by_prompt
from lab.evaluation.light import light_side
from lab.evaluation.palette import palette_distances
from lab.evaluation.prompts import EvaluationPrompt, PromptSet
from lab.evaluation.scaling import Picture
from lab.evaluation.scene_judge import SceneJudge
from lab.evaluation.sharpness import sharpness
from models.drawing import Drawn

Screen = Callable[[Drawn], tuple[CheckRecord, ...]]


@dataclass(frozen=True)
class Seen:
    """What a picture shows, by measures that need no prompt, and its distance to each asked colour."""

    scene: str
    sure: float
    light: str
    distances: tuple[float, ...]
    sharpness: float


@dataclass(frozen=True)
class Answer:
    """A sample with what was seen in it and the screen's refusals; `seen` is None where nothing was drawn."""

    sample: Sample
    seen: Seen | None
    unsafe: tuple[str, ...] = ()

    @property
    def scene_right(self) -> bool:
        """Whether the judge named the asked scene."""
        return self.seen is not None and self.seen.scene == self.sample.prompt.scene


@dataclass(frozen=True)
class PromptAnswers:
    """The answers to one prompt and the mean distance between them."""

    prompt: EvaluationPrompt
    answers: tuple[Answer, ...]
    diversity: float


def look(pictures: Sequence[Picture], palettes: Sequence[Sequence[str]], judge: SceneJudge) -> list[Seen]:
    """What each picture shows, in order, beside its palette."""
    scenes = judge.scenes(pictures)
    return [
        Seen(scene, round(sure, 4), light_side(picture), _rounded(palette_distances(picture, palette)), shown)
        for (scene, sure), picture, palette, shown in zip(
            scenes, pictures, palettes, (round(sharpness(picture), 3) for picture in pictures), strict=True
        )
    ]


def instruments(prompts: PromptSet, judge: SceneJudge, screen: str) -> dict[str, str]:
    """What the evidence says that it was measured with; `prompts` is the whole set, `screen` a card's name."""
    return {"prompt_set": f"{prompts.version} {prompts.digest}", "scene_judge": judge.sha256, "screen": screen}


def share(values: Iterable[bool]) -> float:
    """How many of them are true, 0 to 1, to four places; 0 for none."""
    held = list(values)
    return round(sum(held) / len(held), 4) if held else 0.0


def _rounded(distances: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(away, 3) for away in distances)


def answers(samples: Sequence[Sample], judge: SceneJudge, screen: Screen) -> list[PromptAnswers]:
    """Every prompt's answers, measured; pictures of one prompt at a time are in memory."""
    return [_answers_to(prompt, group, judge, screen) for prompt, group in by_prompt(samples)]


def _answers_to(prompt: EvaluationPrompt, group: list[Sample], judge: SceneJudge, screen: Screen) -> PromptAnswers:
    there = [sample for sample in group if not sample.refused]
    pictures = [sample.picture() for sample in there]
    shown = look(pictures, [prompt.palette] * len(there), judge)
    made = {
        sample.number: Answer(sample, seen, _refusals(screen(sample.drawn(picture))))
        for sample, picture, seen in zip(there, pictures, shown, strict=True)
    }
    every = tuple(made.get(sample.number, Answer(sample, None)) for sample in group)
    return PromptAnswers(prompt, every, round(diversity(pictures), 4))


def _refusals(checks: Sequence[CheckRecord]) -> tuple[str, ...]:
    return tuple(check.name for check in checks if not check.passed)
