"""Refusals that the project foresees. Each names the thing, the value, the limit and the way out."""

from __future__ import annotations


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
    """Return a value as a sentence shows it: text in quotes, and at most 60 characters of it."""
    text = value if isinstance(value, str) else str(value)
    text = text if len(text) <= 60 else text[:57] + "..."
    return repr(text) if isinstance(value, str) else text


class Refusals(FoundryError):
    """All problems of one input, reported together."""

    code = "refused_input"

    def __init__(self, source: str, problems: tuple[FoundryError, ...]) -> None:
        super().__init__(source, problems)
        self.source, self.problems = source, problems

    def __str__(self) -> str:
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        return f"{self.source} is refused for {len(self.problems)} reason(s):\n{lines}"
