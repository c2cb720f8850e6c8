"""Cards by the names that people write: `id` is the version in production, `id@version` exactly that one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from foundry.card.card import ModelCard
from foundry.card.selection import Cards, ResolvedAdapter, SceneCards
from foundry.errors import FoundryError, Refusals
from foundry.plan.clips import TASKS
from foundry.tenant import AdapterChoice, Tenant
from models.registry.folders import CARDS, Registry, broken_cards, promotion_state, registry_of, sound_cards
from models.registry.refusals import CardRefused, NoVersionChosen, UnknownModel, WrongTask


def cards(where: Registry | Path = CARDS) -> Mapping[str, ModelCard]:
    """Return id → the version in production, or the newest version where none is."""
    found: dict[str, ModelCard] = {}
    for card in sound_cards(registry_of(where)):
        if card.id not in found or found[card.id].stage != "production":
            found[card.id] = card
    return found


def card(name: str, task: str | tuple[str, ...], where: Registry | Path = CARDS) -> ModelCard:
    """Return the card that `id` or `id@version` names; WrongTask unless it does `task`, or one of several."""
    wanted = (task,) if isinstance(task, str) else task
    registry = registry_of(where)
    versions, version = _versions(registry, name)
    found = _exact(versions, name, version) if version else _in_production(registry, versions)
    if found.task not in wanted:
        raise WrongTask(name, found.task, " or ".join(wanted))
    return found


def find(registry: Registry, name: str) -> ModelCard:
    """Return the card that a command is about: exactly `id@version`; else the one in production, or the only one."""
    versions, version = _versions(registry, name)
    if version:
        return _exact(versions, name, version)
    if len(versions) == 1:
        return versions[0]
    return _in_production(registry, versions)


def _versions(registry: Registry, name: str) -> tuple[tuple[ModelCard, ...], str]:
    identity, _, version = name.partition("@")
    known = sound_cards(registry)
    versions = tuple(card for card in known if card.id == identity)
    broken = [each for each in broken_cards(registry) if each.may_be(identity, version)]
    usable = any(card.version == version if version else card.stage == "production" for card in versions)
    if broken and not usable:
        raise broken[0].problem
    if not versions:
        raise UnknownModel(name, tuple(sorted({card.id for card in known})))
    return versions, version


def _exact(versions: tuple[ModelCard, ...], name: str, version: str) -> ModelCard:
    for card in versions:
        if card.version == version:
            return card
    raise UnknownModel(name, tuple(card.name for card in versions))


def _in_production(registry: Registry, versions: tuple[ModelCard, ...]) -> ModelCard:
    found = [card for card in versions if card.stage == "production"]
    if len(found) == 1:
        return found[0]
    identity = versions[0].id
    if found:
        names = ", ".join(card.name for card in found)
        raise NoVersionChosen(identity, f"{names} all say production", "retire all but one, or name one exactly")
    there = "; ".join(_describe(registry, card) for card in versions)
    raise NoVersionChosen(
        identity, f"no version is in production ({there})", "promote one, or name a candidate exactly as id@version"
    )


def _describe(registry: Registry, card: ModelCard) -> str:
    note = promotion_state(registry, card).note
    return f"{card.name} is {card.stage}" + (f": {note}" if note else "")


def cards_of(tenant: Tenant, where: Registry | Path = CARDS) -> Cards:
    """Return the cards that a tenant's file names.

    If the tenant must not use one of them now, the refusal rises; several are raised together as Refusals.
    """
    registry, problems = registry_of(where), list[FoundryError]()

    def resolve(name: str, task: str | tuple[str, ...]) -> ModelCard | None:
        try:
            found = card(name, task, registry)
        except FoundryError as refused:
            problems.append(refused)
            return None
        if objection := found.objection(tenant.id):
            problems.append(CardRefused(tenant.id, found.name, objection.limit, objection.remedy))
        return found

    models = tenant.models
    generate = resolve(models.generate, "text-to-image")
    upscale = resolve((generate and generate.upscale) or models.upscale, "upscale")
    screen = resolve(models.screen, "screen")
    adapters = [(resolve(use.card, "adapter"), use) for use in models.adapters]
    clip = resolve(models.clip, TASKS) if models.clip else None
    if len(problems) == 1:
        raise problems[0]
    if problems or generate is None or upscale is None or screen is None:
        raise Refusals(f"tenant {tenant.id}: models", tuple(problems))
    worn = tuple(_wear(found, use, tenant) for found, use in adapters if found)
    return Cards(generate, upscale, screen, worn, clip)


def _wear(card: ModelCard, use: AdapterChoice, tenant: Tenant) -> ResolvedAdapter:
    return ResolvedAdapter(card, int(use.weight * 1000), tenant.files.pictures[use.picture] if use.picture else None)


def scene_cards(name: str, cards: Cards, tenant: Tenant, where: Registry | Path = CARDS) -> SceneCards:
    """Return the cards of scenes that name the drawing card `name`; a FoundryError says why it cannot be used.

    The card's own upscale card enlarges its drawings, or else the tenant's in `cards`.
    """
    registry = registry_of(where)
    generate = card(name, "text-to-image", registry)
    upscale = card(generate.upscale, "upscale", registry) if generate.upscale else cards.upscale
    for found in (generate, upscale):
        if objection := found.objection(tenant.id):
            raise CardRefused(tenant.id, found.name, objection.limit, objection.remedy)
    return SceneCards(name, generate, upscale)
