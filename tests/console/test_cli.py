"""The commands, as somebody types them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image

from tests.support.briefs import EXAMPLE_BRIEFS, EXAMPLES, ROOT, a_brief, product_picture
from tests.support.manifests import manifest_rows
from tests.support.small_masters import small_tenants


def foundry(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "console.cli", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=500, check=False)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small campaign, run once with the embedded model."""
    folder = tmp_path_factory.mktemp("campaign")
    small_tenants(folder)
    product_picture(folder / "serum.png")
    (folder / "brief.yaml").write_text(yaml.safe_dump(a_brief(placements=["google/leaderboard", "google/half-page"])))
    done = foundry("run", "brief.yaml", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "summary.json").write_text(done.stdout)
    return folder


def test_a_run_makes_everything_and_says_where_to_look(campaign: Path) -> None:
    summary = json.loads((campaign / "summary.json").read_text())
    assert (summary["made"], summary["failed"], summary["shots_drawn"]) == (4, 0, 2)
    assert Path(summary["report"]).is_file()
    index = json.loads(Path(summary["manifest"]).read_text())
    assert (index["rows"], index["failed"]) == (4, 0)
    table = pq.read_table(Path(summary["manifest"]).parent / "manifest" / index["plan"] / "parquet")
    assert table.num_rows == 4
    assert table.to_pylist() == manifest_rows(Path(summary["manifest"]).parents[3])


def test_a_second_run_makes_nothing_and_loads_no_model(campaign: Path) -> None:
    again = foundry("run", "brief.yaml", "--json", cwd=campaign)
    summary = json.loads(again.stdout)
    assert (again.returncode, summary["made"], summary["reused"]) == (0, 0, 4)
    code = "import sys; from console.cli import app; app(['run', 'brief.yaml'], standalone_mode=False);"
    loaded = subprocess.run(
        [sys.executable, "-c", code + "print([m for m in ('torch', 'apache_beam') if m in sys.modules])"],
        cwd=campaign, capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    assert loaded.stdout.splitlines()[-1] == "[]"


def test_plan_shows_reuse_in_json_and_for_people(campaign: Path) -> None:
    plan = json.loads(foundry("plan", "brief.yaml", "--json", cwd=campaign).stdout)
    assert plan["variants"] == {"total": 4, "make": 0, "render_only": 0, "reuse": 4}
    assert "Nothing to make" in foundry("plan", "brief.yaml", cwd=campaign).stdout


def test_explain_answers_from_the_file_and_from_its_id(campaign: Path) -> None:
    for file in (campaign / "store").glob("aurelle/renditions/*/*"):
        found = json.loads(foundry("explain", str(file), "--json", cwd=campaign).stdout)
        assert found["asset"] == file.stem
        assert found["bytes_unchanged"] is True
        assert found["master_record"]["seed"] == found["seed"]
    several = foundry("explain", file.stem, str(file), "--json", cwd=campaign).stdout.splitlines()
    assert [json.loads(line)["asset"] for line in several] == [file.stem, file.stem]
    shown = foundry("explain", file.stem, cwd=campaign)
    assert "Plaster wall" in shown.stdout
    missing = foundry("explain", "0" * 32, cwd=campaign)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "no manifest" in missing.stderr


def test_a_bad_brief_exits_with_2_and_one_message(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "tenants", tmp_path / "tenants")
    (tmp_path / "brief.yaml").write_text(yaml.safe_dump(a_brief()))
    refused = foundry("run", "brief.yaml", cwd=tmp_path)
    assert refused.returncode == 2
    assert "products[0].picture: 'serum.png' does not exist" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "store").exists()


def test_copy_that_will_not_fit_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "tenants", tmp_path / "tenants")
    product_picture(tmp_path / "serum.png")
    brief = a_brief(messages={"en-US": {"headline": "Donaudampfschifffahrt" * 9}}, placements=["google/leaderboard"])
    (tmp_path / "brief.yaml").write_text(yaml.safe_dump(brief))
    done = foundry("run", "brief.yaml", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert "google/leaderboard en-US: headline" in done.stderr
    assert not (tmp_path / "store").exists()


def test_dead_letters_exit_with_3_and_are_told(tmp_path: Path) -> None:
    small_tenants(tmp_path, upscale="lanczos")
    noise = np.random.default_rng(1).integers(0, 255, (1400, 1400, 3), np.uint8)
    Image.fromarray(noise).convert("RGBA").save(tmp_path / "serum.png")
    brief = a_brief(messages={"en-US": {"headline": "Noise"}}, placements=["iab/interstitial-1080"])
    (tmp_path / "brief.yaml").write_text(yaml.safe_dump(brief))
    done = foundry("run", "brief.yaml", "--json", cwd=tmp_path)
    summary = json.loads(done.stdout)
    assert (done.returncode, summary["failed"], summary["made"]) == (3, 1, 0)
    assert "too_many_bytes" in Path(summary["dead_letters"]).read_text()
    assert "not made" in Path(summary["report"]).read_text()


@pytest.mark.parametrize("command", ["models", "channels", "layouts list"])
def test_listings_print_tables_and_json(command: str) -> None:
    plain = foundry(*command.split())
    assert plain.returncode == 0
    assert json.loads(foundry(*command.split(), "--json").stdout)


def test_every_command_has_help_and_stands_in_the_readme_or_the_docs() -> None:
    texts = " ".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    from console.cli import app, brief_app, layouts_app, models_app, schema_app

    for group, prefix in (
        (app, ""),
        (brief_app, "brief "),
        (schema_app, "schema "),
        (layouts_app, "layouts "),
        (models_app, "models "),
    ):
        for command in group.registered_commands:
            assert command.callback is not None
            name = command.name or command.callback.__name__
            assert command.callback.__doc__
            assert re.search(rf"foundry {prefix}{name}\b", texts), name


def test_the_schema_describes_and_exemplifies_every_field() -> None:
    from jsonschema import Draft202012Validator

    from foundry.brief.intake import brief_schema, documents_of

    schema = brief_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for model in (schema, *schema["$defs"].values()):
        for name, field in model["properties"].items():
            assert field["description"], name
            assert field["examples"], name
    for path in EXAMPLE_BRIEFS:
        for document in documents_of(path):
            assert list(Draft202012Validator(schema).iter_errors(document)) == []
