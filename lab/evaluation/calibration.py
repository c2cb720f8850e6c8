"""What the measures say of renders that answer the prompts exactly, and of renders that answer others.

`python -m lab.evaluation.calibration` writes `calibration.json`. A figure means little without its ceiling (the
renders that match) and its floor (the same renders beside another prompt's palette, or a guessed side). A colour's
place in the palette counts for a scene when at least nine in ten of the scene's renders show it within ΔE 10: snow is
white whatever ground is asked, and water mirrors its wall. The palette's bound is the largest whole ΔE at which at most
one in twenty of the shuffled renders passes.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from foundry.errors import BadInput
from lab.evaluation.diversity import diversity
from lab.evaluation.matched_render import matched_render
from lab.evaluation.palette import palette_distances
from lab.evaluation.picture_measures import look, share
from lab.evaluation.prompts import PromptSet, prompt_set
from lab.evaluation.scaling import Picture
from lab.evaluation.scene_judge import load_judge

Distances = tuple[float, ...]
CALIBRATION = Path(__file__).parent / "calibration.json"
COUNTS_WITHIN, COUNTS_FROM = 10.0, 0.9
FLOOR = 0.05
BOUNDS = range(3, 21)
SHIFT = 7


class Calibration(BaseModel):
    """Ceilings, floors, the palette's bound and the places that count, for one version of prompts and judge."""

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
        """The distances of those asked colours that count for the scene."""
        return tuple(distances[at] for at in self.counted[scene] if at < len(distances))

    def shows_palette(self, scene: str, distances: Sequence[float], bound: float | None = None) -> bool:
        """Whether every colour that counts is within the bound, the calibrated one by default."""
        limit = self.palette_bound if bound is None else bound
        return all(away <= limit for away in self.counting(scene, distances))


def calibrate(prompts: PromptSet) -> Calibration:
    """Render every prompt twice and measure."""
    asked, judge = prompts.prompts, load_judge()
    pairs = [(matched_render(prompt, 0), matched_render(prompt, 1)) for prompt in asked]
    shown = look([first for first, _ in pairs], [prompt.palette for prompt in asked], judge)
    sides = [prompt.light for prompt in asked]
    return Calibration(
        prompts=prompts.digest,
        judge=judge.sha256,
        renders=len(pairs),
        scene_ceiling=share(one.scene == prompt.scene for one, prompt in zip(shown, asked, strict=True)),
        light_ceiling=share(one.light == side for one, side in zip(shown, sides, strict=True)),
        light_floor=max(share(side == guess for side in sides) for guess in set(sides)),
        diversity=round(statistics.fmean(diversity(pair) for pair in pairs), 4),
        sharpness={prompt.id: one.sharpness for prompt, one in zip(asked, shown, strict=True)},
        **_palette(prompts, [first for first, _ in pairs], [one.distances for one in shown]),
    )


def _palette(prompts: PromptSet, renders: Sequence[Picture], matched: Sequence[Distances]) -> dict[str, Any]:
    scenes = [prompt.scene for prompt in prompts.prompts]
    counted = {scene: _counted([d for d, of in zip(matched, scenes, strict=True) if of == scene]) for scene in scenes}
    others = [prompts.prompts[(at + SHIFT) % len(scenes)].palette for at in range(len(scenes))]
    shuffled = [palette_distances(one, palette) for one, palette in zip(renders, others, strict=True)]

    def passing(distances: Sequence[Distances], bound: int) -> float:
        return share(all(d[at] <= bound for at in counted[s]) for d, s in zip(distances, scenes, strict=True))

    table = {bound: (passing(matched, bound), passing(shuffled, bound)) for bound in BOUNDS}
    bound = max((bound for bound, (_, floor) in table.items() if floor <= FLOOR), default=min(BOUNDS))
    return {
        "counted": counted,
        "palette_bound": bound,
        "palette_ceiling": table[bound][0],
        "palette_floor": table[bound][1],
        "palette_by_bound": table,
        "palette_by_colour": tuple(share(one[at] <= bound for one in matched) for at in range(len(matched[0]))),
    }


def _counted(distances: Sequence[Distances]) -> tuple[int, ...]:
    within = [share(one[at] <= COUNTS_WITHIN for one in distances) for at in range(len(distances[0]))]
    return tuple(at for at, held in enumerate(within) if held >= COUNTS_FROM)


@lru_cache(maxsize=2)
def calibration(path: Path = CALIBRATION) -> Calibration:
    """The kept calibration; BadInput when it was made for other prompts or another judge."""
    try:
        kept = Calibration.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise BadInput(str(path), f"is not a calibration: {error}") from error
    if (kept.prompts, kept.judge) != (prompt_set().digest, load_judge().sha256):
        remedy = "run `python -m lab.evaluation.calibration`"
        raise BadInput(str(path), f"was made for other prompts or another judge; {remedy}")
    return kept


def main() -> None:
    """Write the file for the present prompts and judge."""
    content = calibrate(prompt_set()).model_dump(mode="json")
    CALIBRATION.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
