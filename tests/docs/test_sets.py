"""docs/sets.md holds the reference of set files as the code has it, and its examples are set files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.set_reference import SECTIONS, set_reference
from foundry.documents.limits import SETTINGS
from foundry.documents.reading import only_document
from foundry.documents.yaml_text import load_yaml
from foundry.sets.own_material import OwnMaterial
from foundry.sets.set_file import SetFile
from models.sets.set_check import problems_of

PAGE = (Path(__file__).parents[2] / "docs" / "sets.md").read_text(encoding="utf-8")
EXAMPLES = [text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if text.startswith("id: ")]


def test_the_page_holds_the_reference() -> None:
    assert set_reference() in PAGE, "run `python -m console.set_reference`"


def test_every_key_says_what_it_is() -> None:
    silent = [f"{name}.{key}" for name, model in SECTIONS.items() for key, field in model.model_fields.items()
              if not field.description]  # fmt: skip
    assert silent == []


def test_the_example_of_a_set_names_what_there_is() -> None:
    assert (
        problems_of(SetFile.model_validate(only_document(load_yaml(EXAMPLES[0].encode(), "", SETTINGS), "file"))) == ()
    )


def test_the_example_of_a_material_is_one_and_its_keys_are_described() -> None:
    OwnMaterial.model_validate(only_document(load_yaml(EXAMPLES[1].encode(), "", SETTINGS), "file"))


@pytest.mark.parametrize("key", sorted(set(OwnMaterial.model_fields) - {"id", "title"}))
def test_each_key_of_a_material_is_described(key: str) -> None:
    assert re.search(rf"^\| .*`{key}`", PAGE, re.MULTILINE) or f"`{key}`" in PAGE
