"""The model cards and adapters of one plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from foundry.card.adapter_use import AdapterUse
from foundry.card.card import ModelCard
from foundry.inputs.picture import PictureFacts


@dataclass(frozen=True)
class ResolvedAdapter:
    """An adapter that a tenant chose: its card, its weight in thousandths, and the picture that it follows."""

    card: ModelCard
    weight: int
    picture: PictureFacts | None = None

    @cached_property
    def use(self) -> AdapterUse:
        """The form that a shot order carries; the picture's key is its SHA-256."""
        return AdapterUse(self.card.digest, self.weight, self.picture.sha256 if self.picture else "")


@dataclass(frozen=True)
class Cards:
    """The cards that a plan draws, enlarges and judges with, and its video card if the tenant has one."""

    generate: ModelCard
    upscale: ModelCard
    screen: ModelCard
    adapters: tuple[ResolvedAdapter, ...] = ()
    clip: ModelCard | None = None

    @property
    def uses(self) -> tuple[AdapterUse, ...]:
        """The adapters in the form that a shot order carries."""
        return tuple(worn.use for worn in self.adapters)
