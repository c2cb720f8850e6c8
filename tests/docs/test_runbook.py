"""The runbook has a section for each alert, and the commands that it names exist with the options that it gives."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml

from console.cli import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
RULES = yaml.safe_load((ROOT / "infra" / "alerts" / "foundry.rules.yaml").read_text(encoding="utf-8"))["groups"]
ALERTS = [rule for group in RULES for rule in group["rules"]]
PARTS = ("**Means.**", "**Look.**", "**Do.**", "**Made to fire.**")


def sections() -> dict[str, str]:
    """Heading → text, of the headings of the second level."""
    found = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def commands() -> list[str]:
    """Every command line of ours, in blocks and in sentences."""
    inline = re.findall(r"`(foundry [^`]+)`", PAGE)
    blocks = [
        line.split("#")[0] for block in re.findall(r"```\n(.+?)```", PAGE, re.DOTALL) for line in block.splitlines()
    ]
    return sorted({*inline, *(line.strip() for line in blocks if line.startswith("foundry "))})


def test_each_alert_has_a_section_and_each_section_an_alert() -> None:
    assert [name for name in sections() if name.startswith("Foundry")] == [rule["alert"] for rule in ALERTS]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_a_section_says_what_it_means_how_to_look_what_to_do_and_how_it_was_made_to_fire(rule: dict) -> None:
    text = sections()[rule["alert"]]
    assert [text.count(part) for part in PARTS] == [1, 1, 1, 1]
    assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{rule['alert'].lower()}"


@pytest.mark.parametrize("line", commands())
def test_the_commands_exist_and_take_what_they_are_given(line: str) -> None:
    words, command = shlex.split(line)[1:], typer.main.get_command(app)
    while hasattr(command, "commands"):
        assert words[0] in command.commands, line
        command = command.commands[words.pop(0)]
    with command.make_context(line, words):  # parses, and raises for a word too many or too few
        pass


def test_links_lead_to_pages_and_sections() -> None:
    headings = {re.sub(r"[^a-z0-9 -]", "", name.lower()).replace(" ", "-") for name in sections()}
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        file, _, part = target.partition("#")
        assert not file or (ROOT / "docs" / file).exists(), target
        assert file or part in headings, target
