"""Bring what the tests use beyond the environment, as far as it needs no root: `make test` runs this.

The stack's servers come by Maven and Go, helm, hclfmt and promtool by Go (`go_programs`), vendors' clients by npm
(`node_clients`), PyICU from its source, and Blender as a Python package into an environment of its own. A thing whose
tools this machine lacks is left out; its tests are skipped and say so.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from foundry.errors import FoundryError
from infra.stack.errors import MissingTool
from infra.stack.fetching import cache_folder, fetch, fetched_folder, missing_tools, parts_of
from infra.supply.go_programs import go_tool, run
from infra.supply.node_clients import node_clients
from infra.supply.system import GO_TOOLS

ROOT = Path(__file__).parents[2]
BLENDER = ROOT / ".blender" / "bin" / "python"
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
LOCKED = (*PIP, "--require-hashes", "--no-deps", "--requirement")
Step = Callable[[], str]  # does one thing; what keeps it from being done, or the empty string
_telling = threading.Lock()


def server(name: str) -> str:
    """Fetch what a server of the local stack runs from."""
    try:
        for part in parts_of(name):
            fetched_folder(part, cache_folder())
    except FoundryError:
        if tools := missing_tools((name,), to_fetch=True):
            return _lacks(tools)
        fetch((name,))
    return ""


def _lacks(tools: tuple[MissingTool, ...]) -> str:
    return "needs " + " and ".join(each.program for each in tools)


def icu() -> str:
    """Build PyICU, the tests' judge of line breaks, into this environment."""
    if importlib.util.find_spec("icu"):
        return ""
    if shutil.which("pkg-config") is None or shutil.which("g++") is None:
        return "needs pkg-config and g++"
    if subprocess.run(["pkg-config", "--exists", "icu-i18n"], check=False).returncode:
        return "needs ICU's headers (libicu-dev)"
    run(sys.executable, *LOCKED, str(ROOT / "locks" / "judge.txt"), "--no-build-isolation")
    return ""


def blender() -> str:
    """Install Blender as a Python package; it is GPL and wants an old NumPy, so its environment is its own."""
    lock, ready = ROOT / "locks" / "blender.txt", ROOT / ".blender" / ".ready"
    if os.environ.get("FOUNDRY_BLENDER") or (ready.exists() and ready.read_bytes() == lock.read_bytes()):
        return ""
    python = sys.executable if sys.version_info[:2] == (3, 11) else shutil.which("python3.11")
    if python is None or subprocess.run([python, "-c", "import ensurepip"], check=False).returncode:
        return "needs Python 3.11"
    if not BLENDER.exists():
        run(python, "-m", "venv", str(ROOT / ".blender"))
    run(str(BLENDER), *LOCKED, str(lock))
    ready.write_bytes(lock.read_bytes())
    return ""


# Two rows at a time: the first compiles with Go, the second mostly downloads.
STEPS: tuple[dict[str, Step], ...] = (
    {
        "Cloud Storage's server": partial(server, "gcs"),
        "Prism": partial(server, "prism"),
        **{name: partial(go_tool, name) for name in GO_TOOLS},
    },
    {
        "Kafka": partial(server, "kafka"),
        "Flink": partial(server, "flink"),
        "vendors' clients": node_clients,
        "Blender": blender,
        "PyICU": icu,  # last, since what audits this environment meanwhile must not find half of it
    },
)


def provide(steps: dict[str, Step]) -> list[str]:
    """Do the steps in order, tell of each, and return the names of those that failed."""
    failed = []
    for name, step in steps.items():
        try:
            lack = step()
            _tell(f"{name}: {f'left out, {lack}' if lack else 'here'}")
        except FoundryError as error:
            failed.append(name)
            _tell(f"{name}: {error}")
    return failed


def _tell(line: str) -> None:
    with _telling:
        print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Bring everything; in CI, exit status 1 if anything failed."""
    _tell("Bringing what the tests use; the first time takes some minutes")
    with ThreadPoolExecutor(len(STEPS)) as pool:
        failed = [name for names in pool.map(provide, STEPS) for name in names]
    if failed and os.environ.get("CI"):
        sys.exit(f"CI needs {', '.join(failed)}")


if __name__ == "__main__":
    main()
