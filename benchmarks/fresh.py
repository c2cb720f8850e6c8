"""Measurements in a process that has done nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def printed(module: str, *arguments: object, cwd: Path | None = None, environment: dict[str, str] | None = None) -> Any:
    """Return what a module prints last, read as JSON; SystemExit with the end of its errors if it fails."""
    told = [str(argument) for argument in arguments]
    command = [sys.executable, "-m", module, *told]
    run = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"{module} {' '.join(told)} failed:\n{run.stderr[-2000:]}")
    return json.loads(run.stdout.splitlines()[-1])
