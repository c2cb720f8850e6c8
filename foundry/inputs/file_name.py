"""The type of every field that names a file: a relative path that cannot climb, and one refusal for all others."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from foundry.errors import Problem, Unusable, shorten

MAX_CHARACTERS = 400
MAX_PARTS = 16
FOREIGN_FILE = "foreign_file"
ABSENT = "does not exist among the files that may be named here"
REMEDY = "give the relative path of a file below the folder of files, without '..', backslashes or links"
_DRIVE = re.compile(r"^[A-Za-z]:")
_HIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the order in which a path is shown."""


class ForeignFile(Unusable):
    """A name of no file below the folder of files. It says the same for a file outside and for one that is missing.

    `near` is the name of a file inside that could be meant; "" if there is none.
    """

    code = FOREIGN_FILE

    def __init__(self, name: str, near: str = "") -> None:
        super().__init__(name, ABSENT, REMEDY)
        self.args, self.near = (name, near), near

    @property
    def advice(self) -> str:
        """What to do: name the near match, if there is one."""
        return f"did you mean {shorten(self.near)}?" if self.near else self.remedy

    def __str__(self) -> str:
        return f"{self.name} {self.limit}; {self.advice}"

    def at(self, path: str, value: str | None = None) -> Problem:
        """Return the same reason as a problem of the field at `path`, under this code."""
        return Problem(path, shorten(self.name if value is None else value), self.limit, self.advice, self.code)


def is_file_name(name: str) -> bool:
    """Return True for a relative POSIX path that cannot climb and that shows itself as it is.

    Refused are absolute paths, `..`, backslashes, drive letters, characters of control and direction, more than 400
    characters and more than 16 parts.
    """
    parts = name.split("/")
    return (
        0 < len(name) <= MAX_CHARACTERS
        and len(parts) <= MAX_PARTS
        and bool(parts[0])
        and ".." not in parts
        and "\\" not in name
        and not _DRIVE.match(name)
        and not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _HIDDEN for c in name)
    )


def _checked(name: str) -> str:
    if not is_file_name(name):
        raise PydanticCustomError(FOREIGN_FILE, f"{ABSENT}; {REMEDY}")
    return name


FileName = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_checked),
    Field(json_schema_extra={"maxLength": MAX_CHARACTERS}),
]
"""A file that a brief, tenant or layout names; `foundry.inputs.door.receive` opens it."""
