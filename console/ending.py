"""The exit code and the sentence with which an error ends a command."""

from __future__ import annotations

import errno
import importlib
import io
import os
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from typer.exceptions import TyperException

from console.exit_codes import Exit
from foundry.errors import FoundryError, NotAllowed, Outage, clipped, visible


@dataclass(frozen=True)
class Ending:
    """The end of a command: its exit code, and the sentence about it."""

    code: Exit
    sentence: str


AGAIN = "what is finished stays, and the same command goes on"
_WRONG_PATH = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}
_FORBIDDEN = {errno.EACCES, errno.EPERM}
_REMEDIES = {
    errno.ENOSPC: f"make room; {AGAIN}",
    errno.EDQUOT: f"make room, or ask for a larger quota; {AGAIN}",
    errno.EFBIG: f"raise the limit on the size of files (`ulimit -f`); {AGAIN}",
    errno.EROFS: f"make the disk writable, or name another folder; {AGAIN}",
    errno.EIO: f"check the disk; {AGAIN}",
    errno.EMFILE: f"raise the limit on open files (`ulimit -n`); {AGAIN}",
    errno.EADDRINUSE: "stop the program that uses the address, or name another port",
    errno.EPIPE: "the program that read this output has ended",
}
_EXTRAS = {
    "av": "video", "cloudevents": "kafka", "google": "gcs", "imagecodecs": "jxl", "kafka": "kafka",
    "onnxruntime": "screen", "pikepdf": "print", "prometheus_client": "kafka", "requests": "gcs",
    "spandrel": "upscale", "tifffile": "print", "torchao": "quantise", "torchvision": "upscale",
}  # fmt: skip
_REFUSED_BY_BROKER = (
    "InvalidTopicError", "InvalidPartitionsError", "InvalidReplicationFactorError", "InvalidConfigurationError",
    "InvalidReplicationAssignmentError", "MessageSizeTooLargeError", "RecordListTooLargeError", "PolicyViolationError",
    "UnsupportedVersionError", "InvalidGroupIdError", "UnsupportedSaslMechanismError", "KafkaConfigurationError",
    "InvalidTimestampError",
)  # fmt: skip
_NOT_ALLOWED_BY_BROKER = ("AuthorizationError", "SaslAuthenticationFailedError", "SecurityDisabledError")
_ROOMS = "console|pipelines|transforms|lab|models|connectors|imaging|infra|foundry"
_OURS = re.compile(rf"^(?P<module>(?:{_ROOMS})(?:\.\w+)+)\.(?P<name>\w+): ", re.MULTILINE)
_TRACE = re.compile(r"^(?:[ \t]++at |Traceback |Caused by|During handling|The above exception)", re.MULTILINE)
_OF_THE_SYSTEM = re.compile(r"^(?:RuntimeError: )?\w*Error: \[Errno (\d+)\] ([^\n:]*)(?:: '([^'\n]*)')?", re.MULTILINE)
_OUT_OF_MEMORY = re.compile(r"^(?:RuntimeError: )?(?:MemoryError|torch\.OutOfMemoryError)\b", re.MULTILINE)
_OUR_FILE = re.compile(rf".*/((?:{_ROOMS})/.+)")
_STEP = re.compile(r" \[while running '[^\n]*?'\]")


def ending_of(error: BaseException) -> Ending:
    """Return the exit code and the sentence of an error that ends a command.

    A FoundryError says both itself. Errors of the operating system, of Kafka's and of Google's libraries are told by
    type, along the chain of causes; those of a step of the flow by the text in which Beam passes them on. Anything
    else is a bug.
    """
    for link in _causes(error):
        if found := _foreseen(link):
            return Ending(found.code, clipped(_STEP.sub("", found.sentence)))
    return Ending(Exit.BUG, _STEP.sub("", _bug(error)))


def _foreseen(error: BaseException) -> Ending | None:
    judges = (_of_usage, _of_ours, _of_memory, _of_an_extra, _of_a_library, _of_the_system, _as_text)
    return next((found for judge in judges if (found := judge(error))), None)


def _of_usage(error: BaseException) -> Ending | None:
    if not isinstance(error, TyperException):
        return None
    said = error.format_message() if hasattr(error, "format_message") else str(error)
    return Ending(Exit.REFUSED, f"wrong usage: {said}")


def _of_ours(error: BaseException) -> Ending | None:
    if isinstance(error, FoundryError):
        return Ending(_own_code(error), str(error))
    code = _stated_code(type(error))
    return Ending(code, str(error)) if code else None


def _of_memory(error: BaseException) -> Ending | None:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return Ending(Exit.OUTAGE, f"there is not enough memory; free some, or make less at once; {AGAIN}")
    return None


def _of_a_library(error: BaseException) -> Ending | None:
    code = _by_library(error)
    return Ending(code, f"{_words(error)}{'' if code is Exit.REFUSED else f'; {AGAIN}'}") if code else None


def _stated_code(kind: object) -> Exit | None:
    """Return the code that a class states itself: an outage that is no FoundryError, because it must stop a run."""
    code = getattr(kind, "exit_code", None)
    return Exit(code) if isinstance(code, int) else None


def _of_an_extra(error: BaseException) -> Ending | None:
    name = error.name or "" if isinstance(error, ModuleNotFoundError) else ""
    extra = _EXTRAS.get(name.partition(".")[0])
    if extra is None:
        return None
    wanted = f"this needs the extra {extra}; install it with pip install 'campaign-foundry[{extra}]'"
    return Ending(Exit.REFUSED, wanted)


def _own_code(error: FoundryError) -> Exit:
    """Return the code of a refusal. An outage that a library's answer caused has the code of that answer."""
    if isinstance(error, Outage | NotAllowed):
        for cause in _causes(error):
            if code := _by_library(cause):
                return code
    return Exit(error.exit_code)


def _by_library(error: BaseException) -> Exit | None:
    """Return the code of an error of Kafka's or Google's libraries; None for all others."""
    names = {kind.__name__ for kind in type(error).__mro__}
    room = type(error).__module__.partition(".")[0]
    if room == "kafka" and "KafkaError" in names:
        if names.intersection(_NOT_ALLOWED_BY_BROKER):
            return Exit.NOT_ALLOWED
        return Exit.REFUSED if names.intersection(_REFUSED_BY_BROKER) else Exit.OUTAGE
    if room == "google" and names & {"GoogleAPIError", "GoogleAuthError"}:
        if "TransportError" in names:
            return Exit.OUTAGE
        if names & {"Forbidden", "Unauthorized", "GoogleAuthError"}:
            return Exit.NOT_ALLOWED
        passing = names & {"NotFound", "TooManyRequests"} or "ClientError" not in names
        return Exit.OUTAGE if passing else Exit.REFUSED
    return None


def _of_the_system(error: BaseException) -> Ending | None:
    if not isinstance(error, OSError):
        return None
    number = error.errno
    if number is None and type(error).__module__.startswith("PIL"):
        return Ending(Exit.REFUSED, f"a picture cannot be read: {_words(error)}")
    if isinstance(error, BrokenPipeError) and error.filename is None:
        number = errno.EPIPE
    wrong = os.strerror(number).lower() if number else _words(error)
    where = f"{_name(error.filename)}: " if error.filename else ""
    if number in _WRONG_PATH:
        return Ending(Exit.REFUSED, f"{where}{wrong}; correct the path")
    if number in _FORBIDDEN:
        return Ending(Exit.NOT_ALLOWED, f"{where}{wrong}; ask for the right, or name another path")
    return Ending(Exit.OUTAGE, f"{where}{wrong}; {_REMEDIES.get(number or 0, AGAIN)}")


def _as_text(error: BaseException) -> Ending | None:
    """Return the ending of an error whose traceback is in the text of another, as Beam's engines pass errors on."""
    text = str(error) if isinstance(error, RuntimeError) else ""
    for found in reversed(list(_OURS.finditer(text))):
        kind = getattr(importlib.import_module(found["module"]), found["name"], None)
        if code := _stated_code(kind):
            return Ending(code, _TRACE.split(text[found.end() :])[0].strip())
    if numbers := list(_OF_THE_SYSTEM.finditer(text)):
        number, wrong, name = numbers[-1].groups()
        return _of_the_system(OSError(int(number), wrong, name))
    return _of_memory(MemoryError()) if _OUT_OF_MEMORY.search(text) else None


def _bug(error: BaseException) -> str:
    """Return the one line about a bug: the error, its place in our code, and the way to report it."""
    frames = [(_OUR_FILE.match(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    places = [f" in {file[1]}:{line}" for file, line in frames if file]
    place = places[-1] if places else ""
    last_line = _words(error).splitlines()[-1]
    what = f"{type(error).__name__}: {last_line}" if str(error) else last_line
    return (
        f"internal error{place}: {visible(clipped(what, 300))}. This is a bug: report it with the command, the output "
        "of `foundry --version`, and what the command prints with FOUNDRY_TRACEBACK=1"
    )


def _words(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__


def _name(filename: object) -> str:
    return os.fsdecode(filename) if isinstance(filename, str | bytes | os.PathLike) else str(filename)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and its declared causes. What was only being handled when it rose is not its cause."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__


def usage_of(error: BaseException) -> str:
    """Return what a person is told of a wrong usage, with the command's usage; "" for any other error."""
    if not isinstance(error, TyperException) or not hasattr(error, "show"):
        return ""
    told = io.StringIO()
    error.show(file=told)
    return told.getvalue().rstrip("\n")


def wants_traceback() -> bool:
    """Return whether tracebacks are to be printed: FOUNDRY_TRACEBACK=1."""
    return os.environ.get("FOUNDRY_TRACEBACK", "") not in ("", "0")


def print_traceback(error: BaseException) -> None:
    """Print the traceback on stderr."""
    traceback.print_exception(error, file=sys.stderr)
