"""What Bynder answers, typed in one place. What it does not tell is empty or None."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from connectors.http.answers import ForeignAnswer


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def _or_none(value: Any) -> Any:
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_or_empty)]
Flag = Annotated[bool, BeforeValidator(lambda value: value or False)]
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""Ids stand in addresses, so nothing else is taken for one."""


class MediaItem(ForeignAnswer):
    """A file of an asset: the original of a version, or a picture that was made of it."""

    id: Text = ""
    type: Text = ""
    version: int | None = None
    active: Flag = True


class Media(ForeignAnswer):
    """An asset."""

    id: Id
    name: Text = ""
    description: Text = ""
    copyright: Text = ""
    tags: Annotated[tuple[str, ...], BeforeValidator(_or_none)] = ()
    archive: Flag = False
    size_bytes: int | None = Field(default=None, alias="fileSize")
    modified: Text = Field(default="", alias="dateModified")
    active_version: int | None = Field(default=None, alias="activeVersion")
    items: Annotated[tuple[MediaItem, ...], BeforeValidator(_or_none)] = Field(default=(), alias="mediaItems")

    @property
    def version(self) -> int | None:
        """The number of the version that is in use."""
        originals = [each for each in self.items if each.type == "original" and each.version is not None]
        active = [each.version for each in originals if each.active] or [each.version for each in originals]
        return max(filter(None, active), default=self.active_version)


class SavedMedia(ForeignAnswer):
    """The answer to a saving."""

    id: Id = Field(alias="mediaid")
    batch: Text = Field(default="", alias="batchId")


class DownloadAddress(ForeignAnswer):
    """Where an original can be fetched for a while."""

    url: Annotated[str, Field(alias="s3_file", max_length=8_000)]


class Option(ForeignAnswer):
    """One choice of a metaproperty."""

    id: Id
    name: Text = ""
    label: Text = ""


class Metaproperty(ForeignAnswer):
    """A field of a portal's own."""

    id: Id
    name: Text = ""
    type: Text = ""
    options: Annotated[tuple[Option, ...], BeforeValidator(_or_none)] = ()


class PreparedUpload(ForeignAnswer):
    """An upload of version 7 that has begun."""

    file_id: Id


class S3File(ForeignAnswer):
    """The names of an upload of version 4."""

    uploadid: Id
    targetid: Annotated[str, Field(max_length=2_000)]


class InitialisedUpload(ForeignAnswer):
    """An upload of version 4 that has begun. multipart_params: a policy and its signature, secrets for a while."""

    s3file: S3File
    s3_filename: Annotated[str, Field(max_length=2_000)]
    multipart_params: dict[str, str] = Field(repr=False)


class FinalisedUpload(ForeignAnswer):
    """An upload of version 4 that is whole."""

    import_id: Id = Field(alias="importId")


class PollState(ForeignAnswer):
    """How far the conversion of uploads is."""

    done: Annotated[tuple[str, ...], BeforeValidator(_or_none)] = Field(default=(), alias="itemsDone")
    failed: Annotated[tuple[str, ...], BeforeValidator(_or_none)] = Field(default=(), alias="itemsFailed")
    rejected: Annotated[tuple[str, ...], BeforeValidator(_or_none)] = Field(default=(), alias="itemsRejected")
