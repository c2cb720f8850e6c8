"""The small pipeline on Prism."""

from __future__ import annotations

from pathlib import Path

from foundry.stack import running
from tests.infra.servers import needing
from tests.infra.sums import expected, run

pytestmark = needing("prism")


def test_a_shuffle(tmp_path: Path):
    with running("prism") as prism:
        assert run(prism.options(), tmp_path / "sums") == expected()
