"""Landlock, the Linux kernel's own fence around files and sockets, by its three system calls.

The numbers are those of all architectures (include/uapi/asm-generic/unistd.h), the flags those of
include/uapi/linux/landlock.h. A kernel before 5.13, or one that leaves Landlock out, answers that it has none.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION, PATH_BENEATH = 1, 1
EXECUTE, READ_FILE, READ_DIR = 1, 1 << 2, 1 << 3
OF_A_FILE = EXECUTE | 1 << 1 | READ_FILE | 1 << 14 | 1 << 15
"""Rights that a file has, besides folders: to run, write, read, cut and control it."""
RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Rights on files that each version of the interface knows; a version above 5 adds none."""
TCP_RIGHTS, TCP_SINCE = 0b11, 4
"""Binding and connecting."""
SCOPES, SCOPES_SINCE = 0b11, 6
"""Abstract UNIX sockets of others, and signals to others."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _call(number: int, *arguments: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    result = library.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return int(result)


def landlock_version() -> int:
    """Return the version of the kernel's interface; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    try:
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION))
    except OSError:
        return 0


def make_ruleset(readable: Iterable[Path], writable: Iterable[Path] = (), *, also: int = 0) -> int | None:
    """Return a descriptor of rules that forbid all but reading, and `also`, below some folders, and all below others.

    Connections by TCP are forbidden too, where the kernel can. None where there is no Landlock.
    """
    version = landlock_version()
    if not version:
        return None
    rights = RIGHTS_BY_VERSION[min(version, 5)]
    rules = _Ruleset(rights, TCP_RIGHTS if version >= TCP_SINCE else 0)
    rules.scoped = SCOPES if version >= SCOPES_SINCE else 0
    size = 24 if version >= SCOPES_SINCE else 16 if version >= TCP_SINCE else 8
    ruleset = _call(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    os.set_inheritable(ruleset, False)
    for folder in readable:
        _allow(ruleset, folder, READ_FILE | READ_DIR | also)
    for folder in writable:
        _allow(ruleset, folder, rights)
    return ruleset


def _allow(ruleset: int, folder: Path, rights: int) -> None:
    try:
        place = os.open(folder, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:
        return  # nothing there to be read
    try:
        mine = rights if folder.is_dir() else rights & OF_A_FILE
        beneath = _Beneath(mine, place)
        _call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(PATH_BENEATH), ctypes.byref(beneath), ctypes.c_uint32(0))
    finally:
        os.close(place)


def restrict_self(ruleset: int) -> None:
    """Put this thread and all that it starts under the rules, for good; it must have given up new privileges."""
    _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
