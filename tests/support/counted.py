"""What a run counted, as far as two runs of the same work have it in common."""

from __future__ import annotations

from pipelines.campaign.flow import Outcome
from transforms.counting import MEASURED


def counted(outcome: Outcome) -> dict[str, int]:
    """Return the counts of an outcome by kind, without those that are measured."""
    return {kind: number for kind, number in outcome.counts.items() if kind not in MEASURED}
