"""The lock files: exact, with hashes, complete, and in agreement with each other and with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.supply.locks import LOCK_FILES, LOCKS, ROOT, TORCH, blocks, without

NAMES = sorted(LOCK_FILES)
NOT_INSTALLED = {"opencv-python"}  # pyproject.toml says why
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def text(name: str) -> str:
    return (LOCKS / f"{name}.txt").read_text()


def versions(block: str) -> list[str]:
    return re.findall(r"^[^ ]+==(\S+)", block, re.MULTILINE)


def test_every_lock_file_is_one_that_the_table_makes() -> None:
    assert sorted(file.stem for file in LOCKS.glob("*.txt")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_package_has_an_exact_version_and_hashes_and_no_address(name: str) -> None:
    kept = [line for line in text(name).splitlines() if not line.startswith("#")]
    heads = [line for line in kept if not line.startswith(" ")]
    assert {line.split("==")[0] for line in heads} == blocks(text(name)).keys()
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.-]*==[^ ]+( ; .+)? \\", line) for line in heads)
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in kept if line not in heads)
    assert "://" not in text(name)


@pytest.mark.parametrize("name", [name for name in NAMES if LOCK_FILES[name].project])
def test_locks_agree_on_versions(name: str) -> None:
    first, held = blocks(text("develop")), blocks(text(name))
    both = first.keys() & held.keys()
    assert len(both) > 5 or LOCK_FILES[name].beside
    assert {key: versions(held[key]) for key in both} == {key: versions(first[key]) for key in both}


@pytest.mark.parametrize("name", NAMES)
def test_what_pyproject_asks_for_is_in_the_lock_at_an_accepted_version(name: str) -> None:
    lock = LOCK_FILES[name]
    beside = blocks(text(lock.beside)) if lock.beside else {}
    held = beside | blocks(text(name))
    asked = [*(PROJECT["dependencies"] if lock.project else []), *extras(*lock.extras)]
    for each in map(Requirement, asked):
        if lock.torch or not TORCH.fullmatch(each.name):
            assert all(map(each.specifier.contains, versions(held[canonicalize_name(each.name)]))), each


def extras(*names: str) -> list[str]:
    """Return the requirements of extras, with those of the extras that they name in turn."""
    found = []
    for name in names:
        for line in PROJECT["optional-dependencies"][name]:
            each = Requirement(line)
            found += extras(*each.extras) if each.name == PROJECT["name"] else [line]
    return found


def test_the_developers_lock_is_complete() -> None:
    """Every package that an installed one asks for here is in it; pip does not look for more."""
    held = blocks(text("develop"))
    lacking = set()
    for name in held:
        try:
            asked = requires(name) or []
        except PackageNotFoundError:  # of another platform, or of a Python that is not this one
            continue
        for each in map(Requirement, asked):
            if each.marker is None or each.marker.evaluate({"extra": ""}):
                lacking |= {canonicalize_name(each.name)} - set(held)
    assert lacking == NOT_INSTALLED


def test_leaving_packages_out_keeps_the_others_as_they_are() -> None:
    lock = "# by hand\na==1 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\nb-c==2 ; x \\\n    --hash=sha256:3\n"
    assert list(blocks(lock)) == ["a", "b-c"]
    assert without(lock, ["a"]) == "# by hand\nb-c==2 ; x \\\n    --hash=sha256:3\n"
    assert without(lock, []) == lock


@pytest.mark.parametrize("name", NAMES)
def test_no_lock_brings_two_packages_over_one_module(name: str) -> None:
    """The packages of OpenCV all write the folder cv2."""
    lock = LOCK_FILES[name]
    held = blocks(text(name)).keys() | (blocks(text(lock.beside)).keys() if lock.beside else set())
    assert [package for package in sorted(held) if package.startswith("opencv-")] in ([], ["opencv-python-headless"])


@pytest.mark.parametrize("name", ["run", "serve-cpu", "serve-cuda"])
def test_what_confines_decoding_is_wherever_briefs_are_read(name: str) -> None:
    assert "pyseccomp" in blocks(text(name))


@pytest.mark.parametrize("name", ["serve-cpu", "serve-cuda"])
def test_the_images_can_send_traces(name: str) -> None:
    held = blocks(text(name)).keys()
    assert {
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-grpc",
        "opentelemetry-exporter-otlp-proto-http",
    } <= held
