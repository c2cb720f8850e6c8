"""The small pipeline on Prism."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.stack import running
from tests.infra.stack.sums import expected, run

pytestmark = pytest.mark.prism


def test_a_shuffle(tmp_path: Path):
    with running("prism") as prism:
        assert run(prism.options(), tmp_path / "sums") == expected()
