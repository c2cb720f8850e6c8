"""`foundry package`: what is typed, and what is answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from console.cli import app
from console.exit_codes import Exit
from foundry.errors import BadInput
from tests.support.deliveries import TENANT, a_row, own_store, write_campaign, write_tenant


@pytest.fixture
def place(tmp_path: Path) -> Path:
    own = own_store(tmp_path / "store")
    rows = [
        a_row(own, 0, headline="-20 %"),
        a_row(own, 1, embargo="2999-01-01"),
        a_row(own, 2, channel="pinterest", placement="pinterest/pin"),
    ]
    write_campaign(own, rows)
    write_tenant(tmp_path / "tenants")
    return tmp_path


def told(place: Path, *words: str) -> Result:
    where = ["--store", str(place / "store"), "--tenants", str(place / "tenants"), "--output", str(place / "out")]
    return CliRunner().invoke(app, ["package", f"{TENANT}/spring", *words, *where], env={"COLUMNS": "300"})


def test_the_packages_are_named_with_what_a_person_has_to_look_at(place: Path) -> None:
    done = told(place)
    assert done.exit_code == Exit.DONE, done.output
    assert f"{place}/out/spring_meta.zip: 1 files" in done.output
    assert "1 texts begin as a formula does" in done.output
    assert "Link: wanted by the platform and empty" in done.output
    assert "Media URL, Pinterest board: wanted by the platform and empty" in done.output
    assert "1 files are under embargo, and not in them" in done.output


def test_scripts_get_the_same_as_json(place: Path) -> None:
    done = told(place, "--channel", "meta", "--json")
    answer = json.loads(done.stdout)
    assert [(each["channel"], each["files"], each["lacking"]) for each in answer["packages"]] == [("meta", 1, ["Link"])]
    assert answer["waiting"] == 1


def test_settings_of_the_tenant_fill_what_the_platform_wants(place: Path) -> None:
    file = place / "tenants" / TENANT / "tenant.yaml"
    document = yaml.safe_load(file.read_text())
    document["delivery"]["packages"] = {
        "landing_page": "https://aurelle.example/{product}",
        "media_url": "https://cdn.aurelle.example/{file}",
        "columns": {"pinterest": {"Pinterest board": "{campaign_name}"}},
    }
    file.write_text(yaml.safe_dump(document))
    assert "wanted by the platform" not in told(place).output


def test_a_channel_without_files_is_refused_with_those_that_have_some(place: Path) -> None:
    done = told(place, "--channel", "snap")
    assert isinstance(done.exception, BadInput)
    assert (
        str(done.exception) == "channel: snap has no files of spring that may leave; its channels are meta, pinterest"
    )


def test_a_damaged_file_is_named_and_ends_the_command_with_its_code(place: Path) -> None:
    own = own_store(place / "store")
    row = a_row(own, 0)
    (place / "store" / TENANT / row.address).write_bytes(b"damaged")
    write_campaign(own, [row, a_row(own, 5)])
    done = told(place)
    assert done.exit_code == Exit.FAILED_FILES
    assert f"left out {row.file_name}" in done.output
    assert "spring_meta.zip: 1 files" in done.output
