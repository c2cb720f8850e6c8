"""Blender in a process of its own, started for one view, watched and ended; its picture is checked."""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from foundry.box.program import ProgramLimits, confined_command
from foundry.documents import read_json
from foundry.documents.limits import SETTINGS
from foundry.errors import FoundryError, Problem, clipped
from foundry.inputs.product_model import kind_of
from foundry.inputs.product_view import View
from foundry.metering.steps import charge_accelerator, charge_processor

SCENE = Path(__file__).with_name("scene.py")
MOST_FILE_BYTES = 2 << 30
"""Of one file that Blender writes; the largest picture takes 512 MiB before it is packed."""
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "SYSTEMROOT")
"""The only variables that Blender's environment keeps: no credential reaches a process that parses foreign files."""


class BlenderMissing(FoundryError):
    """There is no interpreter that can import bpy, and no Blender."""

    code = "blender_missing"

    def __init__(self, program: str) -> None:
        super().__init__(program)
        self.program = program

    def __str__(self) -> str:
        return (
            f"product models are rendered by Blender, and {self.program} has none: install the extra `blender` "
            "(pip install 'campaign-foundry[blender]'), or name a Blender or a Python that has bpy"
        )


class RenderRefused(FoundryError):
    """A product model cannot be rendered; the sentence says why, and what to do."""

    code = "render_refused"

    def __init__(self, model: str, wrong: str, remedy: str) -> None:
        super().__init__(model, wrong, remedy)
        self.model, self.wrong, self.remedy = model, wrong, remedy

    def __str__(self) -> str:
        return f"product model {self.model} {self.wrong}; {self.remedy}"


@dataclass(frozen=True)
class Blender:
    """The Blender to use, and its limits. `program` is a Python that has bpy, or a Blender; empty means this Python."""

    program: str = ""
    device: Literal["auto", "cpu", "cuda", "optix"] = "auto"
    timeout_s: int = 1_800
    threads: int = 0
    memory_bytes: int = 16 << 30

    def limits(self) -> ProgramLimits:
        """Return the limits of its process: all cores may compute until the time is up."""
        cpu_s = self.timeout_s * (self.threads or os.cpu_count() or 1)
        return ProgramLimits(data_bytes=self.memory_bytes, cpu_s=cpu_s, file_bytes=MOST_FILE_BYTES)

    def command(self, job: Path) -> list[str]:
        """Return the command for a job's file; BlenderMissing if this Python would run it and has no bpy."""
        if Path(self.program).name.lower().startswith("blender"):
            return [self.program, "--background", "--factory-startup", "--python", str(SCENE), "--", str(job)]
        if not self.program and importlib.util.find_spec("bpy") is None:
            raise BlenderMissing(sys.executable)
        return [self.program or sys.executable, "-P", str(SCENE), str(job)]  # neither our packages nor our folder


def render(model: bytes, view: View, blender: Blender, name: str = "") -> bytes:
    """Return the view as PNG: 16-bit RGBA, straight alpha, sRGB. Raises RenderRefused or BlenderMissing.

    `name` is the model's name in error sentences. The model lies alone in a folder that is removed afterwards.
    """
    suffix, shown = kind_of(model[:16]), name or "file"
    if suffix is None:
        raise RenderRefused(shown, "is neither glTF nor USD inside", "export it again, as GLB if you can")
    with tempfile.TemporaryDirectory(prefix="foundry-view-") as scratch:
        folder = Path(scratch)
        (folder / f"product{suffix}").write_bytes(model)
        job, result, out = folder / "job.json", folder / "result.json", folder / "view.png"
        asked = {
            **view.model_dump(mode="json"), "model": str(folder / f"product{suffix}"), "out": str(out),
            "result": str(result), "device": blender.device, "threads": blender.threads,
        }  # fmt: skip
        job.write_text(json.dumps(asked), encoding="utf-8")
        with _measured(result):
            end = _run(blender.command(job), folder, blender, shown)
        match _answer_in(result):
            case {"refused": [str(wrong), str(remedy)]}:
                raise RenderRefused(shown, clipped(wrong, 300), clipped(remedy, 300))
            case {"refused": _} | None:
                raise _crash_error(shown, end, blender)
        if out.is_symlink() or not out.is_file():  # a process that was taken over could leave a link to another file
            raise _crash_error(shown, end, blender)
        return strip_metadata(out.read_bytes())


@contextmanager
def _measured(result: Path) -> Iterator[None]:
    """Charge the block's child process to those who pay: its processor time, and its wall time on an accelerator.

    The system tells the time of ended children in one sum, and one view is rendered at a time.
    """
    before, began = _children_s(), time.perf_counter_ns()
    try:
        yield
    finally:
        charge_processor("view", _children_s() - before)
        match _answer_in(result):
            case {"device": "cuda" | "optix"}:
                charge_accelerator("view", time.perf_counter_ns() - began)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _answer_in(result: Path) -> Any:
    """Return the process's answer; None if it left none that can be read. It has read a foreign file."""
    try:
        return read_json(result, SETTINGS) or None
    except Problem:
        return None


@dataclass(frozen=True)
class _ProcessEnd:
    """The exit code of a process, and the last line that it printed."""

    code: int
    last_line: str


def _run(command: list[str], folder: Path, blender: Blender, shown: str) -> _ProcessEnd:
    """Run a command to its end or to the time limit, at which every process that it started is ended with it."""
    own = {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    kept = {key: os.environ[key] for key in KEPT_VARIABLES if key in os.environ}
    program = shutil.which(command[0])
    if program is None:
        raise BlenderMissing(command[0])
    command = confined_command([program, *command[1:]], folder, blender.limits())
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed command; the foreign file is only an argument of it
            command, cwd=folder, env={**kept, **own}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:
        raise BlenderMissing(program) from error
    with process:
        try:
            output, _ = process.communicate(timeout=blender.timeout_s)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            remedy = "ask for fewer samples or pixels, decimate it, or raise the limit"
            raise RenderRefused(shown, f"took longer than {blender.timeout_s} s to render", remedy) from error
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return _ProcessEnd(process.returncode, lines[-1].strip()[:160] if lines else "")


def _crash_error(shown: str, end: _ProcessEnd, blender: Blender) -> FoundryError:
    if "No module named 'bpy'" in end.last_line:
        return BlenderMissing(blender.program or sys.executable)
    how = f"signal {-end.code}" if end.code < 0 else f"exit code {end.code}"
    return RenderRefused(
        shown, f"ended Blender with {how} ({end.last_line or 'no word'})", "open it in Blender and mend it"
    )


def strip_metadata(data: bytes) -> bytes:
    """Return Blender's PNG without times and paths; ValueError if it is not 16-bit RGBA."""
    if data[24:26] != bytes((16, 6)):
        raise ValueError(f"Blender wrote depth {data[24]}, colour type {data[25]}, not 16-bit RGBA")
    kept = b"".join(data[start:stop] for kind, start, stop in _chunks(data) if kind in (b"IDAT", b"IEND"))
    srgb = bytes.fromhex("000000017352474200AECE1CE9")
    return data[:33] + srgb + kept


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 8
    while at < len(data):
        stop = at + 12 + int(struct.unpack(">I", data[at : at + 4])[0])
        yield data[at + 4 : at + 8], at, stop
        at = stop
