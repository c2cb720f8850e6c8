"""What ResourceSpace answers, typed in one place. What it does not tell is empty or None."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from connectors.http.answers import ForeignAnswer


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def _number(value: Any) -> Any:
    return None if value == "" else value


Text = Annotated[str, BeforeValidator(_or_empty)]


class Columns(ForeignAnswer):
    """A resource without its metadata. archive: its state. checksum: MD5 of the file, or of its size and beginning."""

    ref: int = Field(ge=1)
    archive: int = 0
    extension: Text = Field(default="", alias="file_extension")
    modified: Text = Field(default="", alias="file_modified")
    size_bytes: Annotated[int | None, BeforeValidator(_number)] = Field(default=None, alias="file_size")
    checksum: Text = Field(default="", alias="file_checksum")

    @property
    def has_file(self) -> bool:
        """Whether a file was put there."""
        return bool(self.modified or self.size_bytes)

    @property
    def file_tag(self) -> str:
        """What changes with the file; ResourceSpace tells the second in which it came."""
        return f"{self.modified} {self.extension}" if self.has_file else ""


class FieldValue(ForeignAnswer):
    """One field of metadata. name: its short name."""

    name: Text = ""
    value: Text = ""
