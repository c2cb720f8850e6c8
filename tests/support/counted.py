"""What a run counted, as far as two runs of the same work have it in common."""

from __future__ import annotations

from collections.abc import Mapping

from transforms.counting import MEASURED


def counted(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts by kind without those that are measured."""
    return {kind: number for kind, number in counts.items() if not kind.startswith(MEASURED)}
