"""What importing the project does to the process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["foundry", "models", "console.cli"])
@pytest.mark.parametrize(("given", "wanted"), [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7")])
def test_waiting_threads_are_told_not_to_spin_before_torch_is_there(
    package: str, given: dict[str, str], wanted: str
) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    said = f"import os, sys, {package}; print(os.environ['GOMP_SPINCOUNT'], 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], env=kept | given, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [wanted, "False"]
