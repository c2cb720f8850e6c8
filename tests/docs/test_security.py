"""The page on security names tests that exist, at least one for each threat."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")


def rows() -> list[list[str]]:
    """The rows of the tables of threats, as their cells."""
    found: list[list[str]] = []
    in_threats = False
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if cells[:1] == ["Threat"]:
            in_threats = True
        elif not cells:
            in_threats = False
        elif in_threats and not line.startswith("| ---"):
            found.append(cells)
    return found


@cache
def functions_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("cells", rows(), ids=lambda cells: re.sub(r"\W+", "-", cells[0])[:60])
def test_each_threat_names_a_test_that_exists(cells: list[str]) -> None:
    assert len(cells) == 3, "a threat has three cells: threat, what holds it, test"
    named = NAMED.findall(cells[2])
    assert named, "no test is named; write `tests/path.py::test_name`"
    for path, function in named:
        assert (ROOT / path).is_file(), path
        assert not function or function in functions_in(path), f"{path} has no {function}"


def test_there_are_threats_of_each_kind_and_a_list_of_what_is_not_held_off() -> None:
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    for section in sections[1:-1]:
        assert "| Threat | What holds it | Test |" in section
    assert sections[-1].startswith("What is not held off")
