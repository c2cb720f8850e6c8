"""`foundry tenants` and `foundry schema tenant`: what a tenant's file must hold, and every fault in its own words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from console.cli import app
from console.exit_codes import Exit
from foundry.errors import BadInput
from tests.support.briefs import EXAMPLES


def foundry(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "300"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES / "tenants", tmp_path / "tenants", ignore=shutil.ignore_patterns("*.py"))
    return tmp_path / "tenants"


def test_tenants_are_listed(folder: Path) -> None:
    done = foundry("tenants", "--tenants", folder)
    assert done.exit_code == 0
    assert [line.split() for line in done.stdout.splitlines()[1:]] == [
        ["aurelle", "Aurelle", "good"], ["northpeak", "Northpeak", "good"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("brand", "said"),
    [
        (None, "brand: it is missing; add it; see `foundry schema tenant`"),
        ([], "brand: [] is refused: a map of keys is needed here; change it"),
        ({}, "brand.palette: it is missing; add it; see `foundry schema tenant`"),
        (
            {"primary": "red"},
            "brand.palette.primary: 'red' is refused: a colour has six hexadecimal digits; write",
        ),
        ({"scene": "#FFFFFF"}, "brand.palette.scene: '#FFFFFF' is refused: a list is needed here; change it"),
    ],
)
def test_what_is_wrong_with_a_minimal_file_is_said_in_words_of_its_own(folder: Path, brand: Any, said: str) -> None:
    palette = {"primary": "#9A4526", "accent": "#C9A063", "ink": "#3B2A22", "paper": "#FBF6EC", "scene": ["#EFDFC2"]}
    whole = {"palette": {**palette, **brand}} if brand else brand
    content = {"id": "volt", "name": "Volt", "brand": whole}
    (folder / "volt").mkdir()
    (folder / "volt" / "tenant.yaml").write_text(yaml.safe_dump({k: v for k, v in content.items() if v is not None}))
    done = foundry("tenants", "--tenants", folder, "--json")
    assert done.exit_code == Exit.REFUSED
    problems = {each["tenant"]: each["problems"] for each in json.loads(done.stdout)}
    assert said in problems["volt"][0]
    assert (problems["aurelle"], "Input should" in done.stdout) == ([], False)


def test_a_logo_that_is_not_there_is_found(folder: Path) -> None:
    (folder / "aurelle" / "logo.png").unlink()
    done = foundry("tenants", "--tenants", folder)
    assert done.exit_code == Exit.REFUSED
    assert "brand.logo.dark: 'logo.png' does not exist" in done.stdout


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    done = foundry("tenants", "--tenants", tmp_path / "none")
    assert isinstance(done.exception, BadInput)
    assert "is no folder of tenants; name one with --tenants" in str(done.exception)


def test_the_schema_of_tenants_takes_the_examples_and_refuses_others() -> None:
    schema = json.loads(foundry("schema", "tenant").stdout)
    judge = Draft202012Validator(schema)
    for path in sorted(EXAMPLES.glob("tenants/*/tenant.yaml")):
        judge.validate(yaml.safe_load(path.read_text()))
    wrong = yaml.safe_load((EXAMPLES / "tenants/aurelle/tenant.yaml").read_text())
    wrong["brand"]["palette"]["primary"] = "red"
    assert [error.json_path for error in judge.iter_errors(wrong)] == ["$.brand.palette.primary"]
