"""Deliveries whose process is killed at any moment: nothing is lost, and nothing is there twice."""

from __future__ import annotations

from pathlib import Path

from tests.support.delivery_kills import KilledDelivery


def test_forty_kills_while_sixty_files_go_to_three_targets_lose_and_double_nothing(tmp_path: Path) -> None:
    assert KilledDelivery(tmp_path, files=60).run(kills=40) == {"whole": 180}
