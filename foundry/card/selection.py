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
class SceneCards:
    """The cards of scenes that name their own drawing card, by the name that they write."""

    name: str
    generate: ModelCard
    upscale: ModelCard


@dataclass(frozen=True)
class Cards:
    """The cards that a plan draws, enlarges and judges with, and its video card if the tenant has one.

    `scenes` are those of scenes that name a card of their own; `of` returns the cards of one scene.
    """

    generate: ModelCard
    upscale: ModelCard
    screen: ModelCard
    adapters: tuple[ResolvedAdapter, ...] = ()
    clip: ModelCard | None = None
    scenes: tuple[SceneCards, ...] = ()

    def knows(self, model: str | None) -> bool:
        """Return True if `of` has cards for the name."""
        return model is None or any(each.name == model for each in self.scenes)

    def of(self, model: str | None) -> Cards:
        """Return the cards of a scene that names `model`, or none of its own; KeyError for an unknown name.

        Of the adapters, those that fit the drawing card are left. A card that renders sets also films them.
        """
        own = next((each for each in self.scenes if each.name == model), None)
        if model is not None and own is None:
            raise KeyError(model)
        generate, upscale = (own.generate, own.upscale) if own else (self.generate, self.upscale)
        clip = generate if generate.set and generate.frames else self.clip
        worn = tuple(each for each in self.adapters if fits(each.card, generate)) if own else self.adapters
        return Cards(generate, upscale, self.screen, worn, clip)

    @property
    def drawing(self) -> tuple[ModelCard, ...]:
        """The cards that draw and enlarge, adapters among them."""
        return (self.generate, self.upscale, *(worn.card for worn in self.adapters))

    @property
    def uses(self) -> tuple[AdapterUse, ...]:
        """The adapters in the form that a shot order carries."""
        return tuple(worn.use for worn in self.adapters)


def fits(adapter: ModelCard, base: ModelCard) -> bool:
    """Return True if a drawing card can wear an adapter."""
    what = adapter.adapter
    return what is not None and base.id in what.bases and what.kind in base.takes
