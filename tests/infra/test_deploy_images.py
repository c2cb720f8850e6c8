"""The images' Dockerfiles: stages, pins, users. They are read here; building them needs Docker."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from infra.supply.system import packages_of
from models.sets.renderer.variants import OLDEST_LLVM
from pipelines.flex_template import PARAMETERS, image_spec, metadata, parse_arguments
from tests.support.tools import INFRA, run

ROOT = INFRA.parent
FILES = sorted((INFRA / "images").glob("*.Dockerfile"))
TARGETS = {"cpu": {"foundry", "worker"}, "cuda": {"foundry", "worker", "launcher"}}


def stages(file: Path) -> dict[str, list[str]]:
    """Stage → its instructions, joined over continued lines; FROM is the first."""
    text = re.sub(r"\\\n\s*", " ", "\n".join(x for x in file.read_text().splitlines() if not x.startswith("#")))
    found: dict[str, list[str]] = {}
    bases = dict(re.findall(r"^ARG (\w+)=(\S+)$", text.split("\nFROM ")[0], re.MULTILINE))
    for line in filter(None, (line.strip() for line in text[text.index("FROM ") :].splitlines())):
        if line.startswith("FROM "):
            line = re.sub(r"\$\{(\w+)\}", lambda told: bases[told[1]], line)  # noqa: PLW2901 - as Docker reads it
            name = line.split(" AS ")[1]
            found[name] = []
        found[name].append(line)
    return found


def lineage(file: Path, stage: str) -> list[str]:
    """A stage's instructions with those of the stages that it starts from, first ones first."""
    found = stages(file)
    parent = found[stage][0].split()[1]
    return [*(lineage(file, parent) if parent in found else []), *found[stage]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_bases_are_pinned_to_tags_that_stay(file: Path):
    found = stages(file)
    for lines in found.values():
        base = lines[0].split()[1]
        if base not in found:
            tagged, _, digest = base.partition("@")
            assert re.search(r":[\w.-]*\d[\w.-]*$", tagged), base
            assert not tagged.endswith(":latest")
            assert re.fullmatch("sha256:[0-9a-f]{64}", digest) or not tagged.startswith("python:"), base


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_base_can_be_given_by_digest(file: Path):
    bases = re.findall(r"^FROM (\S+)", file.read_text(), re.MULTILINE)
    assert set(bases) - stages(file).keys() <= {"${BEAM}", "${PYTHON}", "${TEMPLATE}"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_image_is_made_in_which_decoding_would_not_be_confined(file: Path):
    assert any("import pyseccomp" in line for line in lineage(file, "foundry"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_image_renders_sets_with_a_compiler_that_is_new_enough(file: Path):
    lines = lineage(file, "foundry")
    (package,) = re.findall(r"apt-get install .*\blibllvm(\d+)", "\n".join(lines))
    assert int(package) >= OLDEST_LLVM
    assert any("import ctypes, mitsuba" in line and f"libLLVM.so.{package}" in line for line in lines)
    assert f"libllvm{package}" in packages_of("sets")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_shipped_is_not_root_and_says_how_it_is(file: Path):
    ends = {name for name, lines in stages(file).items() if any(line.startswith("ENTRYPOINT") for line in lines)}
    assert ends == TARGETS[file.name.split(".")[0]]
    for name in ends:
        lines = lineage(file, name)
        users = [line.split()[1] for line in lines if line.startswith("USER ")]
        assert users[-1] == "10001:10001"
        assert any(line.startswith("HEALTHCHECK") for line in lines)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_packages_come_from_a_lock_with_hashes_and_the_project_resolves_nothing(file: Path):
    installs = [line for lines in stages(file).values() for line in lines if "pip install" in line]
    assert all("--no-deps" in line for line in installs)
    assert ["--require-hashes" in line for line in installs[-2:]] == [True, False]
    assert all("--require-hashes" in line or "TORCH_INDEX" in line for line in installs[:-1])
    assert installs[-1].endswith("--no-build-isolation .")


def test_torch_for_cpus_comes_at_the_versions_of_the_lock():
    (install,) = [line for line in lineage(INFRA / "images" / "cpu.Dockerfile", "wheels") if "TORCH_INDEX}" in line]
    lock = (ROOT / "locks" / "serve-cuda.txt").read_text()
    wanted = re.findall(r"\b(torch(?:vision)?==\S+)", install)
    assert len(wanted) == 2
    assert all(f"\n{each} " in lock for each in wanted)
    assert "\ntorch" not in (ROOT / "locks" / "serve-cpu.txt").read_text()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_room_of_the_package_is_in_the_image(file: Path):
    rooms = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    copied = {line.split()[1].rstrip("/") for line in lineage(file, "wheels") if line.startswith("COPY ")}
    assert {room.split(".")[0].rstrip("*") for room in rooms} <= copied


def test_the_launcher_starts_a_file_that_the_package_has():
    text = (INFRA / "images" / "cuda.Dockerfile").read_text()
    (path,) = re.findall(r"FLEX_TEMPLATE_PYTHON_PY_FILE=\S+/site-packages/(\S+)", text)
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_beams_boot_is_of_the_version_that_the_lock_has(file: Path):
    (pinned,) = re.findall(r"^apache-beam\S*==(\S+)", (ROOT / "locks" / "serve-cuda.txt").read_text(), re.MULTILINE)
    assert stages(file)["beam"][0].split()[1] == f"apache/beam_python3.11_sdk:{pinned}"
    assert "COPY --from=beam /opt/apache/beam /opt/apache/beam" in lineage(file, "worker")
    assert lineage(file, "worker")[-1] == 'ENTRYPOINT ["/opt/apache/beam/boot"]'


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_copied_is_there_and_not_ignored(file: Path):
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    copied = [line.split()[1:-1] for lines in stages(file).values() for line in lines if line.startswith("COPY ")]
    for name in {name for names in copied for name in names if not name.startswith(("--from", "/opt"))}:
        assert (ROOT / name).exists()
        assert f"!{name.rstrip('/')}" in ignored


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_gpl_encoder_is_shipped_by_default(file: Path):
    (locks,) = re.findall(r'^ARG LOCKS="(.+)"$', file.read_text(), re.MULTILINE)
    held = "".join((ROOT / "locks" / f"{name}.txt").read_text() for name in locks.split())
    assert not re.search(r"^(av|bpy)==", held, re.MULTILINE)
    assert "\nkafka-python==" in held
    assert "\ngoogle-cloud-storage==" in held


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("name", [pytest.param("hadolint", marks=pytest.mark.hadolint)])
def test_hadolint_finds_nothing(file: Path, name: str):
    done = run(name, "--config", str(INFRA / "images" / ".hadolint.yaml"), str(file))
    assert done.returncode == 0, done.stdout


def test_the_flex_templates_files_are_what_the_code_says():
    folder = INFRA / "images" / "flex"
    assert json.loads((folder / "metadata.json").read_text()) == metadata()
    spec = json.loads((folder / "image-spec.json").read_text())
    assert spec == image_spec(spec["image"], spec["defaultEnvironment"]["sdkContainerImage"])
    assert {each["name"] for each in spec["metadata"]["parameters"]} == {each.name for each in PARAMETERS}


def test_the_launchers_own_options_are_left_for_beam():
    told, rest = parse_arguments(
        ["--brief=gs://briefs/x.yaml", "--store=gs://store", "--runner=DataflowRunner", "--project=acme"]
    )
    assert (told.brief, told.store) == ("gs://briefs/x.yaml", "gs://store")
    assert rest == ["--runner=DataflowRunner", "--project=acme"]
