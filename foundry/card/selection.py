"""The cards that a plan is made with, and what its drawings wear."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from foundry.card.adapter_use import AdapterUse
from foundry.card.card import ModelCard
from foundry.names import sha256_file


@dataclass(frozen=True)
class ResolvedAdapter:
    """An adapter as a tenant wears it: the card, its weight in thousandths, and the picture file that it follows."""

    card: ModelCard
    weight: int
    file: Path | None = None

    @cached_property
    def use(self) -> AdapterUse:
        """As a shot order carries it; the picture's key is its SHA-256."""
        return AdapterUse(self.card.digest, self.weight, sha256_file(self.file) if self.file else "")


@dataclass(frozen=True)
class Cards:
    """The models that a plan draws, enlarges and judges with, and films with if its tenant has one for that."""

    generate: ModelCard
    upscale: ModelCard
    screen: ModelCard
    adapters: tuple[ResolvedAdapter, ...] = ()
    clip: ModelCard | None = None

    @property
    def uses(self) -> tuple[AdapterUse, ...]:
        """The adapters as a shot order carries them."""
        return tuple(worn.use for worn in self.adapters)
