"""A file of weights appears whole, with the tensors' values."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lab.training.weight_files import save_tensors


def test_views_and_shared_tensors_are_written_as_they_are(tmp_path: Path) -> None:
    base = torch.arange(6.0).reshape(2, 3)
    tensors = {"turned": base.T, "whole": base, "again": base}
    save_tensors(tensors, tmp_path / "a.safetensors")
    stored = load_file(tmp_path / "a.safetensors")
    assert all(torch.equal(stored[name], value) for name, value in tensors.items())
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors"]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    save_tensors({"a": torch.zeros(1)}, tmp_path / "a.safetensors")
    with pytest.raises(AttributeError):
        save_tensors({"a": "no tensor"}, tmp_path / "a.safetensors")  # type: ignore[dict-item]
    assert torch.equal(load_file(tmp_path / "a.safetensors")["a"], torch.zeros(1))
