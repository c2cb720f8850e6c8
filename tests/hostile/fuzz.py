"""A search for texts and files that break a parser or decoder, guided by the coverage of our code.

    python -m tests.hostile.fuzz --runs 20000 [--target NAME] [--keep FOLDER]

It needs atheris (`pip install atheris`). Each target runs in a process of its own, from the kept corpus and the whole
texts; decoders that work in the box are tried by mutants alone, because their coverage is out of sight. What breaks one
is written to the folder; put it into tests/hostile/corpus/TARGET when it is mended. The exit code is 1 if one broke.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LONGEST_S, MOST_MEMORY_MB, LONGEST_INPUT = 10, 4_096, 20_000


def _targets() -> dict[str, Callable[[bytes], Any]]:
    from tests.hostile.decoders import DECODERS
    from tests.hostile.parsers import PARSERS

    return {**PARSERS, **DECODERS}


def _seeds(name: str) -> tuple[bytes, ...]:
    from tests.hostile.decoders import kept_files, whole_files
    from tests.hostile.parsers import PARSERS, whole_texts

    return (*kept_files(name), *(whole_texts() if name in PARSERS else whole_files())[name])


def _run_target(name: str, runs: int, keep: Path) -> None:
    """Fuzz one target in this process, which ends with the search."""
    import atheris

    with atheris.instrument_imports(include=["foundry", "pipelines.bus", "pipelines.planning", "models.registry"]):
        target = _targets()[name]
    from foundry.errors import FoundryError

    def try_once(data: bytes) -> None:
        try:
            target(data)
        except FoundryError as error:
            str(error).encode()

    folder = Path(tempfile.mkdtemp(prefix="corpus-"))
    for number, seed in enumerate(_seeds(name)):
        (folder / f"seed-{number}").write_bytes(seed)
    words = folder.with_suffix(".dict")
    words.write_text(_dictionary(), encoding="ascii")
    flags = [
        *(f"-runs={runs}", f"-timeout={LONGEST_S}", f"-rss_limit_mb={MOST_MEMORY_MB}", f"-max_len={LONGEST_INPUT}"),
        *(f"-artifact_prefix={keep}/{name.replace(' ', '-')}-", f"-dict={words}", "-detect_leaks=0"),
    ]
    atheris.Setup([sys.argv[0], *flags, str(folder)], try_once)
    atheris.Fuzz()


def _dictionary() -> str:
    from tests.hostile.parsers import PIECES

    lines = ("".join(f"\\x{byte:02x}" for byte in piece[:60]) for piece in PIECES)
    return "".join(f'"{line}"\n' for line in lines)


def main() -> int:
    """Fuzz all targets, or one; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20_000, help="mutants over all targets together")
    parser.add_argument("--target", help="one target, in this process")
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="folder of what breaks a target")
    asked = parser.parse_args()
    asked.keep.mkdir(parents=True, exist_ok=True)
    if asked.target:
        _run_target(asked.target, asked.runs, asked.keep)
        return 0
    names, broken = list(_targets()), []
    for name in names:
        begin = time.monotonic()
        command = [sys.executable, "-m", "tests.hostile.fuzz", "--target", name, "--keep", str(asked.keep)]
        done = subprocess.run(
            [*command, "--runs", str(asked.runs // len(names))], stderr=subprocess.PIPE, text=True, check=False
        )
        told = "ok" if done.returncode == 0 else "BROKEN"
        print(f"{told:7} {name:24} {asked.runs // len(names)} mutants, {time.monotonic() - begin:.0f} s", flush=True)
        if done.returncode:
            broken.append(name)
            print(done.stderr[-3_000:])
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
