"""Programs that judge what infra/ holds: built by `make test`, beside Python, or on PATH."""

from __future__ import annotations

import subprocess
from pathlib import Path

from infra.supply.system import tool

INFRA = Path(__file__).parents[2] / "infra"


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program and return what it said; the test is marked with its name."""
    program = tool(name)
    assert program is not None, f"mark the test with `{name}`"
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=120)
