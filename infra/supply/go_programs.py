"""Build the tests' programs that are written in Go: `make test` does so while Python's packages are being fetched.

    python3 -m infra.supply.go_programs

Runs with any Python that the project accepts, before there is an environment: standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from foundry.errors import FoundryError
from infra.supply.system import GO_TOOLS, tool, tools_folder


class CouldNotProvide(FoundryError):
    """A program that brings something for the tests failed."""

    code = "could_not_provide"

    def __init__(self, command: str, said: str) -> None:
        super().__init__(command, said)
        self.command, self.said = command, said

    def __str__(self) -> str:
        return f"`{self.command}` failed: {self.said}"


def run(*command: str, **variables: str) -> None:
    """Run a program; CouldNotProvide with its last lines if it fails."""
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CouldNotProvide(" ".join(command), "\n".join((done.stderr or done.stdout).splitlines()[-15:]))


def go_tool(name: str) -> str:
    """Build a program of Go's into the tools' folder."""
    if tool(name):
        return ""
    if shutil.which("go") is None:
        return "needs go"
    run("go", "install", *GO_TOOLS[name], GOBIN=str(tools_folder()))
    return ""


def main() -> None:
    """Build every program that is not there yet. A failure is only told: `infra.supply.provide` tries once more."""
    for name in GO_TOOLS:
        try:
            lack = go_tool(name)
            said = f"left out, {lack}" if lack else "here"
        except CouldNotProvide as error:
            said = str(error)
        print(f"{name}: {said}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
