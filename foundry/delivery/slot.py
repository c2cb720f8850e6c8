"""The place of a finished file: what stays the same when the file is made anew.

A changed price gives another file, with another name and other bytes. At a target it is a new version of the same
asset, because it stands at the same slot.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property

from foundry.names import digest


class Part(StrEnum):
    """Which file of a variant: the file itself, or the subtitles of a film."""

    FILE = "file"
    SUBTITLES = "subtitles"


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One place of a campaign or a catalog.

    scope: `campaign:<id>`, or `catalog:<id>` for files that a catalog's runs made, because the campaigns of a catalog's
    runs change from night to night. alternative: from 0.
    """

    tenant: str
    scope: str
    product: str
    scene: str
    locale: str
    placement: str
    audience: str = ""
    alternative: int = 0
    part: Part = Part.FILE

    @cached_property
    def id(self) -> str:
        """32 hex digits; by them a target's asset is found again."""
        return digest("slot", **{each.name: getattr(self, each.name) for each in fields(self)})
