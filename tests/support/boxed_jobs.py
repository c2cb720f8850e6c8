"""Functions for tests to run in the box: one that is good, and ones that try what no decoder may do."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from foundry.box import Boxed
from foundry.errors import BadInput, FoundryError, Unusable


def echo(stream: BinaryIO, **arguments: Any) -> Boxed:
    data = np.frombuffer(stream.read(), np.uint8)
    return Boxed({"arguments": arguments, "bytes": data.size}, (data,))


def several(stream: BinaryIO) -> tuple[np.ndarray[Any, Any], ...]:
    return np.arange(12, dtype=np.float32).reshape(3, 4), np.zeros((2, 0, 3), np.uint16), np.array([[True]])


def take_memory(stream: BinaryIO, mib: int) -> int:
    return len(bytearray(mib << 20))


def compute(stream: BinaryIO) -> None:
    while True:
        pass


def wait(stream: BinaryIO, seconds: float) -> str:
    time.sleep(seconds)
    return "waited"


def crash(stream: BinaryIO, number: int = signal.SIGSEGV) -> None:
    if number == signal.SIGSEGV:
        ctypes.string_at(0)
    os.abort()


def leave(stream: BinaryIO, code: int) -> None:
    os._exit(code)


def swell(stream: BinaryIO, mib: int) -> np.ndarray[Any, Any]:
    return np.ones((mib, 1 << 20), np.uint8)


def raise_bug(stream: BinaryIO) -> None:
    raise TypeError("a decoder's own \x1b[31m mistake\n in two lines")


class Foreign(FoundryError):
    code = "foreign"


def refuse(stream: BinaryIO, kind: str) -> None:
    if kind == "unusable":
        raise Unusable("logo.png", "has 3 pixels; each edge needs 64", "give a larger one")
    if kind == "bad_input":
        raise BadInput("in/logo.png", "is no picture; save it again")
    raise Foreign("with", {"a": "record"})


def rubbish(stream: BinaryIO, hexes: str) -> None:
    """Write bytes over the answer and end as if all were well."""
    for descriptor in range(3, 64):
        try:
            if "memfd" in str(Path(f"/proc/self/fd/{descriptor}").readlink()) or os.fstat(descriptor).st_size == 0:
                os.pwrite(descriptor, bytes.fromhex(hexes), 0)
        except OSError:
            continue
    os._exit(0)


def attempt(stream: BinaryIO, what: str, where: str = "") -> str:
    """Try a forbidden thing. Return "done", or the name of the error that held it off."""
    try:
        _attempts()[what](where)
    except Exception as error:  # noqa: BLE001 - its name is the answer
        return type(error).__name__
    return "done"


def _attempts() -> dict[str, Any]:
    return {
        "read a file": lambda where: Path(where).read_bytes(),
        "list a folder": lambda where: list(Path(where).iterdir()),
        "write a file": lambda where: Path(where).write_bytes(b"x"),
        "append to a file": lambda where: os.open(where, os.O_WRONLY | os.O_APPEND),
        "remove a file": lambda where: Path(where).unlink(),
        "rename a file": lambda where: Path(where).rename(f"{where}.moved"),
        "make a folder": lambda where: Path(where).mkdir(),
        "link a file": lambda where: Path(f"{where}.link").symlink_to(where),
        "open a socket": lambda where: socket.create_connection(("127.0.0.1", int(where)), timeout=2),
        "open a UNIX socket": lambda where: socket.socket(socket.AF_UNIX),
        "start a program": lambda where: subprocess.run(["/bin/true"], check=True),
        "replace itself": lambda where: os.execv("/bin/true", ["true"]),
        "fork": lambda where: _fork(),
        "signal another": lambda where: os.kill(int(where), 0),
        "read another's memory": lambda where: Path(f"/proc/{where}/mem").open("rb"),
        "make a file in memory": lambda where: os.memfd_create("x"),
        "trace another": lambda where: _system_call("ptrace", 16, int(where), 0, 0),
        "mount": lambda where: _system_call("mount", b"none", b"/mnt", b"tmpfs", 0, 0),
        "raise a limit": lambda where: __import__("resource").setrlimit(__import__("resource").RLIMIT_CPU, (-1, -1)),
    }


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _system_call(name: str, *arguments: Any) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)


def environment(stream: BinaryIO) -> dict[str, Any]:
    return {
        "variables": dict(os.environ),
        "descriptors": _descriptors(),
        "folder": str(Path.cwd()),
        "user": os.getuid(),
    }


def _descriptors() -> list[int]:
    found = []
    for number in range(128):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found


def limits(stream: BinaryIO) -> dict[str, int]:
    import resource

    names = ("RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_CORE")
    return {name: resource.getrlimit(getattr(resource, name))[1] for name in names}


def loaded(stream: BinaryIO) -> list[str]:
    return sorted(sys.modules)
