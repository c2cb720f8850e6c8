"""Refusals that the project foresees. Each names the thing, the value, the limit and the way out."""

from __future__ import annotations

import errno
import unicodedata
from collections.abc import Iterable, Iterator

SHOWN_PROBLEMS, KEPT_PROBLEMS, MAX_CHARACTERS = 20, 100, 4_000
DISK_AWAY = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ESTALE})
"""Numbers of the errors of a disk that is full, over its quota, broken, read-only or gone."""


class FoundryError(Exception):
    """A foreseen refusal: `code` is stable and machine-readable, `str()` is one sentence for people.

    Subclasses hand every constructor argument on to `super().__init__`, so that they survive pickling. `exit_code` is
    that of a command that ends with this refusal; console/exit_codes.py describes the codes.
    """

    code: str = "refused"
    exit_code: int = 2


class Outage(FoundryError):
    """Something that the factory needs is away and may come back: a broker, a bucket, an engine, a disk.

    Raised with one sentence, or as a subclass with parts of its own. Inside the flow, an outage must be an OSError
    instead: there, a FoundryError becomes a dead letter.
    """

    code = "outage"
    exit_code = 4


class NotAllowed(FoundryError):
    """These credentials may not do what was asked, by the word of a broker, a bucket or a file system.

    Raised with one sentence, or as a subclass with parts of its own.
    """

    code = "not_allowed"
    exit_code = 5


class BadInput(FoundryError):
    """Something from outside that cannot be used. `where` is its path, `what` the sentence about it."""

    code = "bad_input"

    def __init__(self, where: str, what: str) -> None:
        super().__init__(where, what)
        self.where, self.what = where, what

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Problem(FoundryError):
    """One reason against a brief or a plan, in the parts that its sentence is made of.

    `path` names the field. `value` is what it holds, as `shorten` shows it; "" where there is nothing to show. `limit`
    continues the sentence that the value begins ("'a.png' has 70 bytes; the limit is 60"). `remedy` says what to do.
    `code` is "refused_plan" for a plan, "bad_brief" for the text of a brief.
    """

    def __init__(self, path: str, value: str, limit: str, remedy: str, code: str = "refused_plan") -> None:
        super().__init__(path, value, limit, remedy, code)
        self.path, self.value, self.limit, self.remedy, self.code = path, value, limit, remedy, code

    def __str__(self) -> str:
        value = f" {self.value}" if self.value else ""
        return f"{self.path}:{value} {self.limit}; {self.remedy}"


class Unusable(FoundryError):
    """A file, card or length that cannot be used; `limit` continues the sentence that `name` begins."""

    code = "unusable"

    def __init__(self, name: str, limit: str, remedy: str) -> None:
        super().__init__(name, limit, remedy)
        self.name, self.limit, self.remedy = name, limit, remedy

    def __str__(self) -> str:
        return f"{self.name} {self.limit}; {self.remedy}"

    def at(self, path: str, value: str | None = None) -> Problem:
        """Return the same reason as a problem of the field at `path`, which holds `value` or else the name."""
        return Problem(path, shorten(self.name if value is None else value), self.limit, self.remedy)


def shorten(value: object) -> str:
    """Return a value as a sentence shows it: text in quotes, and at most 60 characters of it.

    The cost does not grow with the value.
    """
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    text = ""
    for part in _parts(value):
        text += part
        if len(text) > 60:
            return visible(text[:57]) + "..."
    return visible(text)


def _parts(value: object, depth: int = 0) -> Iterator[str]:
    """Yield the text of a plain value piece by piece, so that a reader may stop early."""
    if isinstance(value, dict | list | tuple) and depth > 20:
        yield "..."
    elif isinstance(value, dict):
        yield "{"
        for index, (key, inner) in enumerate(value.items()):
            yield f"{', ' if index else ''}{key if isinstance(key, int) else key[:60]!r}: "
            yield from _parts(inner, depth + 1)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "[" if isinstance(value, list) else "("
        for index, inner in enumerate(value):
            yield ", " if index else ""
            yield from _parts(inner, depth + 1)
        yield "]" if isinstance(value, list) else ")"
    elif isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 400:
        yield f"a number of about {value.bit_length() * 3 // 10} digits"
    elif isinstance(value, str):
        yield repr(value[:61])
    else:
        yield str(value)[:61]


def visible(text: str) -> str:
    """Return `text` with everything escaped that a terminal would obey or that cannot be written as UTF-8.

    These are control characters (line breaks among them), marks that turn the direction of reading, and lone
    surrogates.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter if _harmless(letter) else _escaped(letter) for letter in text)


def _harmless(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp") and letter not in _TURNING


# The explicit embeddings, overrides and isolates of UAX 9.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def clipped(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Return at most `limit` characters of a text that is answered, visible line by line."""
    lines = "\n".join(visible(line) for line in text[: limit + 1].split("\n"))
    return lines if len(lines) <= limit else lines[: limit - 3] + "..."


class Refusals(FoundryError):
    """The problems of one input, reported together.

    It keeps the first 100 problems and counts the `more` that there are. Its sentence shows 20 of them, within 4,000
    characters, and how many are left out. `stopped` says that there may be more than were counted.
    """

    code = "refused_input"

    def __init__(self, source: str, problems: Iterable[FoundryError], more: int = 0, stopped: bool = False) -> None:
        problems = tuple(problems)
        kept = problems[:KEPT_PROBLEMS]
        more += len(problems) - len(kept)
        super().__init__(source, kept, more, stopped)
        self.source, self.problems, self.more, self.stopped = source, kept, more, stopped

    @property
    def count(self) -> int:
        """The number of all problems, kept or only counted."""
        return len(self.problems) + self.more

    def __str__(self) -> str:
        about = "at least " if self.stopped else ""
        head = f"{clipped(self.source, 200)} is refused for {about}{self.count} reason(s):"
        lines, left = [head], MAX_CHARACTERS - len(head) - 40
        for problem in self.problems[:SHOWN_PROBLEMS]:
            line = "  " + clipped(str(problem), 1_000)
            left -= len(line) + 1
            if left < 0:
                break
            lines.append(line)
        omitted = self.count - len(lines) + 1
        return "\n".join(lines) + (f"\n  and {about}{omitted} more" if omitted else "")


class ProblemList:
    """A bounded collector of problems: it keeps as many as a refusal does, and counts the rest."""

    def __init__(self) -> None:
        self._kept: list[FoundryError] = []
        self._stopped = False
        self.count = 0

    def add(self, problem: FoundryError) -> None:
        """Take one problem in, or all problems of Refusals."""
        several = problem.problems if isinstance(problem, Refusals) else (problem,)
        self._kept += several[: max(KEPT_PROBLEMS - len(self._kept), 0)]
        self._stopped |= isinstance(problem, Refusals) and problem.stopped
        self.count += problem.count if isinstance(problem, Refusals) else 1

    def extend(self, problems: Iterable[FoundryError]) -> None:
        """Take problems in until the list is full. What would yield the rest is not asked for it."""
        for problem in problems:
            if self.full:
                self._stopped = True
                return
            self.add(problem)

    @property
    def full(self) -> bool:
        """True when as many problems are known as a refusal keeps."""
        return self.count >= KEPT_PROBLEMS

    def __bool__(self) -> bool:
        return self.count > 0

    def refuse(self, source: str) -> None:
        """Raise Refusals if there are problems."""
        if self:
            raise Refusals(source, self._kept, self.count - len(self._kept), self._stopped)
