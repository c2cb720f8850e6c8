"""`make` finds a Python that runs, and says a clear sentence where there is none; CI reads the one list of packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNS = '#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "started: ${0##*/} $*" >&2\nexit 9\n'
SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A checkout's Makefile and locks, where nothing was set up, and an empty folder `bin` for programs."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "locks", tmp_path / "locks")
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(folder: Path, name: str, script: str) -> None:
    (folder / "bin" / name).write_text(script)
    (folder / "bin" / name).chmod(0o755)


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make with the folder's programs alone; this process's own make and Python are out of sight."""
    command = [shutil.which("make") or "make", *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    environment["PATH"] = str(folder / "bin")
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip


def test_the_newest_python_that_really_runs_is_taken(clean: Path) -> None:
    program(clean, "python3.13", SHIM)
    program(clean, "python3.12", RUNS)
    program(clean, "python3.11", RUNS)
    assert "started: python3.12 -m venv .venv" in make(clean, "demo").stderr


def test_a_plain_python3_is_taken_where_no_version_has_a_name(clean: Path) -> None:
    program(clean, "python3", RUNS)
    assert "started: python3 -m venv .venv" in make(clean, "demo").stderr


def test_a_python_may_be_named(clean: Path) -> None:
    program(clean, "python3.13", RUNS)
    program(clean, "mine", RUNS)
    assert "started: mine -m venv .venv" in make(clean, "demo", "PYTHON=mine").stderr


@pytest.mark.parametrize("goal", ["demo", "test"])
def test_without_a_python_one_sentence_says_what_to_install(clean: Path, goal: str) -> None:
    program(clean, "python3.13", SHIM)
    done = make(clean, goal)
    assert done.returncode != 0
    first = done.stderr.splitlines()[0]
    assert first.startswith("Found no Python 3.11, 3.12 or 3.13 that runs")
    assert "sudo apt-get install python3 python3-venv" in first
    assert first.endswith(f"make {goal} PYTHON=/path/to/python3.13")


def test_the_pythons_that_make_looks_for_are_those_of_the_package() -> None:
    accepted = re.findall(r'requires-python = ">=(\S+),<(\S+)"', (ROOT / "pyproject.toml").read_text())[0]
    asked = re.findall(r"\((3), (\d+)\)", (ROOT / "Makefile").read_text())
    assert tuple(".".join(each) for each in asked) == accepted


def test_ci_installs_the_packages_of_the_one_list_and_then_calls_make_in_an_empty_home() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    assert "<infra/supply/system-packages.txt" in text
    assert "tesseract" not in text
    assert "home=$(mktemp -d)" in text
    assert text.rstrip().splitlines()[-2:] == [
        "make --jobs 3 --output-sync=target sbom audit check provide",
        "make test",
    ]


@pytest.mark.parametrize("goal", ["fast", "coverage"])
def test_the_fast_tests_are_those_of_the_list(goal: str) -> None:
    told = subprocess.run(["make", "--dry-run", goal], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "$(grep -v '^#' tests/fast.txt)" in told
