"""The bill of materials has a licence for each package, and none that the project cannot live with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

import pytest

from infra.supply.licences import NOTES, completed, in_images, objection, stated, table
from infra.supply.locks import LOCKS, ROOT, blocks

NOTED = tomllib.loads(NOTES.read_text())


def component(*licences: dict[str, Any], name: str = "thing") -> dict[str, Any]:
    return {"name": name, "version": "1", "licenses": list(licences)}


def under(licence: str, name: str = "thing") -> dict[str, Any]:
    return component({"expression": licence}, name=name)


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "Apache-2.0 AND CNRI-Python",
        "LGPL-3.0-or-later",
        "License :: OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)",
        "GPL-2.0-only OR MIT",
        "BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1",
    ],
)
def test_a_licence_that_fits_meets_no_objection(licence: str) -> None:
    assert objection(under(licence), ()) == ""


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0",
        "GPL-2.0-or-later",
        "MIT AND GPL-3.0-only",
        "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
        "GPL-2.0-only OR AGPL-3.0-only",
    ],
)
def test_a_gpl_is_refused_except_for_a_program_that_runs_apart(licence: str) -> None:
    assert "only a program that runs in a process of its own" in objection(under(licence), ())
    assert objection(under(licence), {"thing": "a program"}) == ""


@pytest.mark.parametrize(
    "licence", ["AGPL-3.0-or-later", "License :: OSI Approved :: GNU Affero General Public License v3", "SSPL-1.0"]
)
def test_an_affero_licence_is_refused_even_apart(licence: str) -> None:
    assert "which the project does not take in" in objection(under(licence), {"thing": "a program"})


def test_every_licence_of_a_package_counts() -> None:
    both = component({"license": {"id": "MIT"}}, {"license": {"name": "GPL-3.0"}})
    assert stated(both) == ["MIT", "GPL-3.0"]
    assert "is under GPL-3.0" in objection(both, ())


def test_a_package_without_a_licence_is_refused_until_somebody_finds_it() -> None:
    notes = {"found": {"thing": "MIT"}, "chosen": {}}
    assert "add it to infra/supply/licences.toml" in objection(component(), ())
    assert stated(completed(component(), notes)) == ["MIT"]
    assert stated(completed(under("BSD-3-Clause"), notes)) == ["BSD-3-Clause"]


def test_a_choice_between_licences_is_recorded() -> None:
    chosen = completed(component({"license": {"id": "GPL-2.0-only"}}, name="Pyphen"), NOTED)
    assert chosen["licenses"] == [{"expression": "MPL-1.1", "acknowledgement": "concluded"}]


def test_the_notes_speak_of_packages_that_are_locked() -> None:
    locked = {name for file in LOCKS.glob("*.txt") for name in blocks(file.read_text())}
    assert {name for table in NOTED.values() for name in table} <= locked


def test_no_gpl_program_is_among_what_the_images_or_the_demo_install() -> None:
    for name in ("run", "serve-cpu", "serve-cuda"):
        assert not NOTED["apart"].keys() & blocks((LOCKS / f"{name}.txt").read_text()).keys()


def test_this_environment_has_a_bill_of_materials_that_meets_no_objection(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"
    # `make sbom` validates the document as well, which takes most of its time.
    made = ["--no-validate", "--pyproject", str(ROOT / "pyproject.toml"), "-o", str(file), sys.executable]
    subprocess.run([sys.executable, "-m", "cyclonedx_py", "environment", *made], check=True, timeout=120)
    check = [sys.executable, "-m", "infra.supply.licences", str(file)]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    document = json.loads(file.read_text())
    assert document["bomFormat"] == "CycloneDX"
    assert document["metadata"]["component"]["name"] == "campaign-foundry"
    assert {"torch", "apache-beam"} <= {each["name"] for each in document["components"]}
    assert all(stated(each) for each in document["components"])
    told, found = rows(PAGE), rows("\n".join(table(document["components"], in_images())))
    assert {name: told.get(name) for name in found} == found
    assert told.keys() <= in_images()


PAGE = (ROOT / "docs" / "reference" / "licences.md").read_text()


def rows(text: str) -> dict[str, str]:
    """Package → licence, of the last table of a page."""
    last = text[text.index("| as the package states it |") :].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in last if line]
    return {name: licence for licence, names in cells for name in names.split(", ")}


def test_a_table_has_a_row_for_each_licence() -> None:
    components = [under("MIT", "b"), under("MIT", "A_c"), under("BSD-3-Clause", "d"), under("MIT", "left-out")]
    assert table(components, ["a-c", "b", "d"])[2:] == ["| BSD-3-Clause | d |", "| MIT | a-c, b |"]


def test_the_page_names_every_package_of_the_images_that_calls_itself_unfinished() -> None:
    young = ("1 - Planning", "2 - Pre-Alpha", "3 - Alpha")
    for name in in_images():
        try:
            classifiers = metadata(name).get_all("Classifier") or []
        except PackageNotFoundError:  # of another platform
            continue
        if any(each == f"Development Status :: {status}" for each in classifiers for status in young):
            assert re.search(rf"^\|[^|]*\b{re.escape(name)}\b", PAGE.split("## Known")[0], re.MULTILINE), name


def test_importing_the_program_loads_no_gpl_encoder() -> None:
    program = (
        "import sys, console.cli, pipelines.campaign.flow, pipelines.dispatcher.serving; assert 'av' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
