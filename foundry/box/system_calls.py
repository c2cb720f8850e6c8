"""The system calls that a decoder needs, as a filter for the Linux kernel (seccomp); all others fail with EPERM."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import tempfile

ALLOWED = (
    "read", "readv", "pread64", "preadv", "lseek", "write", "writev", "pwrite64", "pwritev", "ftruncate", "close",
    "fstat", "newfstatat", "fstat64", "fstatat64", "statx", "stat", "lstat", "access", "faccessat", "faccessat2",
    "getdents64", "readlink", "readlinkat", "getcwd", "fcntl", "fcntl64", "dup", "fadvise64",
    "poll", "ppoll", "select", "pselect6", "mmap", "mmap2", "munmap", "mremap",
    "mprotect", "madvise", "brk", "futex", "sched_yield", "sched_getaffinity", "membarrier", "rseq",
    "set_robust_list", "set_tid_address", "restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "sigaltstack", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "times",
    "getrandom", "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrusage", "getrlimit",
    "uname", "sysinfo", "getcpu", "exit", "exit_group",
)  # fmt: skip
"""Memory, time, what is already open, and looking at files; no process, socket, signal, mount, key or ioctl."""
OPENING = {"open": 1, "openat": 2}
"""Calls that open a file → the argument that holds the flags."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
SET_NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2
INSTRUCTION_BYTES = 8


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def make_filter(*, opening: bool) -> bytes | None:
    """Return the filter as a program for the kernel; None where libseccomp or its Python binding is missing.

    With `opening`, files may be opened for reading; which ones, another fence says.
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):  # RuntimeError: the library is missing below the binding
        return None
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in ALLOWED:
        _add(rules, pyseccomp, name)
    if opening:
        for name, place in OPENING.items():
            _add(rules, pyseccomp, name, pyseccomp.Arg(place, pyseccomp.MASKED_EQ, WRITING, 0))
    _add(rules, pyseccomp, "prlimit64", pyseccomp.Arg(2, pyseccomp.EQ, 0))  # reads a limit; setting one is forbidden
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(rules: object, library: object, name: str, *conditions: object) -> None:
    try:
        rules.add_rule(library.ALLOW, name, *conditions)  # type: ignore[attr-defined]
    except (OSError, ValueError):
        return  # a call that this architecture does not have


def forbid_new_privileges() -> None:
    """Give up, for good, the rights that a program could gain by starting another."""
    _prctl(SET_NO_NEW_PRIVS, 1, 0)


def apply_filter(program: bytes) -> None:
    """Put this thread under the filter, for good."""
    buffer = ctypes.create_string_buffer(program, len(program))
    described = _Program(len(program) // INSTRUCTION_BYTES, ctypes.cast(buffer, ctypes.c_void_p))
    _prctl(SET_SECCOMP, FILTER, ctypes.addressof(described))


def end_with_parent(signal_number: int) -> None:
    """Have the kernel send this process a signal when the thread that forked it ends."""
    _prctl(1, signal_number, 0)


def _prctl(option: int, first: int, second: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    longs = [ctypes.c_ulong(value) for value in (first, second, 0, 0)]
    if library.prctl(ctypes.c_int(option), *longs):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
