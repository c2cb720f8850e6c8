"""The count of a part that was made, for its order's tally."""

from __future__ import annotations

from collections.abc import Sequence

from foundry.manifest import SHOT_STAGES, DeadLetter
from foundry.plan.estimate import Made, Needs
from pipelines.bus.order_progress import MOST_FAILED_IDS
from pipelines.dispatcher.order import Order


def count_part(order: Order, lacking: Needs, made: Made, letters: Sequence[DeadLetter], seconds: float) -> None:
    """Add a part that was made to the order's tally, once, however often it was made."""
    tally = order.tally
    tally.making = tally.drawing = 0
    if order.parts_left_at_count == len(order.parts):
        return
    order.parts_left_at_count = len(order.parts)
    tally.failed += sum(letter.stage == "render" for letter in letters)
    tally.made += made.files
    tally.reused += lacking.variants_reused
    tally.shots_drawn += made.shots
    tally.shots_reused += lacking.shots_reused
    tally.shots_refused += sum(letter.stage in SHOT_STAGES for letter in letters)
    tally.bugs += sum(letter.code == "bug" for letter in letters)
    tally.money += made.money
    tally.seconds += seconds
    tally.failed_ids += [letter.key for letter in letters][: max(0, MOST_FAILED_IDS - len(tally.failed_ids))]
