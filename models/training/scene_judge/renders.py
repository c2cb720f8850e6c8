"""The judge's training pictures: renders with every scene equally often and colours drawn at random."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.evaluation.scaling import Picture
from models.training.backdrop.captions import recipes
from models.training.backdrop.scenes import SCENES, render

SIZES = [(144, 144), (128, 160), (112, 192), (192, 112)]
TRAINING_SEED, HELD_OUT_SEED = 20_261, 90_417


@dataclass(frozen=True)
class Labelled:
    """A render and what it shows."""

    picture: Picture
    kind: str


def kinds() -> tuple[str, ...]:
    """Every scene kind, in a fixed order."""
    return tuple(sorted(SCENES))


def labelled(count: int, seed: int) -> list[Labelled]:
    """`count` renders, the kinds in turn; another seed gives other accidents, colours and sides."""
    made = []
    for at, recipe in enumerate(recipes(count, SIZES, seed)):
        of_kind = replace(recipe, kind=kinds()[at % len(kinds())])
        made.append(Labelled(render(of_kind), of_kind.kind))
    return made
