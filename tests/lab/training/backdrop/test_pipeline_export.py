"""An export without weights says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.training.backdrop.pipeline_export import export_pipeline


def test_an_untrained_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="holds none of decoder; train first"):
        export_pipeline(tmp_path, tmp_path / "model")
    assert not (tmp_path / "model").exists()
