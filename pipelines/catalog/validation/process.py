"""The process in which Great Expectations works: it takes seconds to import, and runs expectations from outside."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from foundry.box import MIB
from foundry.box.program import ProgramLimits, confined_command
from foundry.errors import FoundryError, Unusable, clipped
from pipelines.catalog.validation import program
from pipelines.catalog.validation.job import ANSWER, ANSWERS, JOB, JOBS, ValidationAnswer, ValidationJob

LIMITS = ProgramLimits(data_bytes=3_072 * MIB, cpu_s=240, file_bytes=64 * MIB)
WALL_S = 10.0 * LIMITS.cpu_s
"""So that a busy machine ends no validation."""
_CALLS = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")


class ValidationEnded(FoundryError):
    """A validation took more time or memory than it may."""

    code = "validation_ended"

    def __init__(self, seconds: int, megabytes: int, said: str) -> None:
        super().__init__(seconds, megabytes, said)
        self.seconds, self.megabytes, self.said = seconds, megabytes, said

    def __str__(self) -> str:
        return (
            f"the validation was ended: it may take {self.seconds} s of computing and {self.megabytes} MB. "
            f"Take out expectations that cost much, such as long lists of patterns. {self.said}".rstrip()
        )


@dataclass(frozen=True)
class Validated:
    """The answer to a job, the folder with its pages, and the seconds that it took."""

    answer: ValidationAnswer
    folder: Path
    seconds: float


@contextmanager
def validated(job: ValidationJob, limits: ProgramLimits = LIMITS) -> Iterator[Validated]:
    """Yield the answer to a job from a process of its own, with its pages, which are removed afterwards.

    Unusable if Great Expectations is not installed, ValidationEnded if the job goes beyond the limits.
    """
    if importlib.util.find_spec("great_expectations") is None:
        raise Unusable("Great Expectations", "is not installed", "install campaign-foundry[catalog]")
    with TemporaryDirectory(prefix="validation-") as scratch:
        folder, began = Path(scratch).resolve(), monotonic()
        (folder / JOB).write_bytes(JOBS.dump_json(job))
        _run(folder, job, limits)
        yield Validated(ANSWERS.validate_json((folder / ANSWER).read_bytes()), folder, monotonic() - began)


def _run(folder: Path, job: ValidationJob, limits: ProgramLimits) -> None:
    own = Path(program.__file__).resolve()
    readable = (own.parents[3], Path(job.table).resolve())
    command = confined_command([sys.executable, "-P", str(own), str(folder)], folder, limits, readable)
    environment = {name: os.environ[name] for name in _CALLS if name in os.environ}
    environment |= {"HOME": str(folder), "TMPDIR": str(folder), "GX_ANALYTICS_ENABLED": "False", "PYTHONUTF8": "1"}
    try:
        ended = subprocess.run(  # noqa: S603 - this program, with its own arguments
            command, capture_output=True, text=True, errors="replace", timeout=WALL_S, env=environment, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ValidationEnded(limits.cpu_s, limits.data_bytes // MIB, "") from error
    if ended.returncode == 0:
        return
    if ended.returncode < 0 or "MemoryError" in ended.stderr or "ArrowMemoryError" in ended.stderr:
        raise ValidationEnded(limits.cpu_s, limits.data_bytes // MIB, "")
    raise RuntimeError(f"the validation broke: {clipped(ended.stderr[-2_000:])}")
