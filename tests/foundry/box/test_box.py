"""Tests of `foundry.box`: calls, answers, and refusals for what a job takes or raises."""

from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.box import MIB, BoxLimits, boxed, confinement
from foundry.box.keeper import keeper
from foundry.errors import BadInput, Unusable

JOBS = "tests.support.boxed_jobs:"


def refusal(function: str, limits: BoxLimits | None = None, **arguments: Any) -> str:
    with pytest.raises(Unusable) as refused:
        boxed(JOBS + function, b"abc", limits=limits, called="logo.png", **arguments)
    return str(refused.value)


def test_a_function_gets_the_bytes_and_answers_with_a_value_and_arrays(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_bytes(bytes(range(256)))
    for data in (bytes(range(256)), file):
        found = boxed(JOBS + "echo", data, depth=2, words=["a", "\N{GREEK SMALL LETTER ALPHA}"])
        assert found.value == {"arguments": {"depth": 2, "words": ["a", "\N{GREEK SMALL LETTER ALPHA}"]}, "bytes": 256}
        assert found.arrays[0].tobytes() == bytes(range(256))


def test_arrays_keep_type_and_shape_and_can_be_written_to() -> None:
    floats, empty, truth = boxed(JOBS + "several", b"").arrays
    assert (floats == np.arange(12, dtype=np.float32).reshape(3, 4)).all()
    assert (empty.shape, empty.dtype) == ((2, 0, 3), np.uint16)
    assert truth.tolist() == [[True]]
    floats[0, 0] = 5
    assert floats[0, 0] == 5


def test_a_job_that_takes_more_than_its_limit_is_refused_in_a_sentence() -> None:
    assert refusal("take_memory", BoxLimits(memory_bytes=100 * MIB), mib=200).startswith(
        "logo.png took more than 100 MB of memory to read; "
    )
    assert refusal("compute", BoxLimits(cpu_s=1)).startswith("logo.png took more than 1 s of computing to read; ")
    assert refusal("wait", BoxLimits(wall_s=0.3), seconds=30).startswith("logo.png took more than 0.3 s to read; ")
    assert refusal("swell", BoxLimits(answer_bytes=2 * MIB), mib=3).startswith(
        "logo.png holds more than 2 MB when read; "
    )


def test_a_job_that_dies_or_lies_is_refused_in_a_sentence() -> None:
    assert refusal("crash").startswith("logo.png crashed its reader (SIG")
    assert refusal("leave", code=3).startswith("logo.png ended its reader without an answer; ")
    for hexes in ("", "ff" * 20, "0200000000000000" + b"{}".hex(), "0100000000000000" + b"[".hex()):
        assert refusal("rubbish", hexes=hexes).startswith("logo.png made its reader give no sound answer: ")


def test_a_bug_in_a_decoder_is_the_file_s_refusal_without_control_characters() -> None:
    assert refusal("raise_bug") == (
        "logo.png cannot be read (TypeError: a decoder's own \N{REPLACEMENT CHARACTER}[31m mistake in two lines); "
        "save it again"
    )


def test_a_refusal_comes_back_as_it_was_raised_if_the_caller_knows_it() -> None:
    assert refusal("refuse", kind="unusable") == "logo.png has 3 pixels; each edge needs 64; give a larger one"
    assert "in/logo.png: is no picture" in refusal("refuse", kind="bad_input")
    with pytest.raises(BadInput, match=r"in/logo\.png: is no picture; save it again"):
        boxed(JOBS + "refuse", b"", raises=(BadInput,), kind="bad_input")
    assert refusal("refuse", kind="foreign").startswith("logo.png is refused: ")


def test_the_box_says_what_holds_on_this_machine() -> None:
    found = confinement()
    assert found["rlimits"] is True
    assert set(found) == {"rlimits", "no_new_privileges", "landlock", "seccomp"}


@pytest.mark.seccomp
def test_system_calls_are_confined_where_the_library_is() -> None:
    assert confinement()["seccomp"] is True


def test_a_job_sees_no_environment_and_no_descriptor_but_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    seen = boxed(JOBS + "environment", b"").value
    assert seen["variables"] == {}
    assert len(seen["descriptors"]) == 5  # standard ones, which lead nowhere, the input and the answer
    assert seen["folder"] == "/"


needs_fence = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has Landlock and seccomp")


@needs_fence
@pytest.mark.seccomp
@pytest.mark.parametrize("what", [
    "read a file", "list a folder", "write a file", "append to a file", "remove a file", "rename a file",
    "make a folder", "link a file", "open a socket", "open a UNIX socket", "start a program", "replace itself",
    "fork", "signal another", "read another's memory", "trace another", "make a file in memory",
    "mount", "raise a limit",
])  # fmt: skip
def test_a_job_can_do_nothing_but_decode(what: str, tmp_path: Path) -> None:
    file = tmp_path / "private"
    file.write_bytes(b"private")
    where = {
        "list a folder": str(tmp_path),
        "make a folder": str(tmp_path / "new"),
        "link a file": str(tmp_path / "link"),
    }
    own = dict.fromkeys(("signal another", "read another's memory", "trace another"), str(os.getpid()))
    with socket.create_server(("127.0.0.1", 0)) as server:
        at = {"open a socket": str(server.getsockname()[1])}
        held = boxed(JOBS + "attempt", b"", what=what, where={**where, **own, **at}.get(what, str(file))).value
    assert held in ("PermissionError", "ValueError")  # the latter is Python's word for a limit that may not be raised
    assert [entry.name for entry in tmp_path.iterdir()] == ["private"]
    assert file.read_bytes() == b"private"


@needs_fence
def test_every_limit_of_the_kernel_is_set() -> None:
    found = boxed(JOBS + "limits", b"", limits=BoxLimits(cpu_s=7, answer_bytes=3 * MIB)).value
    assert found["RLIMIT_CPU"] == 8
    assert found["RLIMIT_FSIZE"] == 3 * MIB
    assert found["RLIMIT_NPROC"] == found["RLIMIT_CORE"] == 0
    assert 0 < found["RLIMIT_NOFILE"] <= 64
    assert found["RLIMIT_AS"] == found["RLIMIT_DATA"] > 2_000 * MIB


def test_several_threads_decode_at_once_and_each_gets_its_own_answer() -> None:
    found: dict[int, bytes] = {}

    def ask(number: int) -> None:
        for _ in range(5):
            found[number] = boxed(JOBS + "echo", bytes([number]) * 1000).arrays[0].tobytes()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: bytes([number]) * 1000 for number in range(8)}


def test_a_killed_warm_process_is_replaced() -> None:
    confinement()
    first = keeper.warm().process
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert boxed(JOBS + "echo", b"again").arrays[0].tobytes() == b"again"
    assert keeper.warm().process.pid != first.pid


def test_a_warm_process_that_is_killed_under_a_job_is_replaced_and_the_job_done_again() -> None:
    first = keeper.warm().process
    threading.Timer(0.5, first.kill).start()
    assert boxed(JOBS + "wait", b"", seconds=1.0).value == "waited"
    assert keeper.warm().process.pid != first.pid


def test_a_forked_process_starts_a_warm_process_of_its_own() -> None:
    program = (
        "import os; from foundry.box import boxed; from foundry.box.keeper import keeper\n"
        "first = keeper.warm().process.pid\n"
        "pid = os.fork()\n"
        "boxed('tests.support.boxed_jobs:echo', b'x')\n"
        "same = keeper.warm().process.pid == first\n"
        "if pid == 0: os._exit(1 if same else 0)\n"
        "assert os.waitpid(pid, 0)[1] == 0 and same"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "sys.exit(0)"])
def test_the_warm_process_and_its_jobs_end_with_their_owner(end: str) -> None:
    program = (
        "import os, sys, threading, time; from foundry.box import boxed; from foundry.box.keeper import keeper\n"
        "print(keeper.warm().process.pid, flush=True)\n"
        "ask = lambda: boxed('tests.support.boxed_jobs:wait', b'', seconds=30)\n"
        "threading.Thread(target=ask, daemon=True).start(); time.sleep(1)\n" + end
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
    warm = int(done.stdout)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _session_lives(warm):
        time.sleep(0.05)
    assert not _session_lives(warm)


def _session_lives(leader: int) -> bool:
    """Tell if a process is left in the session that the warm process led."""
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


def test_importing_the_box_starts_nothing_and_loads_no_heavy_package() -> None:
    program = (
        "import sys, foundry.box; from foundry.box.keeper import keeper\n"
        "assert keeper._warm is None and not {'numpy', 'PIL', 'pyseccomp', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_a_pipe_without_a_writer_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unusable, match="pipe is not a file"):
        boxed(JOBS + "echo", tmp_path / "pipe")
    with pytest.raises(Unusable, match="none cannot be opened"):
        boxed(JOBS + "echo", tmp_path / "none")


def test_a_function_that_does_not_exist_is_a_bug_and_no_refusal() -> None:
    with pytest.raises(LookupError, match="nowhere"):
        boxed("foundry.box.nowhere:there", b"")


FILES = """
import sys
from foundry.box import boxed, confinement
from foundry.errors import FoundryError
from tests.hostile.decoders import DECODERS, whole_files
for name, files in whole_files().items():
    for data in files:
        DECODERS[name](data)
print(confinement())
loaded = boxed('tests.support.boxed_jobs:loaded', b'').value
assert not {'torch', 'apache_beam', 'transformers', 'diffusers'} & set(loaded), loaded
"""


@needs_fence
@pytest.mark.slow
@pytest.mark.parametrize(
    ("fences", "landlock", "seccomp"), [("seccomp", False, True), ("landlock", True, False), ("none", False, False)]
)
def test_every_decoder_works_on_a_machine_that_has_fewer_fences(fences: str, landlock: bool, seccomp: bool) -> None:
    environment = {**os.environ, "FOUNDRY_BOX_FENCES": fences}
    done = subprocess.run(
        [sys.executable, "-c", FILES], check=False, capture_output=True, text=True, timeout=300, env=environment
    )
    assert done.returncode == 0, done.stderr
    found = ast.literal_eval(done.stdout.strip().splitlines()[-1])
    assert (bool(found["landlock"]), found["seccomp"]) == (landlock, seccomp)


def test_a_job_can_be_given_only_what_json_can_hold() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        boxed(JOBS + "echo", b"", picture=object())
    with pytest.raises(ValueError, match="the limit is"):
        boxed(JOBS + "echo", b"", words="x" * (5 << 20))
    assert boxed(JOBS + "echo", b"still").arrays[0].tobytes() == b"still"
