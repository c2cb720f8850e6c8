"""Install one lock file, then the project itself, into the environment that runs this module, and show what happens.

    .venv/bin/python infra/supply/install.py locks/run.txt

A terminal sees one changing line, anything else a line now and then. Standard library only: nothing is installed yet.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAIN_SECONDS = 20.0
TAIL_LINES = 15
# A lock is complete, so pip need not look for dependencies. rapidocr-onnxruntime is the one package whose stated Python
# versions (below 3.13) are not obeyed: only its weights are used, and they are the same for every version.
FROM_LOCK = ("--require-hashes", "--no-deps", "--ignore-requires-python")
PROJECT = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))


@dataclass
class Progress:
    """The state of one installation, as pip's output and the environment's folder tell it."""

    packages: int
    began: float = field(default_factory=time.monotonic)
    fetched: int = 0
    unpacking: bool = False
    now: str = ""

    def read(self, line: str) -> None:
        """Take in one line of pip's output."""
        words = line.split()
        if line.startswith("Ignoring "):  # a marker that excludes this machine
            self.packages -= 1
        elif line.startswith("Collecting "):
            self.now = words[1].replace("==", " ")
        elif line.startswith("Requirement already satisfied: "):
            self.packages -= 1
        elif words[:1] in (["Downloading"], ["Using"]):
            size = re.search(r"\([\d.]+ [kMG]?B\)", line)
            self.fetched, self.now = self.fetched + 1, f"{self.now} {size[0] if size else ''}".strip()
        elif line.startswith("Installing collected packages"):
            self.unpacking = True

    def sentence(self, unpacked: int) -> str:
        """Return what is happening, with counts and the time since the start."""
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        clock = f"{minutes}:{seconds:02d}"
        if self.unpacking:
            return f"{clock}  unpacking {min(unpacked, self.packages)} of {self.packages} packages"
        return f"{clock}  fetching {self.fetched} of {self.packages} packages: {self.now}"


def show(line: str, *, terminal: bool) -> None:
    """Replace the line on a terminal; write a line of its own elsewhere."""
    if terminal:
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r\x1b[K{line[:width]}")
        sys.stderr.flush()
    else:
        sys.stderr.write(f"{line}\n")


def distributions() -> int:
    """Return how many packages this environment holds."""
    return len(list(Path(sysconfig.get_path("purelib")).glob("*.dist-info")))


def owners_of_files() -> dict[str, set[str]]:
    """Return the names of the installed packages that own each file of this environment."""
    owners: dict[str, set[str]] = defaultdict(set)
    for each in metadata.distributions(path=[sysconfig.get_path("purelib")]):
        name = re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower()
        for file, *_ in csv.reader((each.read_text("RECORD") or "").splitlines()):
            if not file.startswith("..") and "__pycache__" not in file:
                owners[file].add(name)
    return owners


def clashing(owners: dict[str, set[str]]) -> set[str]:
    """Return the packages that share a file with another one, whose bytes are then those of whichever came last."""
    return {name for names in owners.values() if len(names) > 1 for name in names}


def pip(arguments: tuple[str, ...], packages: int) -> None:
    """Run pip's `install` and show its progress; its last lines and its exit status if it fails."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
        *arguments,
    ]
    progress, before, tail = Progress(packages), distributions(), deque[str](maxlen=TAIL_LINES)
    done, terminal = threading.Event(), sys.stderr.isatty()

    def watch() -> None:
        while not done.wait(0.3 if terminal else PLAIN_SECONDS):
            show(progress.sentence(distributions() - before), terminal=terminal)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            tail.append(line)
            progress.read(line)
    done.set()
    watcher.join()
    if terminal:
        show("", terminal=True)
    if process.returncode:
        sys.stderr.writelines(tail)
        sys.stderr.write("Installing failed; the lines above are pip's. The same command goes on where it stopped.\n")
        sys.exit(process.returncode)


def main() -> None:
    """Install the lock file that the command line names, and the project."""
    lock = Path(sys.argv[1])
    names = re.findall(r"^([a-z0-9][a-z0-9.-]*)==", lock.read_text(), re.MULTILINE)
    sys.stderr.write(f"Installing the packages of {lock} into {sys.prefix}\n")
    clash = clashing(owners_of_files())  # of an earlier installation without a lock
    if not clash.isdisjoint(names):
        subprocess.run([sys.executable, "-m", "pip", "uninstall", "--quiet", "--yes", *sorted(clash)], check=True)
    pip((*FROM_LOCK, "--requirement", str(lock)), len(names))
    pip(PROJECT, 1)


if __name__ == "__main__":
    main()
