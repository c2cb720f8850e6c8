"""Shots: the orders for a drawing model, and the facts of a stored master that layouts need."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.card.adapter_use import AdapterUse

VARIANTS_PER_ORDER = 48
"""The most stills of one render order."""


@dataclass(frozen=True)
class Box:
    """A rectangle in thousandths of the picture: left, top, right, bottom; the origin is top left."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, kw_only=True)
class MasterFacts:
    """The facts of a master, besides its pixels, that a layout needs."""

    name: str
    bucket: str
    width_px: int
    height_px: int
    product_box: Box | None
    mirrored: bool = False


@dataclass(frozen=True, kw_only=True)
class ShotOrder:
    """One picture to draw and stage. Small, since it crosses shuffles; `picture` is a hash, not pixels.

    `model` is the digest of the drawing card; with `adapters` it names everything that must be loaded. `composition`
    is the name of the bucket's composition; empty for the usual one.
    """

    name: str
    plan: str
    tenant: str
    subject: int
    scene: int
    bucket: str
    mirrored: bool
    alternative: int
    prompt: str
    negative_prompt: str
    palette: tuple[str, ...]
    picture: str | None
    width_px: int
    height_px: int
    steps: int
    model: str = ""
    adapters: tuple[AdapterUse, ...] = ()
    composition: str = ""

    @property
    def master(self) -> str:
        """Object name of the master."""
        return f"masters/{self.name[:2]}/{self.name}.png"

    @property
    def record(self) -> str:
        """Object name of the master's record."""
        return f"masters/{self.name[:2]}/{self.name}.json"

    @property
    def key(self) -> str:
        """The name of the shot in messages and reports."""
        return f"{self.tenant}/shot/{self.name}"


@dataclass(frozen=True)
class RenderOrder:
    """A run of variants of one shot for one worker: those at the places `start` to before `stop` among the shot's.

    `position` is that of its first variant among all of the plan (`Plan.render_order`).
    """

    shot: ShotOrder
    start: int
    stop: int
    position: int
