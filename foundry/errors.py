"""Refusals that we foresee: each names the thing, the value, the limit and the way out."""

from __future__ import annotations

from typing import ClassVar


class FoundryError(Exception):
    """A foreseen refusal. `code` is stable and machine-readable; `str()` is one sentence for people.

    Subclasses pass every constructor argument on to `super().__init__`, so that they survive pickling.
    """

    code: ClassVar[str] = "refused"


class BadInput(FoundryError):
    """Something that came from outside cannot be used: `where` is its path, `what` the sentence."""

    code = "bad_input"

    def __init__(self, where: str, what: str):
        super().__init__(where, what)
        self.where, self.what = where, what

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Refusals(FoundryError):
    """Everything that is wrong with one input, reported together."""

    code = "refused_input"

    def __init__(self, source: str, problems: tuple[FoundryError, ...]):
        super().__init__(source, problems)
        self.source, self.problems = source, problems

    def __str__(self) -> str:
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        return f"{self.source} is refused for {len(self.problems)} reason(s):\n{lines}"
