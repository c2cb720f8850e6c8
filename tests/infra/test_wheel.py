"""The built wheel holds every file that the code opens, and works from an empty folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
FOUND = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
ROOMS = sorted({name.rstrip("*").split(".")[0] for name in FOUND})
# infra/ is deployed from a checkout, except for the local stack.
STAYS = ("infra/",)
GOES = ("infra/stack/", "infra/__init__.py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of this tree, so that building leaves nothing behind here."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for room in ROOMS:
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    made = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(built), str(source)]
    subprocess.run([*PIP, *made], check=True, timeout=300)
    (file,) = built.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment that has the wheel, and sees this one's packages but not this tree."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    packages = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True, timeout=60
    )
    Path(packages.strip(), "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    into = ["--python", str(python), "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
    subprocess.run([*PIP, *into], check=True, timeout=300)
    return home / "bin"


def said(programs: Path, folder: Path, *command: str) -> str:
    """Return what the installed `foundry` prints in a folder."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [programs / "foundry", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False,
        timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_rooms_is_in_the_wheel(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*") if file.is_file())
    names = (file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts)
    wanted = {name for name in names if name.startswith(GOES) or not name.startswith(STAYS)}
    assert len(wanted) > 500
    assert wanted - held == set()


def test_tests_and_benchmarks_stay_out_of_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert tops == set(ROOMS)


@pytest.mark.slow
def test_the_installed_demo_plans_the_example_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    asked = [installed / "python", "-c", "import console.cli as cli; print(cli.EXAMPLE)"]
    where = subprocess.check_output(asked, cwd=tmp_path, text=True, timeout=60).strip()
    assert Path(where).is_relative_to(installed.parent)
    assert "Build the example campaign" in said(installed, tmp_path, "demo", "--help")
    plan = json.loads(said(installed, tmp_path, "plan", where, "--store", "demo", "--json"))
    assert (plan["shots"]["total"], plan["variants"]["make"]) == (30, 504)


@pytest.mark.slow
def test_the_installed_package_makes_files_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    examples = next(installed.parent.rglob("examples/aurelle-spring-glow.yaml")).parent
    brief = yaml.safe_load((examples / "aurelle-spring-glow.yaml").read_text())
    brief["products"] = [brief["products"][0] | {"picture": "serum.png"}]
    brief["scenes"], brief["placements"] = brief["scenes"][:1], ["meta/story"]
    brief["messages"] = dict(list(brief["messages"].items())[:1])
    shutil.copy(examples / "products" / "aurelle-serum.png", tmp_path / "serum.png")
    (tmp_path / "brief.yaml").write_text(yaml.safe_dump(brief, allow_unicode=True))
    made = said(installed, tmp_path, "run", "brief.yaml", "--store", "made", "--tenants", str(examples / "tenants"))
    page = tmp_path / "made" / "aurelle" / "campaigns" / "spring-glow" / "report.html"
    assert page.is_file()
    assert made.splitlines()[-1] == f"Look at {page.resolve().as_uri()}"
