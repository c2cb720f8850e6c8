"""The variants of the renderer: which may serve on this machine, the fastest first."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LIBRARY = "DRJIT_LIBLLVM_PATH"
SCALAR, LLVM, CUDA = "scalar_rgb", "llvm_ad_rgb", "cuda_ad_rgb"
PLACES = (
    "/usr/lib/*-linux-gnu/libLLVM*.so*", "/usr/lib/llvm-*/lib/libLLVM*.so*", "/usr/lib64/libLLVM*.so*",
    "/usr/lib64/llvm*/lib/libLLVM*.so*", "/usr/local/lib/libLLVM*.so*", "/opt/homebrew/opt/llvm*/lib/libLLVM*.dylib",
)  # fmt: skip
OLDEST_LLVM = 16
"""Older ones cannot compile the renderer's code, and end the process ("Cannot select fminimum")."""
MOST_TRIED = 3


@dataclass(frozen=True)
class Variant:
    """A variant by Mitsuba's name; `library` is the libLLVM that it compiles with, "" where there is none to name."""

    name: str
    library: str = ""

    def environment(self) -> dict[str, str]:
        """Return the variables of its process."""
        return {LIBRARY: self.library} if self.library else {}


def candidates(wanted: str = "auto") -> tuple[Variant, ...]:
    """Return the variants to try, in this order. Each is tried in a process of its own: a wrong libLLVM aborts."""
    if wanted == LLVM:
        return tuple(Variant(LLVM, library) for library in libraries()) or (Variant(LLVM),)
    if wanted != "auto":
        return (Variant(wanted),)
    cuda = (Variant(CUDA),) if Path("/dev/nvidiactl").exists() else ()
    return (*cuda, *(Variant(LLVM, library) for library in libraries()), Variant(SCALAR))


def libraries() -> tuple[str, ...]:
    """Return the paths of the LLVM libraries that may do, the newest first; the one that a variable names, if any."""
    named = os.environ.get(LIBRARY)
    if named:
        return (named,)
    newest: dict[Path, tuple[int, str]] = {}
    for path in _found():
        version = re.search(r"(\d+)", path.name.split("LLVM", 1)[1]) or re.search(r"llvm[-@]?(\d+)", str(path))
        if version and int(version[1]) >= OLDEST_LLVM:
            newest.setdefault(path.resolve(), (int(version[1]), str(path)))
    return tuple(path for _, path in sorted(newest.values(), key=lambda each: (-each[0], each[1]))[:MOST_TRIED])


def _found() -> Iterator[Path]:
    for place in PLACES:
        yield from sorted(Path("/").glob(place.lstrip("/")))
