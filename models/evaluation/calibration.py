"""What the measures say of renders that answer the prompts exactly, and of renders that answer others.

`python -m models.evaluation.calibration` writes `calibration.json`. A figure means little without its ceiling (the
renders that match) and its floor (the same renders beside another prompt's palette, or a guessed side). The palette's
bound is the largest whole ΔE at which at most one in twenty of the shuffled renders passes.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from foundry.errors import BadInput
from models.evaluation.diversity import diversity
from models.evaluation.matched import matched_render
from models.evaluation.measured import Seen, look
from models.evaluation.palette import palette_distances
from models.evaluation.prompts import PromptSet, prompt_set
from models.evaluation.scene_judge import load_judge

CALIBRATION = Path(__file__).parent / "calibration.json"
FLOOR = 0.05
BOUNDS = range(3, 21)
SHIFT = 7


class Calibration(BaseModel):
    """Ceilings, floors and the palette's bound, for one version of prompts and judge."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompts: str
    judge: str
    renders: int
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


def calibrate(prompts: PromptSet) -> Calibration:
    """Render every prompt twice and measure."""
    judge = load_judge()
    pairs = [(matched_render(prompt, 0), matched_render(prompt, 1)) for prompt in prompts.prompts]
    shown = look([first for first, _ in pairs], [prompt.palette for prompt in prompts.prompts], judge)
    others = _shuffled(prompts)
    shuffled = [
        _beside(one, palette_distances(first, palette))
        for one, (first, _), palette in zip(shown, pairs, others, strict=True)
    ]
    table = {bound: (_passing(shown, bound), _passing(shuffled, bound)) for bound in BOUNDS}
    bound = max((bound for bound, (_, floor) in table.items() if floor <= FLOOR), default=min(BOUNDS))
    right = [one.scene == prompt.scene for one, prompt in zip(shown, prompts.prompts, strict=True)]
    sides = [prompt.light for prompt in prompts.prompts]
    return Calibration(
        prompts=prompts.digest,
        judge=judge.sha256,
        renders=len(pairs),
        palette_bound=bound,
        palette_ceiling=table[bound][0],
        palette_floor=table[bound][1],
        palette_by_bound=table,
        palette_by_colour=_by_colour(shown, bound),
        scene_ceiling=_share(right),
        light_ceiling=_share([one.light == side for one, side in zip(shown, sides, strict=True)]),
        light_floor=max(_share([side == guess for side in sides]) for guess in set(sides)),
        diversity=round(statistics.fmean(diversity(pair) for pair in pairs), 4),
        sharpness={prompt.id: one.sharpness for prompt, one in zip(prompts.prompts, shown, strict=True)},
    )


def _shuffled(prompts: PromptSet) -> list[tuple[str, ...]]:
    palettes = [prompt.palette for prompt in prompts.prompts]
    return [palettes[(at + SHIFT) % len(palettes)] for at in range(len(palettes))]


def _beside(seen: Seen, distances: tuple[float, ...]) -> Seen:
    return Seen(seen.scene, seen.sure, seen.light, distances, seen.sharpness)


def _passing(shown: Sequence[Seen], bound: float) -> float:
    return _share([one.shows_palette(bound) for one in shown])


def _by_colour(shown: Sequence[Seen], bound: float) -> tuple[float, ...]:
    most = max(len(one.distances) for one in shown)
    return tuple(_share([one.distances[at] <= bound for one in shown if len(one.distances) > at]) for at in range(most))


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4)


@lru_cache(maxsize=2)
def calibration(path: Path = CALIBRATION) -> Calibration:
    """The kept calibration; BadInput when it was made for other prompts or another judge."""
    try:
        kept = Calibration.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise BadInput(str(path), f"is not a calibration: {error}") from error
    if (kept.prompts, kept.judge) != (prompt_set().digest, load_judge().sha256):
        remedy = "run `python -m models.evaluation.calibration`"
        raise BadInput(str(path), f"was made for other prompts or another judge; {remedy}")
    return kept


def main() -> None:
    """Write the file for the present prompts and judge."""
    content = calibrate(prompt_set()).model_dump(mode="json")
    CALIBRATION.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
