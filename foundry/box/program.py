"""A program of somebody else's behind a fence: limits, no network, and only the folders that it needs.

`confined_command` gives the command that starts this file, which puts the fence up around itself and becomes the
program. What the kernel does not know is left out: limits hold everywhere, folders and network where there is Landlock.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/etc", "/proc", "/sys")
DEVICES = "/dev"


@dataclass(frozen=True, kw_only=True)
class ProgramLimits:
    """The most that a program and what it starts may take, each process for itself.

    data_bytes: memory that it writes to. Address space is not limited, of which drivers of accelerators reserve much.
    cpu_s: computing time of all its threads.
    file_bytes: each file that it writes.
    """

    data_bytes: int
    cpu_s: int
    file_bytes: int


def confined_command(
    command: list[str], folder: Path, limits: ProgramLimits, also_readable: Iterable[Path] = ()
) -> list[str]:
    """Return the command that runs `command` behind the fence; it may write in `folder` only, and to devices."""
    program = Path(command[0])
    homes = {program.parent, program.resolve().parent}
    homes |= {home.parent for home in homes if home.name in ("bin", "Scripts")}
    files = (part for part in command[1:] if Path(part).is_file())
    readable = [*map(str, homes), *own_libraries(), *files, *map(str, also_readable)]
    plan = {"limits": asdict(limits), "readable": readable, "writable": [str(folder), DEVICES]}
    return [sys.executable, "-P", str(Path(__file__)), json.dumps(plan), *command]


def own_libraries() -> list[str]:
    """Return the folders of this Python, which may also be that of the program."""
    return [str(Path(place).resolve()) for place in (sys.prefix, sys.base_prefix)]


def become(plan: dict[str, object], command: list[str]) -> None:
    """Put the fence up and become the program; OSError if it cannot be started."""
    import resource

    from foundry.box.landlock import EXECUTE, make_ruleset, restrict_self
    from foundry.box.system_calls import forbid_new_privileges

    limits = ProgramLimits(**plan["limits"])  # type: ignore[arg-type]
    for kind, most in (
        (resource.RLIMIT_DATA, limits.data_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (value, value))
    readable, writable = plan["readable"], plan["writable"]
    assert isinstance(readable, list)
    assert isinstance(writable, list)
    ruleset = make_ruleset(map(Path, (*SYSTEM, *readable)), map(Path, writable), also=EXECUTE)
    if ruleset is not None:
        forbid_new_privileges()
        restrict_self(ruleset)
        os.close(ruleset)
    os.execvp(command[0], command)  # noqa: S606 - without a shell, which is what is wanted


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    become(json.loads(sys.argv[1]), sys.argv[2:])
