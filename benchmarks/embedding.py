"""Writing metadata into finished files, beside exiftool writing the same packet: processor milliseconds a file.

python -m benchmarks.embedding [--files 50]

Files are small ones of every format, as the project's encoders write them, so that the packet and not the copy is
measured. Exiftool gets all files of a format in one process, whose start is measured apart and taken off.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path
from time import process_time

from imaging.metadata.embedding import embed
from imaging.metadata.facts import properties_of
from imaging.metadata.properties import packet
from tests.support.finished_files import KINDS, finished_file, form_of, told

EXIFTOOL = shutil.which("exiftool")


def ours(file: Path, kind: str, count: int) -> float:
    """Write so many copies; return milliseconds for one."""
    began = process_time()
    for number in range(count):
        embed(file, file.with_name(f"{number}-{file.name}"), form_of(kind), told(kind))
    return 1_000 * (process_time() - began) / count


def exiftools(file: Path, kind: str, count: int, start: float) -> float | None:
    """Have the packet written into so many copies; return milliseconds for one, None where exiftool writes none."""
    xmp = file.with_suffix(".xmp")
    xmp.write_bytes(packet(properties_of(told(kind))))
    copies = [file.with_name(f"their-{number}-{file.name}") for number in range(count)]
    for copy in copies:
        shutil.copyfile(file, copy)
    spent, written = run("-overwrite_original", f"-xmp<={xmp}", *map(str, copies))
    return 1_000 * max(spent - start, 0) / count if written else None


def run(*arguments: str) -> tuple[float, bool]:
    """Run exiftool; return its processor seconds, and whether it did what was asked."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(EXIFTOOL), "-q", *arguments], check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.returncode == 0


def main() -> None:
    """Print a row for each format."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=50)
    count = parser.parse_args().files
    if EXIFTOOL is None:
        print("exiftool is missing: apt install libimage-exiftool-perl")
        return
    start, _ = run("-ver")
    print(f"exiftool's start: {1_000 * start:.0f} ms\n| file | bytes | here | exiftool |\n| --- | --- | --- | --- |")
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as name:
            file = finished_file(Path(name), kind)
            here, there = ours(file, kind, count), exiftools(file, kind, count, start)
            theirs = "writes none" if there is None else f"{there:.1f}"
            print(f"| {kind} | {file.stat().st_size:,} | {here:.1f} | {theirs} |", flush=True)


if __name__ == "__main__":
    main()
