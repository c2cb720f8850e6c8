"""Things that tests need beyond Python's packages: a marker each.

Where a thing is missing, tests/conftest.py skips the tests that are marked with it; in CI it fails them. The end of a
run says in one block what was left out (tests/support/left_out.py).
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from ctypes.util import find_library
from dataclasses import dataclass
from functools import cache, partial

from foundry.errors import FoundryError
from infra.stack import cache_folder, missing_tools
from infra.stack.fetching import fetched_folder, parts_of
from infra.supply.node_clients import lacking_clients
from infra.supply.provide import BLENDER
from infra.supply.system import packages_of, tool
from models.sets.renderer.variants import libraries

IN_CI = bool(os.environ.get("CI"))


@dataclass(frozen=True)
class Need:
    """A thing that a marker stands for.

    lacking: says what is missing, in a few words; the empty string if nothing is. It takes the marker's arguments.
    brought_by: the rows of infra/supply/system-packages.txt that bring it or what it is made with.
    optional: where it is missing, CI skips too.
    """

    lacking: Callable[..., str]
    brought_by: tuple[str, ...] = ()
    optional: bool = False


def blender() -> str:
    """Return the interpreter that renders product models: FOUNDRY_BLENDER, or the one that `make test` set up."""
    return os.environ.get("FOUNDRY_BLENDER") or (str(BLENDER) if BLENDER.exists() else "")


def _server(name: str) -> str:
    if name == "kafka" and os.environ.get("FOUNDRY_TEST_KAFKA"):
        return ""
    if tools := missing_tools((name,)):
        return f"no {tools[0].program} for {name}"
    try:
        for part in parts_of(name):
            fetched_folder(part, cache_folder())
    except FoundryError:
        return f"{name} is not fetched"
    return ""


def _program(*names: str) -> str:
    """Any one of the programs is enough."""
    return "" if any(map(tool, names)) else f"no {names[0]}"


def _programs(*names: str) -> str:
    """All of the programs are wanted."""
    missing = [name for name in names if shutil.which(name) is None]
    return f"no {', '.join(missing)}" if missing else ""


def _module(name: str, title: str) -> str:
    return "" if importlib.util.find_spec(name) else f"no {title}"


def _tesseract() -> str:
    """Tesseract with the languages of the packages that system-packages.txt names."""
    if shutil.which("tesseract") is None:
        return "no tesseract"
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout.split()
    languages = (name.removeprefix("tesseract-ocr-") for name in packages_of("ocr") if name != "tesseract-ocr")
    missing = sorted({language.replace("-", "_") for language in languages} - set(listed))
    return f"no tesseract in {', '.join(missing)}" if missing else ""


def _apache() -> str:
    """Apache httpd, which Debian keeps off the path of users."""
    return "" if shutil.which("apache2", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin") else "no apache2"


def _compiler() -> str:
    """An LLVM with which the renderer of sets compiles its code; without one it is slower."""
    return "" if libraries() else "no libLLVM of version 16 or newer"


NEEDS: dict[str, Need] = {
    "apache": Need(_apache, ("apache",)),
    "kafka": Need(partial(_server, "kafka"), ("java", "maven")),
    "flink": Need(partial(_server, "jobserver"), ("java", "maven")),
    "gcs": Need(partial(_server, "gcs"), ("go",)),
    "prism": Need(partial(_server, "prism"), ("go",)),
    "browser": Need(partial(_program, "chromium", "chromium-browser", "google-chrome"), ("browser",)),
    "readers": Need(_programs, ("readers",)),
    "icu": Need(partial(_module, "icu", "PyICU"), ("icu",)),
    "ocr": Need(_tesseract, ("ocr",)),
    "blender": Need(lambda: "" if blender() or not _module("bpy", "Blender") else "no Blender"),
    "helm": Need(partial(_program, "helm"), ("go",)),
    "hclfmt": Need(partial(_program, "hclfmt"), ("go",)),
    "hadolint": Need(partial(_program, "hadolint")),
    "node": Need(lacking_clients, ("node",)),
    "promtool": Need(partial(_program, "promtool"), ("go",)),
    "tusd": Need(partial(_program, "tusd"), ("go",)),
    "seccomp": Need(lambda: "" if find_library("seccomp") else "no libseccomp", ("box",)),
    "llvm": Need(_compiler, ("sets",)),
    "root": Need(lambda: "" if os.geteuid() == 0 else "only root may mount a small disk"),
}


@cache
def lacking(marker: str, *arguments: str) -> str:
    """Return what a test that is marked so lacks here; the empty string if nothing."""
    return NEEDS[marker].lacking(*arguments)
