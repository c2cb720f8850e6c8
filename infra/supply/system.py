"""System packages that the tests use, and where the programs that `make test` builds for them are kept."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

ROWS_FILE = Path(__file__).with_name("system-packages.txt")
GO_TOOLS = {
    "helm": ("helm.sh/helm/v3/cmd/helm@v3.22.0",),
    "hclfmt": ("github.com/hashicorp/hcl/v2/cmd/hclfmt@v2.24.0",),
    # Without the clients of all clouds, in which promtool could look for targets: they are most of what it compiles.
    "promtool": ("-tags=remove_all_sd", "github.com/prometheus/prometheus/cmd/promtool@v0.316.0"),
    "tusd": ("github.com/tus/tusd/v2/cmd/tusd@v2.9.1",),
}
"""The arguments of `go install`, by program."""


def tools_folder() -> Path:
    """Return where built programs are kept: FOUNDRY_TOOLS, or a folder of the user's cache."""
    told = os.environ.get("FOUNDRY_TOOLS")
    return Path(told) if told else Path.home() / ".cache" / "campaign-foundry" / "tools"


def tool(name: str) -> str | None:
    """Return the path of a program that is built, beside Python, or on PATH; None if it is nowhere."""
    folders = (str(tools_folder()), str(Path(sys.executable).parent), os.environ.get("PATH", ""))
    return shutil.which(name, path=os.pathsep.join(folders))


def packages_of(need: str) -> tuple[str, ...]:
    """Return all packages of a need, in the file's order."""
    return tuple(package for row, _, packages in _rows() if row == need for package in packages)


def lacking_packages(needs: Iterable[str]) -> tuple[str, ...]:
    """Return the packages of these needs whose program is not on PATH, in the file's order.

    Packages that no program proves are always among them: apt leaves alone what is installed.
    """
    wanted = set(needs)
    rows = [row for row in _rows() if row[0] in wanted and (row[1] == "-" or shutil.which(row[1]) is None)]
    return tuple(package for _, _, packages in rows for package in packages)


def _rows() -> list[tuple[str, str, list[str]]]:
    lines = [line.split() for line in ROWS_FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(need, program, packages) for need, program, *packages in lines]
