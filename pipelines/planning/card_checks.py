"""Checks of the model cards: who may use them, which sizes they draw, which adapters they take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from foundry.brief.brief import Brief
from foundry.card.card import ModelCard
from foundry.card.selection import Cards, ResolvedAdapter
from foundry.channel.placement import Placement
from foundry.errors import FoundryError, Problem, shorten
from foundry.tenant import Tenant


def check_cards(
    cards: Cards, tenant: Tenant, placements: Iterable[Placement], brief: Brief | None = None
) -> Iterator[FoundryError]:
    """Yield the problems of the cards that a tenant uses, and of the adapters that its drawings wear.

    With a brief, those of the cards that its scenes name too.
    """
    where = f"tenant {tenant.id}: models"
    for role in ("generate", "upscale", "screen"):
        yield from _check_use(f"{where}.{role}", getattr(cards, role), tenant)
    for index, worn in enumerate(cards.adapters):
        yield from _check_adapter(f"{where}.adapters[{index}].card", worn.card, cards.generate, tenant)
        yield from _check_guide(f"{where}.adapters[{index}].picture", worn)
    buckets = {placement.bucket for placement in placements}
    for path, card in _drawing_cards(cards, where, brief):
        for bucket in sorted(buckets - set(card.sizes)):
            wrong = f"draws no {bucket} pictures, only {', '.join(card.sizes)}"
            yield Problem(path, shorten(card.id), wrong, "drop those placements")


def _drawing_cards(cards: Cards, where: str, brief: Brief | None) -> Iterator[tuple[str, ModelCard]]:
    """Yield the cards that draw, with the field that names each."""
    scenes = brief.settings() if brief else ()
    if not scenes or any(scene.model is None for scene in scenes):
        yield f"{where}.generate", cards.generate
    for own in cards.scenes:
        at = next((at for at, scene in enumerate(scenes) if scene.model == own.name), None)
        if at is not None:
            yield f"scenes[{at}].model", own.generate


def _check_use(path: str, card: ModelCard, tenant: Tenant) -> Iterator[FoundryError]:
    if objection := card.objection(tenant.id):
        yield objection.at(path)


def _check_adapter(path: str, card: ModelCard, base: ModelCard, tenant: Tenant) -> Iterator[FoundryError]:
    yield from _check_use(path, card, tenant)
    if card.adapter is None:
        yield Problem(path, shorten(card.name), f"does {card.task}; it is no adapter", "name an adapter card")
        return
    if base.id not in card.adapter.bases:
        fits = ", ".join(card.adapter.bases)
        yield Problem(path, shorten(card.name), f"fits {fits}, not {base.id}", "choose an adapter that was made for it")
    if card.adapter.kind not in base.takes:
        takes = f"takes only {', '.join(base.takes)}" if base.takes else "takes no adapters"
        yield Problem(
            path, shorten(card.name), f"is a {card.adapter.kind}; {base.id} {takes}", "drop it from the tenant"
        )


def _check_guide(path: str, worn: ResolvedAdapter) -> Iterator[FoundryError]:
    """Check that an adapter that follows a picture has one, and that no other has one."""
    kind = worn.card.adapter.kind if worn.card.adapter else "lora"
    if worn.picture is None:
        if kind != "lora":
            yield Problem(path, "", f"is missing; {kind} follows a picture", "name one beside the card")
        return
    if kind == "lora":
        name = worn.picture.file.name
        yield Problem(path, shorten(name), "is not used; lora follows no picture", "leave it out")
