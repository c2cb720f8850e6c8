"""The fence around one job: made once in the warm process, put up by each job for itself before it reads anything."""

from __future__ import annotations

import os
import resource
import signal
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from foundry.box.landlock import landlock_version, make_ruleset, restrict_self
from foundry.box.limits import BoxLimits
from foundry.box.system_calls import apply_filter, end_with_parent, forbid_new_privileges, make_filter

SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
MOST_DESCRIPTORS = 64
LINUX = sys.platform.startswith("linux")


@dataclass(frozen=True)
class Fence:
    """What this kernel can put around a job: a Landlock ruleset and a seccomp program, each None where it cannot."""

    ruleset: int | None
    program: bytes | None

    def names(self) -> dict[str, str | bool | int]:
        """Return what is active, for logs and metrics."""
        return {
            "rlimits": True,
            "no_new_privileges": LINUX,
            "landlock": landlock_version() if self.ruleset is not None else 0,
            "seccomp": self.program is not None,
        }


def make_fence(*, landlock: bool = True, seccomp: bool = True) -> Fence:
    """Return the strongest fence that this machine has.

    Where Landlock is missing, the filter of system calls forbids opening any file, so that no secret can be read.
    """
    ruleset = make_ruleset(library_folders()) if landlock else None
    return Fence(ruleset, make_filter(opening=ruleset is not None) if seccomp else None)


def library_folders() -> list[Path]:
    """Return the folders from which a job may still import: Python's own, installed packages, and these packages."""
    paths = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    own = Path(__file__).resolve().parents[2]
    packages = [own / name for name in ("connectors", "foundry", "imaging", "models", "templates")]
    bases = [Path(folder, "lib") for folder in (sys.prefix, sys.base_prefix)]
    return [*paths, *bases, *packages, *map(Path, SYSTEM_LIBRARIES)]


def confine(limits: BoxLimits, fence: Fence, used_bytes: int) -> None:
    """Put this process, which just forked, behind the fence. `used_bytes` is the address space that it has now."""
    if LINUX:
        end_with_parent(signal.SIGKILL)
    memory = used_bytes + limits.memory_bytes
    if LINUX:  # macOS knows the first but does not enforce it, and refuses values below what is in use
        _limit(resource.RLIMIT_AS, memory)
        _limit(resource.RLIMIT_DATA, memory)
        _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1)  # the first says why, the second cannot be ignored
    _limit(resource.RLIMIT_FSIZE, limits.answer_bytes)
    _limit(resource.RLIMIT_NOFILE, MOST_DESCRIPTORS)
    _limit(resource.RLIMIT_CORE, 0)
    if LINUX:
        forbid_new_privileges()
    if fence.ruleset is not None:
        restrict_self(fence.ruleset)
        os.close(fence.ruleset)
    if fence.program is not None:
        apply_filter(fence.program)


def _limit(kind: int, most: int, hardest: int | None = None) -> None:
    """Lower a limit for good; one that is already lower stays."""
    _, hard = resource.getrlimit(kind)
    unlimited = hard == resource.RLIM_INFINITY
    hardest = most if hardest is None else hardest
    resource.setrlimit(kind, (most if unlimited else min(most, hard), hardest if unlimited else min(hardest, hard)))


def address_space_bytes() -> int:
    """Return the address space that this process uses; 0 where the system does not tell."""
    if not LINUX:
        return 0
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()
