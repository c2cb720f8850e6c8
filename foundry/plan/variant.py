"""Variants: finished files, each named by everything that goes into it."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.channel.placement import Placement
from foundry.copy import Copy
from foundry.layout.layout import Layout
from foundry.plan.clip import ClipOrder
from foundry.plan.shot import ShotOrder
from foundry.plan.timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One finished file: shot × product × locale × copy × layout × placement."""

    name: str
    shot: ShotOrder
    product: int
    locale: str
    copy: Copy
    layout: Layout
    placement: Placement
    scenes: tuple[ShotOrder, ...] = ()
    """A film's shots in order of appearance, `shot` first; empty for a still."""
    timeline: Timeline | None = None
    """The timeline of a film; None for a still."""
    clips: tuple[ClipOrder | None, ...] = ()
    """The clip seen in place of the picture of each of `scenes`; empty where no scene moves."""

    @property
    def shows(self) -> tuple[ShotOrder, ...]:
        """All shots that are seen in the file."""
        return self.scenes or (self.shot,)

    @property
    def record(self) -> str:
        """Object name of the rendition's record; it is written last and means that the file is done."""
        return f"records/{self.name[:2]}/{self.name}.json"

    @property
    def thumbnail(self) -> str:
        """Object name of the small picture for reports."""
        return f"thumbnails/{self.name[:2]}/{self.name}.webp"

    def address(self, extension: str) -> str:
        """Return the object name of the rendition."""
        return f"renditions/{self.name[:2]}/{self.name}.{extension}"

    def sidecar(self, extension: str) -> str:
        """Return the object name of a file beside the rendition: subtitles as `vtt` or `srt`."""
        return f"renditions/{self.name[:2]}/{self.name}.{extension}"

    @property
    def key(self) -> str:
        """The name of the variant in messages and reports."""
        return f"{self.shot.tenant}/variant/{self.name}"
