"""Blender in a process of its own: started for one view, watched, ended, and its picture checked."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from foundry.errors import FoundryError
from foundry.inputs.product_model import kind_of
from foundry.inputs.product_view import View

SCENE = Path(__file__).with_name("scene.py")
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "SYSTEMROOT")
"""All that Blender is told of the environment: no credential reaches a process that parses foreign files."""


class BlenderMissing(FoundryError):
    """No interpreter that can import bpy, and no Blender."""

    code = "blender_missing"

    def __init__(self, program: str):
        super().__init__(program)
        self.program = program

    def __str__(self) -> str:
        return (
            f"product models are rendered by Blender, and {self.program} has none: install the extra `blender` "
            "(pip install 'campaign-foundry[blender]'), or name a Blender or a Python that has bpy"
        )


class RenderRefused(FoundryError):
    """A product model that cannot be rendered: what is wrong, and what to do."""

    code = "render_refused"

    def __init__(self, model: str, wrong: str, remedy: str):
        super().__init__(model, wrong, remedy)
        self.model, self.wrong, self.remedy = model, wrong, remedy

    def __str__(self) -> str:
        return f"product model {self.model} {self.wrong}; {self.remedy}"


@dataclass(frozen=True)
class Blender:
    """Which Blender, and its limits. `program` is a Python that has bpy, or a Blender; empty means this Python."""

    program: str = ""
    device: Literal["auto", "cpu", "cuda", "optix"] = "auto"
    timeout_s: int = 1_800
    threads: int = 0

    def command(self, job: Path) -> list[str]:
        """What is run for a job; BlenderMissing if this Python would be used and has no bpy."""
        if Path(self.program).name.lower().startswith("blender"):
            return [self.program, "--background", "--factory-startup", "--python", str(SCENE), "--", str(job)]
        if not self.program and importlib.util.find_spec("bpy") is None:
            raise BlenderMissing(sys.executable)
        return [self.program or sys.executable, "-P", str(SCENE), str(job)]  # neither our packages nor our folder


def render(model: bytes, view: View, blender: Blender, name: str = "") -> bytes:
    """The view as PNG, 16-bit RGBA, straight alpha, sRGB; RenderRefused or BlenderMissing with a sentence.

    `name` is what people know the model by. The model is alone in a folder that is gone afterwards.
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
        said = _run(blender.command(job), folder, blender, shown)
        told = json.loads(result.read_text(encoding="utf-8")) if result.exists() else {}
        if "refused" in told:
            raise RenderRefused(shown, *told["refused"])
        if not told or not out.exists():
            raise _crashed(shown, said, blender)
        return plain_png(out.read_bytes())


@dataclass(frozen=True)
class _Said:
    code: int
    last: str


def _run(command: list[str], folder: Path, blender: Blender, shown: str) -> _Said:
    """Run to the end or to the time limit; whatever it started is ended with it."""
    room = {"HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    kept = {key: os.environ[key] for key in KEPT_VARIABLES if key in os.environ}
    try:
        process = subprocess.Popen(
            command, cwd=folder, env={**kept, **room}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:
        raise BlenderMissing(command[0]) from error
    with process:
        try:
            told, _ = process.communicate(timeout=blender.timeout_s)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            remedy = "ask for fewer samples or pixels, decimate it, or raise the limit"
            raise RenderRefused(shown, f"took longer than {blender.timeout_s} s to render", remedy) from error
    lines = [line for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    return _Said(process.returncode, lines[-1].strip()[:160] if lines else "")


def _crashed(shown: str, said: _Said, blender: Blender) -> FoundryError:
    if "No module named 'bpy'" in said.last:
        return BlenderMissing(blender.program or sys.executable)
    how = f"signal {-said.code}" if said.code < 0 else f"exit code {said.code}"
    return RenderRefused(
        shown, f"ended Blender with {how} ({said.last or 'no word'})", "open it in Blender and mend it"
    )


def plain_png(data: bytes) -> bytes:
    """Blender's PNG without its clocks and paths; ValueError if it is not 16-bit RGBA."""
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
