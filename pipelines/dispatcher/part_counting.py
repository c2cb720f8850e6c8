"""The count of a part that was made, for its order's tally."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from foundry.letter_figures import LetterFigures
from foundry.manifest import SHOT_STAGES, DeadLetter
from foundry.plan.estimate import Made, Needs
from pipelines.bus.order_progress import MOST_FAILED_IDS
from pipelines.dispatcher.order import Order


@dataclass(frozen=True)
class PartLetters:
    """The dead letters of a part: the first of them, and the figures of all."""

    first: Sequence[DeadLetter] = ()
    figures: LetterFigures = field(default_factory=LetterFigures)


NO_LETTERS = PartLetters()


def count_part(order: Order, lacking: Needs, made: Made, letters: PartLetters, seconds: float) -> None:
    """Add a part that was made to the order's tally, once, however often it was made."""
    tally = order.tally
    tally.making = tally.drawing = 0
    if order.parts_left_at_count == len(order.parts):
        return
    order.parts_left_at_count = len(order.parts)
    tally.failed += letters.figures.of_stages("render")
    tally.made += made.files
    tally.reused += lacking.variants_reused
    tally.shots_drawn += made.shots
    tally.shots_reused += lacking.shots_reused
    tally.shots_refused += letters.figures.of_stages(*SHOT_STAGES)
    tally.bugs += letters.figures.of_code("bug")
    tally.money += made.money
    tally.seconds += seconds
    tally.failed_ids += [letter.key for letter in letters.first][: max(0, MOST_FAILED_IDS - len(tally.failed_ids))]
