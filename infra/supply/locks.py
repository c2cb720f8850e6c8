"""Write the lock files in `locks/`: every package at an exact version, with the hashes of its files.

`pyproject.toml` says which versions the project accepts; a lock says which ones are installed. `make lock` runs this:
versions that a lock already names are kept, and `make lock UPGRADE=1` takes the newest ones that are accepted.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "locks"
TORCH = re.compile(r"torch(vision)?|triton|nvidia-.+|cuda-.+")  # torch and the CUDA libraries that its wheel asks for


@dataclass(frozen=True)
class Lock:
    """One lock file.

    extras: the project's optional dependencies in it.
    project: also the project's own dependencies and those of its build; otherwise those of the extras alone.
    beside: the name of a lock that is installed first; what it holds is left out.
    torch: False leaves torch out, for machines that take it from an index of CPU builds.
    """

    extras: tuple[str, ...]
    project: bool = True
    beside: str = ""
    torch: bool = True


SERVICE = ("catalog", "delivery", "gcs", "kafka", "otel", "screen", "sets", "upscale")
# In this order: the first one decides the versions, and the later ones follow it.
LOCK_FILES = {
    "develop": Lock(("dev",)),
    "run": Lock(("catalog", "delivery", "screen", "sets", "upscale")),
    "serve-cpu": Lock(SERVICE, torch=False),
    "serve-cuda": Lock((*SERVICE, "dataflow", "quantise")),
    "video": Lock(("video",), beside="serve-cuda"),
    "judge": Lock(("judge",), beside="develop"),
    "peers": Lock(("peers",), beside="develop"),
    "blender": Lock(("blender",), project=False),
}


def blocks(text: str) -> dict[str, str]:
    """Return the requirements of a lock file by package name, each with its hashes.

    A package that has several versions, for several Pythons, has all of them in its text.
    """
    found: dict[str, str] = {}
    for part in re.finditer(r"^([a-z0-9][a-z0-9.-]*)==(?:.*\\\n)+.*\n", text, re.MULTILINE):
        found[part[1]] = found.get(part[1], "") + part[0]
    return found


def without(text: str, names: Iterable[str]) -> str:
    """Return a lock file's text without the named packages."""
    left_out = set(names)
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    return head + "".join(block for name, block in blocks(text).items() if name not in left_out)


def renew(name: str, *, upgrade: bool) -> None:
    """Resolve one lock file anew and write it; uv's own message and exit status if it cannot be resolved."""
    lock, target = LOCK_FILES[name], LOCKS / f"{name}.txt"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / target.name
        if target.exists() and not upgrade:
            out.write_text(target.read_text())  # uv keeps the versions that it finds in its output file
        subprocess.run([*_command(name, lock, Path(folder)), "--output-file", str(out)], check=True)
        text = out.read_text()
    if lock.beside:
        text = without(text, blocks((LOCKS / f"{lock.beside}.txt").read_text()))
    if not lock.torch:
        text = without(text, filter(TORCH.fullmatch, blocks(text)))
    target.write_text(text)


def _command(name: str, lock: Lock, folder: Path) -> list[str]:
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet"]
    form = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-annotate"]
    first = next(iter(LOCK_FILES))
    follow = [] if name == first or not lock.project else ["--constraint", str(LOCKS / f"{first}.txt")]
    header = ["--custom-compile-command", "make lock"]
    return [*uv, *form, *follow, *header, *_sources(lock, folder)]


def _sources(lock: Lock, folder: Path) -> list[str]:
    """Return the arguments that name what is resolved."""
    if lock.project:
        return ["pyproject.toml", "--group", "build", *(word for extra in lock.extras for word in ("--extra", extra))]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    wanted = folder / "wanted.in"
    wanted.write_text("".join(f"{requirement}\n" for extra in lock.extras for requirement in extras[extra]))
    return [str(wanted)]


def main() -> None:
    """Renew all lock files, or those that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(LOCK_FILES)}; default: all")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that pyproject.toml accepts")
    told = parser.parse_args()
    for name in told.names or LOCK_FILES:
        renew(name, upgrade=told.upgrade)


if __name__ == "__main__":
    main()
