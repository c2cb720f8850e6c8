"""Bringing what the tests use: each thing on its own, and a failure of one does not stop the others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.supply.go_programs import CouldNotProvide, go_tool, run
from infra.supply.node_clients import LISTED, clients_folder, lacking_clients, node_clients
from infra.supply.provide import icu, main, provide, server
from infra.supply.system import GO_TOOLS

ROOT = Path(__file__).parents[3]
BUILD = "from infra.supply.go_programs import main; main()"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No program is on PATH, and nothing was brought before."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FOUNDRY_TOOLS", str(tmp_path / "tools"))
    monkeypatch.setenv("FOUNDRY_STACK_CACHE", str(tmp_path / "stack"))
    monkeypatch.setenv("FOUNDRY_BLENDER", sys.executable)
    return tmp_path


def test_a_thing_whose_tools_are_missing_is_left_out_and_the_next_one_is_brought(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert provide({"Kafka": lambda: server("kafka"), "helm": lambda: go_tool("helm"), "rest": str}) == []
    assert capsys.readouterr().err.splitlines() == [
        "Kafka: left out, needs java and mvn",
        "helm: left out, needs go",
        "rest: here",
    ]


def test_a_program_that_fails_is_told_with_its_words_and_the_next_thing_is_brought(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bare / "go").write_text("#!/bin/sh\necho no such module >&2\nexit 1\n")
    (bare / "go").chmod(0o755)
    assert provide({"helm": lambda: go_tool("helm"), "rest": str}) == ["helm"]
    said = capsys.readouterr().err
    assert said.startswith("helm: `go install helm.sh/helm/v3/cmd/helm@")
    assert said.endswith("` failed: no such module\nrest: here\n")


def test_go_builds_into_the_tools_folder_once(bare: Path) -> None:
    (bare / "go").write_text('#!/bin/sh\n/bin/mkdir -p "$GOBIN"\necho >"$GOBIN/helm"\n/bin/chmod +x "$GOBIN/helm"\n')
    (bare / "go").chmod(0o755)
    assert go_tool("helm") == ""
    assert (bare / "tools" / "helm").exists()
    (bare / "go").unlink()
    assert go_tool("helm") == ""


def test_go_programs_are_built_ahead_without_any_package_and_a_failure_is_left_to_the_next_try(bare: Path) -> None:
    (bare / "go").write_text("#!/bin/sh\necho no such module >&2\nexit 1\n")
    (bare / "go").chmod(0o755)
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {BUILD}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == list(GO_TOOLS)
    assert done.stderr.count("failed: no such module") == len(GO_TOOLS)


def test_a_machine_without_tools_passes_outside_ci(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    main()


def test_in_ci_a_failure_is_one(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "go").write_text("#!/bin/sh\nexit 1\n")
    (bare / "go").chmod(0o755)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit, match="CI needs Cloud Storage's server, Prism, helm, hclfmt"):
        main()


def test_a_failed_program_is_refused_with_its_last_lines() -> None:
    with pytest.raises(CouldNotProvide, match="failed: deep trouble"):
        run(sys.executable, "-c", "import sys; sys.exit('deep trouble')")


def test_pyicu_is_built_only_where_it_is_missing() -> None:
    pytest.importorskip("icu")
    assert icu() == ""


NPM = """#!/bin/sh
[ "$1" = ci ] && [ "$2" = --prefix ] || exit 1
echo once more >>"$3/calls"
/bin/mkdir -p "$3/node_modules"
"""


def test_the_vendors_clients_are_installed_from_the_lock_and_again_only_when_it_changes(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert node_clients() == "needs node and npm"
    assert lacking_clients() == "no node"
    for name in ("node", "npm"):
        (bare / name).write_text(NPM)
        (bare / name).chmod(0o755)
    assert lacking_clients() == "the vendors' clients are not fetched"
    assert [node_clients(), node_clients(), lacking_clients()] == ["", "", ""]
    home = clients_folder().parent
    assert clients_folder().is_dir()
    assert (home / "calls").read_text().count("\n") == 1
    (home / ".ready").write_bytes(b"an older lock")
    assert lacking_clients() == "the vendors' clients are not fetched"
    assert node_clients() == ""
    assert (home / "calls").read_text().count("\n") == 2


def test_the_lock_of_the_vendors_clients_names_no_registry_and_a_hash_for_each() -> None:
    lock = json.loads((LISTED / "package-lock.json").read_bytes())
    packages = {name: each for name, each in lock["packages"].items() if name and not each.get("inBundle")}
    assert [name for name, each in packages.items() if "resolved" in each] == []
    assert [name for name, each in packages.items() if not each.get("integrity", "").startswith("sha512-")] == []
