"""Two runs of a catalog: what became of each product."""

from __future__ import annotations

from pathlib import Path

from tests.support.judged_rows import a_catalog, a_row
from tests.support.remembered import Memory


def test_a_first_feed_is_new_and_the_same_one_again_asks_for_nothing(tmp_path: Path) -> None:
    memory = Memory(tmp_path, a_catalog())
    rows = [a_row("a", title="A"), a_row("b", title="B")]
    assert memory.run(rows) == {"new": ("a", "b")}
    assert memory.run(rows) == {}
