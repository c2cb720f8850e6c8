"""A target appears whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from imaging.pixels.rows import Rows
from models.upscaling.target_picture import TargetPicture
from tests.models.upscaling.pictures import Pixels


def test_a_broken_source_leaves_no_half_written_target(tmp_path: Path) -> None:
    def strips() -> Iterator[Pixels]:
        yield np.zeros((8, 8, 3), np.float32)
        raise OSError("injected")

    with pytest.raises(OSError, match="injected"):
        TargetPicture(tmp_path / "a.png", 8, b"").write(Rows(8, 16, 3, strips()))
    assert list(tmp_path.iterdir()) == []
