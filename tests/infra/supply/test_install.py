"""Installing a lock file tells how far it is, on a terminal and elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.supply.install import ROOT, Progress, clashing, owners_of_files, show

SAID = """Ignoring colorama: markers 'sys_platform == "win32"' don't match your environment
Collecting torch==2.13.0 (from -r locks/run.txt (line 3))
  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (520.1 MB)
Requirement already satisfied: six==1.17.0 in ./lib (from -r locks/run.txt (line 9)) (1.17.0)
Collecting rich==15.0.0 (from -r locks/run.txt (line 12))
  Using cached rich-15.0.0-py3-none-any.whl (310 kB)
"""


def test_fetching_counts_the_packages_of_this_machine_and_names_the_one_at_work() -> None:
    progress = Progress(packages=5)
    for line in SAID.splitlines():
        progress.read(line)
    assert re.fullmatch(r"0:0\d  fetching 2 of 3 packages: rich 15\.0\.0 \(310 kB\)", progress.sentence(0))


def test_unpacking_counts_what_the_environment_holds() -> None:
    progress = Progress(packages=3)
    progress.read("Installing collected packages: torch, rich")
    assert progress.sentence(2).endswith("unpacking 2 of 3 packages")
    assert progress.sentence(9).endswith("unpacking 3 of 3 packages")


def test_a_terminal_sees_one_changing_line_and_a_log_sees_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show("one", terminal=True)
    show("two", terminal=True)
    assert capsys.readouterr().err == "\r\x1b[Kone\r\x1b[Ktwo"
    show("one", terminal=False)
    assert capsys.readouterr().err == "one\n"


def test_a_file_whose_hash_differs_is_refused_and_pips_words_are_shown(tmp_path: Path) -> None:
    wheel = tmp_path / "thing-1-py3-none-any.whl"
    wheel.write_bytes(b"not what was locked")
    lock = tmp_path / "lock.txt"
    lock.write_text(f"thing @ {wheel.as_uri()} \\\n    --hash=sha256:{'0' * 64}\n")
    command = [sys.executable, str(ROOT / "infra" / "supply" / "install.py"), str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr
    assert done.stderr.endswith("The same command goes on where it stopped.\n")


def test_no_file_of_this_environment_belongs_to_two_packages() -> None:
    """Such as OpenCV's, which two packages bring: whichever was installed last would have won."""
    owners = owners_of_files()
    assert "numpy" in owners["numpy/__init__.py"]
    assert clashing(owners) == set()


def test_packages_that_share_a_file_clash() -> None:
    assert clashing({"cv2/a.so": {"opencv-python", "opencv-python-headless"}, "six.py": {"six"}}) == {
        "opencv-python", "opencv-python-headless",
    }  # fmt: skip
