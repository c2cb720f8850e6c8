"""The renderer in a process of its own: started once, fenced in, sent one picture after another, ended at limits."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from foundry.box.program import ProgramLimits, confined_command
from foundry.documents import load_json
from foundry.documents.limits import SETTINGS
from foundry.errors import Problem, clipped
from models.sets.ask import Area, SetAsk
from models.sets.product.light_on import LIGHT_CELLS
from models.sets.rendered import Rendered, StagedProduct
from models.sets.renderer import worker
from models.sets.renderer.job_files import ASK, BRIGHTEST_LIGHT, COVERAGE, LIGHT, PICTURE
from models.sets.renderer.limits import MIB, RenderLimits
from models.sets.renderer.refusals import RendererMissing, RenderRefused
from models.sets.renderer.variants import SCALAR, Variant, candidates

LOG = logging.getLogger(__name__)
START_S = 120.0
"""Within which a process must be ready: it imports the renderer and draws a first small picture."""
JOBS_OF_ONE_PROCESS = 2_000
CPU_S = 30 * 86_400
ANSWER_BYTES = 64 * 1024
TRACEBACK = "Traceback (most recent call last):"
_CALLS = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT", "CUDA_VISIBLE_DEVICES")
_SERVING: dict[str, Variant] = {}
"""The variant that serves, by what was wanted: found once in each process."""


@dataclass
class _Process:
    """A worker that runs. `foreign` are the hashes of the foreign files that it has read."""

    process: subprocess.Popen[bytes]
    folder: Path
    said: IO[bytes]
    variant: str
    jobs: int = 0
    foreign: frozenset[str] = field(default_factory=frozenset)
    rest: bytes = b""


class Renderer:
    """Renders pictures of sets, one at a time; thread-safe. `variant` is Mitsuba's name or "auto", the fastest.

    The process is started with the first picture and kept. It is ended at the limits, with whatever interrupts the
    caller, and when this process ends. One that has read a stranger's files serves no other stranger's.
    """

    def __init__(self, limits: RenderLimits | None = None, variant: str = "auto") -> None:
        self.limits, self.wanted = limits or RenderLimits(), variant
        self._lock = threading.Lock()
        self._running: _Process | None = None
        self._closed: Any = None

    def render(self, ask: SetAsk, files: Mapping[str, bytes]) -> Rendered:
        """Return the picture. `files` are by the names that the request says. RendererMissing, RenderRefused."""
        self._check(ask, files)
        with self._lock:
            try:
                return self._rendered(ask, files)
            except RenderRefused:
                raise
            except BaseException:
                self._end()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if one runs."""
        with self._lock:
            self._end()

    def _check(self, ask: SetAsk, files: Mapping[str, bytes]) -> None:
        pixels, size = ask.width_px * ask.height_px, sum(map(len, files.values()))
        if pixels > self.limits.pixels:
            sentence = f"a picture of set {ask.set.id} has {pixels} pixels; the limit is {self.limits.pixels}"
            raise RenderRefused("render_too_large", f"{sentence}; ask for a smaller one")
        if size > self.limits.files_bytes:
            sentence = f"the files of set {ask.set.id} take {size // MIB} MB; the limit is"
            raise RenderRefused("render_too_large", f"{sentence} {self.limits.files_bytes // MIB} MB; reduce them")
        if any(Path(name).name != name or name.startswith(".") for name in files):
            raise ValueError(f"files of a set have plain names: {sorted(files)}")

    def _rendered(self, ask: SetAsk, files: Mapping[str, bytes]) -> Rendered:
        running, began = self._ready(foreign_files(ask, files)), time.monotonic()
        job = running.folder / f"job{running.jobs}"
        running.jobs += 1
        job.mkdir()
        try:
            for name, content in files.items():
                (job / name).write_bytes(content)
            (job / ASK).write_text(ask.model_dump_json(exclude_defaults=True), encoding="utf-8")
            _send(running, {"job": job.name})
            answer = self._answer(running, ask, began + self.limits.seconds)
            if "refused" in answer:
                code, sentence = answer["refused"]
                raise RenderRefused(clipped(str(code), 60), clipped(str(sentence), 1_000))
            return _read(job, ask, answer, running.variant, time.monotonic() - began)
        finally:
            shutil.rmtree(job, ignore_errors=True)

    def _answer(self, running: _Process, ask: SetAsk, deadline: float) -> dict[str, Any]:
        """Return the answer of a picture; RenderRefused if the process was ended at a limit."""
        try:
            return _receive(running, deadline)
        except TimeoutError as error:
            self._end()
            sentence = f"set {ask.set.id} took longer than {self.limits.seconds:g} s to render"
            remedy = "ask for fewer samples or pixels, or for a simpler set"
            raise RenderRefused("render_too_slow", f"{sentence}; {remedy}") from error
        except EOFError as error:
            code, said = running.process.wait(), _last_words(running)
            self._end()
            if TRACEBACK in said:
                raise RuntimeError(f"the renderer broke: {clipped(said, 4_000)}") from error
            sentence = f"set {ask.set.id} ended the renderer ({_end_of(code)}: {clipped(said, 200) or 'no word'})"
            remedy = f"it may take {self.limits.memory_bytes // MIB} MB of memory; ask for fewer pixels or less detail"
            raise RenderRefused("render_broken", f"{sentence}; {remedy}") from error

    def _ready(self, foreign: frozenset[str]) -> _Process:
        """Return a process that may read these foreign files."""
        running = self._running
        if running and (
            running.process.poll() is not None or running.jobs >= JOBS_OF_ONE_PROCESS or not running.foreign <= foreign
        ):
            self._end()
        if self._running is None:
            self._start()
        assert self._running
        self._running.foreign = foreign
        return self._running

    def _start(self) -> None:
        known = _SERVING.get(self.wanted)
        why = ""
        for variant in (known,) if known else candidates(self.wanted):
            self._running = _begin(variant, self.limits)
            self._closed = weakref.finalize(self, _stop, self._running)
            try:
                _receive(self._running, time.monotonic() + START_S)
            except (EOFError, TimeoutError):
                why = _last_words(self._running) or f"{variant.name} does not start"
                self._end()
                continue
            if self.wanted == "auto" and variant.name == SCALAR and known is None:
                LOG.warning(
                    "sets are rendered by the slow variant, as no fitting libLLVM was found: install LLVM 16 or newer, "
                    "such as Debian's libllvm19, or name one in DRJIT_LIBLLVM_PATH, to be about three times as fast"
                )
            _SERVING[self.wanted] = variant
            return
        raise RendererMissing(clipped(why, 300))

    def _end(self) -> None:
        self._running = None
        if self._closed:
            self._closed()


def foreign_files(ask: SetAsk, files: Mapping[str, bytes]) -> frozenset[str]:
    """Return the hashes of the files that a stranger made: models of products and props, and pictures of materials.

    A cutout is no stranger's: this program has decoded the picture, and encoded it again.
    """
    own = {product.file for product in ask.products if product.kind == "cutout"}
    return frozenset(hashlib.sha256(content).hexdigest() for name, content in files.items() if name not in own)


def _begin(variant: Variant, limits: RenderLimits) -> _Process:
    folder, own = Path(tempfile.mkdtemp(prefix="foundry-sets-")), Path(worker.__file__).resolve()
    said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
    inner = [sys.executable, "-P", str(own), variant.name, str(limits.threads), str(limits.triangles)]
    fence = ProgramLimits(data_bytes=limits.memory_bytes, cpu_s=CPU_S, file_bytes=1 << 31)
    readable = [own.parents[3], *([Path(variant.library)] if variant.library else [])]
    environment = {name: os.environ[name] for name in _CALLS if name in os.environ}
    environment |= {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(  # noqa: S603 - this program, with its own arguments
        confined_command(inner, folder, fence, readable), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
        cwd=folder, env=environment | variant.environment(), start_new_session=True,
    )  # fmt: skip
    return _Process(process, folder, said, variant.name)


def _stop(running: _Process) -> None:
    process = running.process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, running.said):
        if pipe:
            pipe.close()
    shutil.rmtree(running.folder, ignore_errors=True)


def _send(running: _Process, content: dict[str, Any]) -> None:
    """Send a line; a process that has ended is noticed when its answer is awaited."""
    assert running.process.stdin
    try:
        os.write(running.process.stdin.fileno(), json.dumps(content).encode() + b"\n")
    except BrokenPipeError:
        return


def _receive(running: _Process, deadline: float) -> dict[str, Any]:
    """Return the next line; TimeoutError at the deadline, EOFError if the process has ended or sends no sound line."""
    assert running.process.stdout
    pipe = running.process.stdout.fileno()
    while b"\n" not in running.rest:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(pipe, 4_096)
        if not part or len(running.rest) > ANSWER_BYTES:
            raise EOFError
        running.rest += part
    line, running.rest = running.rest.split(b"\n", 1)
    try:
        return dict(load_json(line, "the renderer's answer", SETTINGS))
    except (Problem, TypeError, ValueError) as error:
        raise EOFError from error


def _last_words(running: _Process) -> str:
    running.said.seek(max(0, running.said.seek(0, os.SEEK_END) - 4_000))
    lines = running.said.read().decode(errors="replace").strip().splitlines()
    if TRACEBACK in lines:
        return "\n".join([TRACEBACK, *lines[-12:]])
    return lines[-1] if lines else ""


def _end_of(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _read(job: Path, ask: SetAsk, answer: dict[str, Any], variant: str, seconds: float) -> Rendered:
    """Return what the process left in the job's folder, held to the sizes that were asked for."""
    pixels = _array(job / PICTURE, (ask.height_px, ask.width_px, 3))
    staged, cpu_s = None, answer.get("cpu_s")
    cpu_s = float(cpu_s) if isinstance(cpu_s, int | float) else 0.0
    if isinstance(answer.get("staged"), dict):
        coverage = _array(job / COVERAGE, (ask.height_px, ask.width_px))
        areas = tuple(Area.model_validate(area) for area in answer["staged"]["areas"])
        blur = min(1.0, max(0.0, float(answer["staged"].get("blur", 0))))
        staged = StagedProduct(areas, coverage, bool(answer["staged"]["relit"]), _light(job / LIGHT), blur)
    return Rendered(pixels, staged, variant, ask.samples, bool(answer.get("denoised")), seconds, cpu_s)


def _light(path: Path) -> NDArray[np.float32] | None:
    return _array(path, (LIGHT_CELLS, LIGHT_CELLS, 3)) * np.float32(BRIGHTEST_LIGHT) if path.exists() else None


def _array(path: Path, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return an array of this shape, in [0, 1]; RuntimeError if the process left another."""
    size = 4 * int(np.prod(shape))
    if path.is_symlink() or not path.is_file() or path.stat().st_size != size:
        raise RuntimeError(f"the renderer left no {path.name} of {size} bytes")
    found = np.fromfile(path, np.float32).reshape(shape)
    return np.clip(np.nan_to_num(found), 0, 1)
