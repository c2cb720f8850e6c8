"""`foundry run`, stopped at moments of chance: a documented code, no traceback, and after another run the same objects.

FOUNDRY_KILLS says how often it is stopped; the moments follow from FOUNDRY_SEED.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import pytest
import yaml

from console.exit_codes import Exit
from foundry.store.object_store import SCRATCH
from tests.support.briefs import EXAMPLES, ROOT, a_brief, product_picture
from tests.support.small_masters import small_tenants
from tests.support.stored import objects
from tests.support.waiting import until

KILLS = int(os.environ.get("FOUNDRY_KILLS", "5"))
SEED = int(os.environ.get("FOUNDRY_SEED", "1"))
PICTURE_S = 0.15
DISK_BYTES = 32 << 20
ENDS_WITHIN_S = 30
"""3 s for the command to unwind and 2 s for its last functions; the rest is for a busy machine."""
KINDS = {"kill": -signal.SIGKILL, "term": Exit.TERMINATED, "int": Exit.INTERRUPTED}
OF_ROOT = {"full": Exit.OUTAGE, "read-only": Exit.OUTAGE}
pytestmark = pytest.mark.campaign


@dataclass
class Painters:
    """Runs of one brief, forked from a process that has imported everything."""

    folder: Path
    process: subprocess.Popen[str]
    code: int = Exit.DONE

    def start(self, store: Path) -> int:
        """Start a run and return its pid; `wait` must follow."""
        words = [str(self.folder / "brief.yaml"), str(store), PICTURE_S, str(self.folder / "said")]
        assert self.process.stdin
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return int(self._line())

    def wait(self) -> int:
        """Wait for the run and return its exit code, negative for the signal that killed it."""
        self.code = int(self._line())
        return self.code

    def wait_a_while(self, seconds: float) -> None:
        """Wait so long, or until the run has ended."""
        assert self.process.stdout
        select.select([self.process.stdout], [], [], seconds)

    def said(self) -> str:
        """All that the last run printed."""
        return (self.folder / "said").read_text()

    def left_behind(self) -> list[int]:
        """The pids of processes that runs have left behind."""
        ours = [
            one
            for one in psutil.process_iter(["cmdline"])
            if "tests.console.painted_forks" in (one.info["cmdline"] or ())
        ]
        return [one.pid for one in ours if one.pid != self.process.pid and one.status() != psutil.STATUS_ZOMBIE]

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()


@pytest.fixture(scope="module")
def painters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Painters]:
    folder = tmp_path_factory.mktemp("stopping")
    small_tenants(folder)
    product_picture(folder / "serum.png")
    placements = ["google/leaderboard", "google/billboard"]
    (folder / "brief.yaml").write_text(yaml.safe_dump(a_brief(placements=placements)))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.console.painted_forks"], cwd=folder, text=True,  # where its cards are
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    yield Painters(folder, process)
    process.stdin.close()  # type: ignore[union-attr]
    process.wait(60)
    process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def undisturbed(painters: Painters) -> tuple[dict[str, bytes], float]:
    """The objects of a run that nobody stops, and the seconds that it takes."""
    store = painters.folder / "undisturbed"
    began = time.monotonic()
    painters.start(store)
    assert painters.wait() == Exit.DONE, painters.said()
    return without_page(objects(store)), time.monotonic() - began


def without_page(found: dict[str, bytes]) -> dict[str, bytes]:
    """The objects; of the page for people, which tells how long the run took, only that it is there."""
    return {name: b"" if name.endswith("report.html") else data for name, data in found.items()}


def test_a_run_that_is_stopped_ends_with_its_code_and_goes_on(
    painters: Painters, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    """The same store is struck until it is whole, then another one, until KILLS runs were stopped."""
    chance, counts = random.Random(SEED), Counter[str]()
    wanted, seconds = undisturbed
    kinds = KINDS | (OF_ROOT if os.geteuid() == 0 else {})
    with own_disk(tmp_path / "disk") as disk:
        while sum(counts.values()) < KILLS:
            kind = min(kinds, key=lambda each: (counts[each], chance.random()))
            took = struck(painters, kind, disk, chance.uniform(0, seconds))
            if painters.code == Exit.DONE:  # before it was struck, or without being hurt
                seconds = took  # the pace of the machine, on which others work, too
                check_whole(disk, wanted)
                shutil.rmtree(disk / "store")
            else:
                assert painters.code == kinds[kind], painters.said()
                check_words(painters.said(), killed=kind == "kill")
                counts[kind] += 1
                print(f"{sum(counts.values())}: {kind} -> {painters.code}", flush=True)
                until(lambda: painters.left_behind() == [])
        painters.start(disk / "store")
        assert painters.wait() == Exit.DONE, painters.said()
        check_whole(disk, wanted)
    print(f"stopped {sum(counts.values())} times: {dict(counts)}; an undisturbed run takes {seconds:.1f} s")


def struck(painters: Painters, kind: str, disk: Path, after_s: float) -> float:
    """Start a run, strike it after a while, wait for its end, heal what was struck; return how long the run took."""
    began = time.monotonic()
    pid = painters.start(disk / "store")
    painters.wait_a_while(after_s)
    at = time.monotonic()
    heal = strike(kind, pid, disk)
    painters.wait()
    if kind in KINDS:
        assert time.monotonic() - at < ENDS_WITHIN_S
    heal()
    return time.monotonic() - began


def check_words(said: str, *, killed: bool) -> None:
    """One sentence, and nothing that only a programmer understands."""
    assert not any(word in said for word in ("Traceback", "Aborted", "terminate called", "Exception ignored")), said
    if not killed:
        assert len(said.splitlines()) == 1, said


def check_whole(disk: Path, wanted: dict[str, bytes]) -> None:
    assert without_page(objects(disk / "store")) == wanted
    left = [file.name for file in (disk / "store" / SCRATCH).iterdir()]
    assert left == []


@contextmanager
def own_disk(folder: Path) -> Iterator[Path]:
    """A folder; for the superuser, a small disk in memory, which can be filled and made read-only."""
    folder.mkdir()
    if os.geteuid() != 0:
        yield folder
        return
    mount(folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def mount(disk: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(disk)], check=True)


def strike(kind: str, pid: int, disk: Path) -> Callable[[], object]:
    """Do to the run what `kind` names, and return a function that undoes it."""
    if kind in KINDS:
        with suppress(ProcessLookupError):
            os.kill(pid, getattr(signal, f"SIG{kind.upper()}"))
        return lambda: None
    if kind == "full":
        return fill(disk)
    return make_read_only(disk)


def fill(disk: Path) -> Callable[[], object]:
    """Take all room that the disk has, while the run goes on taking some."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as sink, suppress(OSError):
        while True:
            sink.write(bytes(4096))
    return lambda: filler.unlink(missing_ok=True)


def make_read_only(disk: Path) -> Callable[[], object]:
    """Make the disk read-only at the first moment at which no file on it is being written."""
    command = ["mount", "-o", "remount,ro", str(disk)]
    while subprocess.run(command, check=False, capture_output=True).returncode:
        time.sleep(0.005)
    return lambda: subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)])
def test_a_signal_while_a_model_draws_ends_the_command_in_seconds(
    number: signal.Signals, code: Exit, tmp_path: Path
) -> None:
    shutil.copytree(EXAMPLES / "tenants", tmp_path / "tenants")
    product_picture(tmp_path / "serum.png")
    (tmp_path / "brief.yaml").write_text(yaml.safe_dump(a_brief(placements=["google/leaderboard", "google/half-page"])))
    heard = partial(signal.signal, signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
    command = [sys.executable, "-m", "console.program", "run", "brief.yaml"]
    with subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True,
        preexec_fn=heard,  # noqa: PLW1509 - no thread runs beside a test
    ) as running:  # fmt: skip
        assert running.stderr
        until(lambda: "torch" in Path(f"/proc/{running.pid}/maps").read_text(), 120)
        drawing = psutil.Process(running.pid)
        before = sum(drawing.cpu_times()[:2])
        until(
            lambda: sum(drawing.cpu_times()[:2]) > before + 15 or (tmp_path / "store" / "aurelle" / "masters").exists(),
            300,
        )
        running.send_signal(number)
        began = time.monotonic()
        said = running.stderr.read()
        assert running.wait(60) == code, said
        assert time.monotonic() - began < ENDS_WITHIN_S
    assert said.splitlines()[-1].startswith("stopped")
    assert not any(word in said for word in ("Traceback", "Aborted", "terminate called")), said
