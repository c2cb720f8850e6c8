"""Measured cost is true: the seconds in a stage's records are those that its process used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.briefs import ROOT


def measure(stage: str, folder: Path) -> dict[str, Any]:
    """The figures of a stage that runs alone in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.transforms.measured_stage", stage, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=580)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@pytest.mark.campaign
def test_records_of_a_stage_alone_add_up_to_what_its_process_used(tmp_path: Path) -> None:
    for stage, steps in (
        ("draw", {"load", "draw", "screen", "upscale", "stage", "encode", "write"}),
        ("render", {"layer", "finish", "encode", "check", "thumbnail", "write"}),
    ):
        told = measure(stage, tmp_path)
        # A short stage uses half a second; what lies between its steps is some hundredths of one.
        assert told["measured_s"] == pytest.approx(told["used_s"], rel=0.05, abs=0.06), told
        assert told["unmeasured"] == 0
        assert steps <= set(told["steps"])
