"""The cards and sets of scenes: what a scene names, or its words choose, with a problem for what cannot be had."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from foundry.brief.brief import Brief, Scene
from foundry.brief.scene_set import SceneSet
from foundry.card.selection import Cards
from foundry.errors import FoundryError, Problem, Unusable, shorten
from foundry.inputs.picture import PictureFacts
from foundry.sets.files import UnknownSet, set_named, sets_of
from foundry.sets.own_files import OwnFiles, PropFacts, receive_set_files
from foundry.sets.placed import PlacedSet
from foundry.sets.set_file import SetFile
from foundry.sets.values import with_values
from foundry.tenant import Tenant
from models.registry import Registry, open_registry, scene_cards
from models.sets.set_check import problems_of
from models.sets.words import SetChoice, choose_set


def add_scene_cards(
    brief: Brief, tenant: Tenant, cards: Cards, registry: Registry | None
) -> tuple[Cards, tuple[FoundryError, ...]]:
    """Return the cards with those that scenes name, and a problem for each name of no card that the tenant may use.

    A scene whose card cannot be had is checked on with the tenant's.
    """
    named: dict[str, int] = {}
    for at, scene in enumerate(brief.settings()):
        if scene.model:
            named.setdefault(scene.model, at)
    if not named:
        return cards, ()
    registry = registry or open_registry(None)
    found, problems = [], list[FoundryError]()
    for name, at in sorted(named.items()):
        try:
            found.append(scene_cards(name, cards, tenant, registry))
        except FoundryError as refused:
            problems.append(
                Problem(f"scenes[{at}].model", shorten(name), f"cannot draw it: {refused}", "name another card")
            )
    return replace(cards, scenes=tuple(found)), tuple(problems)


@dataclass
class PlacedSets:
    """The sets of a brief's scenes, and the files of the tenant's own that they need."""

    sets: list[PlacedSet] = field(default_factory=list)
    files: dict[str, PropFacts | PictureFacts] = field(default_factory=dict)
    problems: list[FoundryError] = field(default_factory=list)


def place_sets(brief: Brief, tenant: Tenant, cards: Cards) -> PlacedSets:
    """Return the set of each scene that a set card draws, with a problem for each that cannot be had."""
    placed = PlacedSets()
    for at, scene in enumerate(brief.settings()):
        known = cards.knows(scene.model)
        if known and cards.of(scene.model).generate.set:
            _place(placed, at, scene, tenant)
        elif known and scene.set is not None:
            card = cards.of(scene.model).generate
            remedy = "name a card that renders sets in `model`, such as studio, or leave `set` out"
            wrong = f"asks for a set, and card {card.name} renders none"
            placed.problems.append(Problem(f"scenes[{at}].set", shorten(scene.id), wrong, remedy))
    return placed


def _place(placed: PlacedSets, at: int, scene: Scene, tenant: Tenant) -> None:
    """Add the set of one scene."""
    try:
        choice = read_set(at, scene, tenant)
        file = _with_values(at, scene, choice.set)
        own = receive_set_files(tenant, file)
    except FoundryError as refused:
        placed.problems.append(refused)
        return
    if unknown := problems_of(file, own):
        placed.problems += [_at_value(at, scene, problem) for problem in unknown]
        return
    placed.sets.append(_placed(scene, file, choice, own))
    placed.files |= {facts.key: facts for facts in own.files.values()}


def _at_value(at: int, scene: Scene, problem: Problem) -> Problem:
    """Return a problem of a set's file as one of the scene's values, if it is such a value that brought it."""
    path = problem.path.partition(": ")[2].replace("[", ".").replace("]", "")
    if scene.set is None or path not in scene.set.values:
        return problem
    return Problem(f"scenes[{at}].set.values.{path}", problem.value, problem.limit, problem.remedy)


def read_set(at: int, scene: Scene, tenant: Tenant) -> SetChoice:
    """Return the set that a scene names or its words choose; a Problem for an unknown one."""
    palette = tenant.brand.palette.scene
    return choose_set(scene.prompt, palette, sets_of(tenant), _named_set(at, scene, tenant))


def _named_set(at: int, scene: Scene, tenant: Tenant) -> SetFile | None:
    if scene.set is None or scene.set.name is None:
        return None
    try:
        return set_named(scene.set.name, tenant)
    except UnknownSet as unknown:
        remedy = f"near it: {', '.join(unknown.near)}; `foundry sets list` lists all"
        raise Problem(f"scenes[{at}].set.name", shorten(scene.set.name), "is no set", remedy) from unknown


def _with_values(at: int, scene: Scene, file: SetFile) -> SetFile:
    try:
        return with_values(file, scene.set.values if scene.set else {})
    except Unusable as wrong:
        raise wrong.at(f"scenes[{at}].set.values") from wrong


def _placed(scene: Scene, file: SetFile, choice: SetChoice, own: OwnFiles) -> PlacedSet:
    read, said = choice.read, scene.set or SceneSet()
    wall, floor, accent = read.colours
    return PlacedSet(
        scene=scene.id,
        set=file,
        wall=said.wall or wall,
        floor=said.floor or floor,
        accent=said.accent or accent,
        light=said.light or read.light,
        light_named=bool(said.light) or read.light_named,
        word=read.scene_kind,
        ignored=read.ignored,
        materials=dict(own.materials),
        files={path: facts.sha256 for path, facts in own.files.items()},
    )
