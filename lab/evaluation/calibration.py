"""Calibration of the measures: their values for renders that answer the prompts exactly, and for mismatched ones.

`python -m lab.evaluation.calibration` writes `calibration.json`. A figure means little without its ceiling (renders
that match their prompts) and its floor (the same renders beside another prompt's palette, or a guessed side of light).
A place in the palette counts for a scene if at least nine in ten of the scene's renders show its colour within ΔE 10:
snow is white whatever ground is asked, and water mirrors its wall. The bound of the palette is the largest whole ΔE at
which at most one in twenty of the mismatched renders passes.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from foundry.errors import BadInput
from lab.evaluation.diversity import diversity
from lab.evaluation.matched_render import matched_render
from lab.evaluation.palette import palette_distances
from lab.evaluation.picture_measures import measure_pictures
from lab.evaluation.prompts import PromptSet, prompt_set
from lab.evaluation.scaling import Picture
from lab.evaluation.scene_judge import load_judge
from lab.evaluation.shares import share

Distances = tuple[float, ...]
CALIBRATION = Path(__file__).parent / "calibration.json"
COUNTS_WITHIN, COUNTS_FROM = 10.0, 0.9
FLOOR = 0.05
BOUNDS = range(3, 21)
SHIFT = 7


class Calibration(BaseModel):
    """Ceilings, floors, the bound of the palette and the places that count, for one prompt set and one scene judge.

    `counted` maps a scene → the places of the palette that count; `palette_by_bound` maps a bound in ΔE94 → the shares
    of matching and of mismatched renders that pass; `sharpness` maps a prompt's id → the sharpness of its render.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompts: str
    judge: str
    renders: int
    counted: dict[str, tuple[int, ...]]
    palette_bound: int
    palette_ceiling: float
    palette_floor: float
    palette_by_bound: dict[int, tuple[float, float]]
    palette_by_colour: tuple[float, ...]
    scene_ceiling: float
    light_ceiling: float
    light_floor: float
    diversity: float
    sharpness: dict[str, float]

    def counting(self, scene: str, distances: Sequence[float]) -> tuple[float, ...]:
        """Return the distances of the asked colours that count for the scene."""
        return tuple(distances[at] for at in self.counted[scene] if at < len(distances))

    def shows_palette(self, scene: str, distances: Sequence[float], bound: float | None = None) -> bool:
        """Return True if every colour that counts is within the bound, by default the calibrated one."""
        limit = self.palette_bound if bound is None else bound
        return all(away <= limit for away in self.counting(scene, distances))


def calibrate(prompts: PromptSet) -> Calibration:
    """Render every prompt twice, measure the renders, and return the calibration."""
    asked, judge = prompts.prompts, load_judge()
    pairs = [(matched_render(prompt, 0), matched_render(prompt, 1)) for prompt in asked]
    renders = [first for first, _ in pairs]
    measures = measure_pictures(renders, [prompt.palette for prompt in asked], judge)
    sides = [prompt.light for prompt in asked]
    rules = palette_rules(
        [prompt.scene for prompt in asked],
        [one.distances for one in measures],
        _mismatched_distances(renders, [prompt.palette for prompt in asked]),
    )
    return Calibration(
        prompts=prompts.digest,
        judge=judge.sha256,
        renders=len(pairs),
        counted=rules.counted,
        palette_bound=rules.bound,
        palette_ceiling=rules.by_bound[rules.bound][0],
        palette_floor=rules.by_bound[rules.bound][1],
        palette_by_bound=rules.by_bound,
        palette_by_colour=rules.by_colour,
        scene_ceiling=share(one.scene == prompt.scene for one, prompt in zip(measures, asked, strict=True)),
        light_ceiling=share(one.light == side for one, side in zip(measures, sides, strict=True)),
        light_floor=max(share(side == guess for side in sides) for guess in set(sides)),
        diversity=round(statistics.fmean(diversity(pair) for pair in pairs), 4),
        sharpness={prompt.id: one.sharpness for prompt, one in zip(asked, measures, strict=True)},
    )


@dataclass(frozen=True)
class PaletteRules:
    """The part of a calibration that concerns colours: places that count, the bound, and shares by bound and place."""

    counted: dict[str, tuple[int, ...]]
    bound: int
    by_bound: dict[int, tuple[float, float]]
    by_colour: tuple[float, ...]


def palette_rules(
    scenes: Sequence[str], matching: Sequence[Distances], mismatched: Sequence[Distances]
) -> PaletteRules:
    """Return the rules that follow from the distances of renders to their own palette and to another prompt's.

    The three sequences have one item per render; a scene must have renders with equally many colours.
    """
    counted = {
        scene: _places_that_count([d for d, of in zip(matching, scenes, strict=True) if of == scene])
        for scene in scenes
    }

    def passing(distances: Sequence[Distances], bound: int) -> float:
        return share(
            all(of_render[place] <= bound for place in counted[scene])
            for of_render, scene in zip(distances, scenes, strict=True)
        )

    table = {bound: (passing(matching, bound), passing(mismatched, bound)) for bound in BOUNDS}
    bound = max((bound for bound, (_, floor) in table.items() if floor <= FLOOR), default=min(BOUNDS))
    by_colour = tuple(share(one[place] <= bound for one in matching) for place in range(len(matching[0])))
    return PaletteRules(counted, bound, table, by_colour)


def _mismatched_distances(renders: Sequence[Picture], palettes: Sequence[Sequence[str]]) -> list[Distances]:
    """Return the distances of each render to the palette of another prompt, SHIFT places further on."""
    others = [palettes[(place + SHIFT) % len(palettes)] for place in range(len(palettes))]
    return [palette_distances(render, palette) for render, palette in zip(renders, others, strict=True)]


def _places_that_count(distances: Sequence[Distances]) -> tuple[int, ...]:
    within = [share(one[place] <= COUNTS_WITHIN for one in distances) for place in range(len(distances[0]))]
    return tuple(place for place, shown in enumerate(within) if shown >= COUNTS_FROM)


@lru_cache(maxsize=2)
def calibration(path: Path = CALIBRATION) -> Calibration:
    """Return the stored calibration; BadInput if it was made for other prompts or another scene judge."""
    try:
        stored = Calibration.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise BadInput(str(path), f"is not a calibration: {error}") from error
    if (stored.prompts, stored.judge) != (prompt_set().digest, load_judge().sha256):
        remedy = "run `python -m lab.evaluation.calibration`"
        raise BadInput(str(path), f"was made for other prompts or another judge; {remedy}")
    return stored


def main() -> None:
    """Write the file for the present prompts and scene judge."""
    content = calibrate(prompt_set()).model_dump(mode="json")
    CALIBRATION.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
