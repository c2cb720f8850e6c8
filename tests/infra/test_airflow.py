"""The DAG file for Airflow, as far as it can be tested without Airflow: its command line, and when it tries again."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer

from console.cli import app
from console.exit_codes import Exit
from tests.support.tools import INFRA

FILE = INFRA / "airflow" / "campaign_foundry_catalogs.py"
TREE = ast.parse(FILE.read_text(encoding="utf-8"))


def own_parts() -> dict[str, Any]:
    """Return the constants and the function of the file that need nothing of Airflow."""
    wanted = [
        node
        for node in TREE.body
        if (isinstance(node, ast.Assign) and all(isinstance(name, ast.Name) for name in node.targets))
        or (isinstance(node, ast.FunctionDef) and node.name == "command")
    ]
    found: dict[str, Any] = {"re": re, "Any": Any}
    exec(compile(ast.Module(wanted, []), FILE.name, "exec"), found)
    return found


def test_the_example_in_the_file_gives_a_command_that_exists(tmp_path: Path) -> None:
    told = json.loads(re.sub(r"\n\s+", " ", re.search(r"\{.*\]\}", ast.get_docstring(TREE) or "", re.DOTALL)[0]))  # type: ignore[index]
    (tmp_path / "files" / "aurelle").mkdir(parents=True)
    told |= {"tenants": str(tmp_path), "files": str(tmp_path / "files")}
    [entry] = told["catalogs"]
    words = own_parts()["command"](told, entry["tenant"], entry["catalog"])
    assert words[:5] == ["foundry", "catalog", "refresh", "aurelle/shoes", "--scheduled"]
    assert f"--assets={tmp_path}/files/aurelle" in words
    command, rest = typer.main.get_command(app), words[1:]
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    with command.make_context("foundry", rest):
        pass


def test_only_outages_and_bugs_are_tried_again() -> None:
    final = own_parts()["FINAL"]
    assert final.keys() == {Exit.REFUSED, Exit.FAILED_FILES, Exit.NOT_ALLOWED}


@pytest.mark.parametrize("name", ["../northpeak", "a b", "", "--force"])
def test_what_is_no_id_becomes_no_command(name: str) -> None:
    with pytest.raises(ValueError, match="correct the variable foundry_catalogs"):
        own_parts()["command"]({"store": "s", "tenants": "t"}, "aurelle", name)


def test_a_catalog_has_one_run_at_a_time_and_missed_ones_are_not_all_made_up_for() -> None:
    [dag] = [node for node in ast.walk(TREE) if isinstance(node, ast.Call) and ast.unparse(node.func) == "DAG"]
    given = {each.arg: ast.unparse(each.value) for each in dag.keywords}
    assert (given["max_active_runs"], given["catchup"]) == ("1", "False")
