"""Tenants' files are read again when they change, and what they name is looked at again with every brief."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from foundry.errors import BadInput
from foundry.tenant import load_tenant
from tests.support.briefs import EXAMPLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES / "tenants", tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_tenant_that_was_edited_is_read_again(folder: Path) -> None:
    file = folder / "aurelle" / "tenant.yaml"
    assert load_tenant(folder, "aurelle").name == "Aurelle"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"name": "Aurelle Paris"}))
    assert load_tenant(folder, "aurelle").name == "Aurelle Paris"
    file.unlink()
    with pytest.raises(BadInput, match="tenants there: northpeak"):
        load_tenant(folder, "aurelle")


def test_a_logo_that_was_changed_changes_the_brand_though_the_tenants_file_did_not(folder: Path) -> None:
    before = load_tenant(folder, "aurelle").brand_digest
    shutil.copy(folder / "aurelle" / "logo-light.png", folder / "aurelle" / "logo.png")
    assert load_tenant(folder, "aurelle").brand_digest != before
