"""Tests that lack something are skipped, fail in CI, and are told of in one block with one command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from infra.supply import system
from infra.supply.system import ROWS_FILE, lacking_packages, packages_of, tool
from tests.support.left_out import block, reason
from tests.support.needing import NEEDS

ROOT = Path(__file__).parents[2]
MARKED = """
import pytest

@pytest.fixture
def server():
    raise RuntimeError("started")

@pytest.mark.readers("no-such-program")
@pytest.mark.parametrize("n", range(3))
def test_that_reads(n): ...

@pytest.mark.readers("no-such-program")
def test_that_starts_a_server(server): ...

@pytest.mark.skip(reason="of no use here")
def test_of_no_use(): ...

def test_that_passes(): ...
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PATH is an empty folder, and so is the home folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("FOUNDRY_TOOLS", raising=False)
    return tmp_path


def outcome(folder: Path, *arguments: str, **variables: str) -> str:
    """Run the marked tests with this project's hooks, and return what pytest says."""
    tests = folder / "test_marked.py"
    tests.write_text(MARKED)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", str(ROOT / "pyproject.toml"), str(tests)]
    rooted = [f"--rootdir={folder}", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(
        [*command, *rooted], env=variables, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout


@pytest.mark.parametrize("arguments", [(), ("--numprocesses", "2")], ids=["one-process", "two-workers"])
def test_what_is_lacking_is_skipped_before_fixtures_and_told_of_once(bare: Path, arguments: tuple[str, ...]) -> None:
    said = outcome(bare, *arguments, PATH=str(bare), HOME=str(bare), PYTHONPATH=str(ROOT))
    assert said.splitlines()[-1].strip("= ").startswith("1 passed, 5 skipped")
    told = said[said.index("left out =") :].splitlines()[1:6]
    assert told[:3] == ["5 tests were left out:", "  4  no no-such-program [readers]", "  1  of no use here"]
    assert told[4].startswith("  sudo apt-get install --yes ffmpeg ")
    assert told[4].endswith(" && make test")


def test_in_ci_what_is_lacking_fails(bare: Path) -> None:
    said = outcome(bare, PATH=str(bare), HOME=str(bare), PYTHONPATH=str(ROOT), CI="true")
    assert said.splitlines()[-1].strip("= ").startswith("1 passed, 1 skipped, 4 errors")
    assert "CI needs it: no no-such-program [readers]" in said


def test_one_command_brings_everything_and_make_test_alone_what_needs_no_root(bare: Path) -> None:
    lines = block({reason("browser", "no chromium"): 7, reason("kafka", "no java for kafka"): 120, "takes minutes": 1})
    assert lines == [
        "128 tests were left out:",
        "  120  no java for kafka [kafka]",
        "    7  no chromium [browser]",
        "    1  takes minutes",
        "This brings what they need (on another system than Debian, by other names):",
        "  sudo apt-get install --yes chromium openjdk-17-jre-headless maven && make test",
    ]
    assert block({reason("hadolint", "no hadolint"): 1})[-1] == "  make test"


def test_nothing_is_told_where_nothing_is_left_out_and_no_command_where_none_helps() -> None:
    assert block({}) == []
    assert block({"takes minutes": 1, reason("root", "only root may mount"): 1}) == [
        "2 tests were left out:",
        "  1  only root may mount [root]",
        "  1  takes minutes",
    ]


def test_packages_whose_program_is_there_are_not_asked_for(bare: Path) -> None:
    assert lacking_packages(["java", "icu"]) == ("libicu-dev", "pkg-config", "g++", "openjdk-17-jre-headless")
    (bare / "java").write_text("#!/bin/sh\n")
    (bare / "java").chmod(0o755)
    assert lacking_packages(["java", "icu"]) == ("libicu-dev", "pkg-config", "g++")


def test_every_need_names_rows_that_exist_and_every_row_is_needed() -> None:
    rows = {row for need in NEEDS.values() for row in need.brought_by}
    assert rows == {line.split()[0] for line in ROWS_FILE.read_text().splitlines() if not line.startswith("#")}
    assert all(packages_of(row) for row in rows)


def test_built_programs_are_found_in_the_users_cache_or_where_the_environment_says(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tool("helm") is None
    for folder in (system.tools_folder(), bare / "elsewhere"):
        folder.mkdir(parents=True)
        (folder / "helm").write_text("#!/bin/sh\n")
        (folder / "helm").chmod(0o755)
    assert tool("helm") == str(bare / ".cache" / "campaign-foundry" / "tools" / "helm")
    monkeypatch.setenv("FOUNDRY_TOOLS", str(bare / "elsewhere"))
    assert tool("helm") == str(bare / "elsewhere" / "helm")
