"""What the README says can be typed."""

from __future__ import annotations

import glob
import re
import shlex
from pathlib import Path

import pytest
import typer

from console.cli import app
from tests.support.briefs import ROOT

TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands(text: Path) -> list[str]:
    """The `foundry` lines of its shell blocks, without their comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("foundry ")]


@pytest.mark.parametrize("line", [line for text in TEXTS for line in commands(text)])
def test_a_documented_command_is_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "demo/aurelle/renditions"
    for name in ("ab/one.webp", "cd/two.webp"):
        (made / name).parent.mkdir(parents=True)
        (made / name).touch()
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    words = [found for word in shlex.split(line)[1:] for found in (glob.glob(word) or [word])]  # noqa: PTH207 - as a shell does
    for word in words:
        assert not word.startswith("examples/") or Path(word).exists(), word
        assert "*" not in word, word
    command = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    command.make_context("foundry", words)  # raises what the user would be shown


def test_files_that_the_documents_link_exist() -> None:
    for text in TEXTS:
        for target in re.findall(r"\]\(([^)#:]+)\)", text.read_text(encoding="utf-8")):
            assert (text.parent / target).exists(), f"{text}: {target}"


def test_the_readme_shows_commands() -> None:
    assert len(commands(ROOT / "README.md")) >= 3
