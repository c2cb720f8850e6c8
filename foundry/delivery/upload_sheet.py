"""The tables by which advertising platforms take many ads at once, as data in `sheets/*.yaml`, one file a platform."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from foundry.channel.placement import Mark
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.errors import BadInput
from foundry.names import Slug
from foundry.strict_model import StrictModel

SHEETS = Path(__file__).with_name("sheets")
OTHER = "other"
"""The sheet of channels that have none of their own."""
VALUES = (
    "campaign", "campaign_name", "ad_group", "ad_name", "file", "image", "image_path", "video", "media_url", "headline",
    "body", "offer", "price", "call_to_action", "legal", "title", "alt_text", "description", "keywords", "product",
    "product_name", "locale", "language", "markets", "audience", "channel", "placement", "size", "link", "tagged_link",
    "url_tags", "embargo", "expiry",
)  # fmt: skip
"""What a column may hold, in braces.

file: the path in the package. image, video: the name of a file that stands still or moves, empty for the other kind.
image_path: its path. body: the second line of the copy. tagged_link: the landing page with UTM parameters. url_tags:
these alone.
"""
LINKS = frozenset({"media_url", "link", "tagged_link", "url_tags"})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Column(StrictModel):
    """One column.

    most: characters. unique: no two rows of one sheet may have the same text. required: the platform takes no row
    without it.
    """

    name: str
    value: str = ""
    most: int | None = Field(default=None, ge=1)
    unique: bool = False
    required: bool = False

    @property
    def is_link(self) -> bool:
        """Return whether the value is an address, which must not be cut."""
        return bool(LINKS & set(_PLACEHOLDER.findall(self.value)))

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text of a cell; "" where no placeholder has a value. KeyError for a placeholder that is none."""
        asked = _PLACEHOLDER.findall(self.value)
        if asked and not any(values[name] for name in asked):
            return ""
        return _PLACEHOLDER.sub(lambda found: values[found[1]], self.value)


class UploadSheet(StrictModel):
    """The table of one platform. channels: those whose files it lists. most_rows: of one file of it."""

    id: Slug
    title: str
    channels: tuple[Slug, ...]
    form: Literal["csv", "xlsx"]
    read_on: date
    source: str
    confidence: Mark
    note: str = ""
    most_rows: int | None = Field(default=None, ge=1)
    columns: tuple[Column, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _knows_its_values(self) -> UploadSheet:
        for column in self.columns:
            if unknown := set(_PLACEHOLDER.findall(column.value)) - set(VALUES):
                raise ValueError(f"{self.id}: column {column.name} asks for {{{min(unknown)}}}, which is no value")
        return self

    def with_columns(self, changes: Mapping[str, str]) -> UploadSheet:
        """Return the sheet with a tenant's own values of columns, and further columns behind them."""
        known = {column.name for column in self.columns}
        columns = [
            column.model_copy(update={"value": changes[column.name]}) if column.name in changes else column
            for column in self.columns
        ]
        columns += [Column(name=name, value=value) for name, value in changes.items() if name not in known]
        for column in columns:
            if unknown := set(_PLACEHOLDER.findall(column.value)) - set(VALUES):
                wrong = f"column {column.name!r} asks for {{{min(unknown)}}}; take one of {', '.join(VALUES)}"
                raise BadInput(f"delivery.packages.columns.{self.id}", wrong)
        return self.model_copy(update={"columns": tuple(columns)})


@lru_cache(maxsize=1)
def upload_sheets() -> Mapping[str, UploadSheet]:
    """Return all sheets by id."""
    files = sorted(SHEETS.glob("*.yaml"))
    return {file.stem: UploadSheet.model_validate({"id": file.stem, **read_yaml(file, SETTINGS)}) for file in files}


def sheet_for(channel: str, changes: Mapping[str, Mapping[str, str]]) -> UploadSheet:
    """Return the sheet of a channel with a tenant's own columns, by sheet; BadInput for columns that cannot be."""
    if unknown := sorted(set(changes) - set(upload_sheets())):
        has = ", ".join(upload_sheets())
        raise BadInput("delivery.packages.columns", f"there is no sheet {unknown[0]!r}; there are {has}")
    sheet = sheet_of(channel)
    return sheet.with_columns(changes.get(sheet.id, {}))


def sheet_of(channel: str) -> UploadSheet:
    """Return the sheet of a channel; the general one for a channel without its own."""
    return next((each for each in upload_sheets().values() if channel in each.channels), upload_sheets()[OTHER])


def sheet_lines() -> Iterator[str]:
    """Yield the lines of the table of sheets in docs/delivery.md."""
    yield "| sheet | channels | file | columns | source |"
    yield "| --- | --- | --- | --- | --- |"
    for each in upload_sheets().values():
        channels = ", ".join(f"`{channel}`" for channel in each.channels) or "all others"
        rows = f", at most {each.most_rows} rows" if each.most_rows else ""
        columns = ", ".join(column.name for column in each.columns)
        yield (
            f"| `{each.id}`: {each.title} | {channels} | {each.form}{rows} | {columns} | "
            f"{each.source}; {each.read_on}, {each.confidence} |"
        )
