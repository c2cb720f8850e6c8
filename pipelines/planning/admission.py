"""The gate: a brief becomes a plan, or refusals with every reason. Nothing is drawn or written here.

The command line, the dispatcher, the Flex template and the tests all pass through `admit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from foundry.brief.brief import Brief
from foundry.brief.intake import each_brief, read_briefs
from foundry.card.selection import Cards
from foundry.errors import FoundryError, ProblemList
from foundry.inputs.door import Home
from foundry.inputs.picture import PictureFacts
from foundry.inputs.product_model import ModelFacts
from foundry.inputs.sound import SoundFacts
from foundry.plan.estimate import Estimate, estimate_plan
from foundry.plan.line_up import LineUp, line_ups
from foundry.plan.name_card import NameCard
from foundry.plan.plan import Plan
from foundry.sets.own_files import PropFacts
from foundry.tenant import Tenant, load_tenant
from imaging.typesetting.copy_fitting import find_misfits
from models.registry import Registry, cards_of, open_registry
from pipelines.planning.card_checks import check_cards
from pipelines.planning.clip_checks import check_clips
from pipelines.planning.copy_checks import check_copy
from pipelines.planning.film_checks import check_films
from pipelines.planning.input_checks import check_placements, inspect_products, inspect_sounds
from pipelines.planning.limit_checks import check_limits
from pipelines.planning.notes import notes_on
from pipelines.planning.product_checks import check_unpictured, name_cards
from pipelines.planning.scene_checks import check_compositions, check_scenes
from pipelines.planning.scene_sets import add_scene_cards, place_sets

Shown = PictureFacts | ModelFacts | NameCard | LineUp
InputFacts = Shown | SoundFacts | PropFacts


@dataclass(frozen=True)
class Admitted:
    """A plan that may run.

    `estimate` is what it costs if nothing of it exists yet, `inputs` the picture, model and audio files and the name
    cards that it needs, `assumptions` the sentences that whoever ordered it should know.
    """

    plan: Plan
    estimate: Estimate
    inputs: tuple[InputFacts, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class BriefFolders:
    """The folders that a brief's names refer to: tenants, the brief's files, and your own model cards if any."""

    tenants: Path
    files: Path | Home
    cards: Path | None = None


OnRefusal = Callable[[FoundryError], None]
"""Is told of a brief that is refused, so that the others of its file or run go on."""


def admit_file(
    path: Path,
    tenants: Path | None = None,
    cards: Path | None = None,
    assets: Path | None = None,
    *,
    on_refusal: OnRefusal | None = None,
) -> list[Admitted]:
    """Admit every brief of a file before any is run.

    A brief that cannot be planned is handed to `on_refusal`, and the others are admitted; without that, Refusals with
    all problems of the texts, or else of the first brief that cannot be planned. A file that holds no briefs raises.
    The names of files begin at the folder `assets`, by default the file's own, and lead neither out of it nor into the
    tenants' folder. `tenants` is by default `tenants` beside the file; `cards` is your own folder of model cards.
    """
    folders = folders_of(path, tenants, cards, assets)
    registry = open_registry(cards)
    if on_refusal is None:
        return [admit_brief(brief, folders, registry) for brief in read_briefs(path)]
    admitted: list[Admitted] = []
    for read in each_brief(path):
        try:
            admitted.append(admit_brief(read(), folders, registry))
        except FoundryError as error:
            on_refusal(error)
    return admitted


def folders_of(path: Path, tenants: Path | None, cards: Path | None, assets: Path | None) -> BriefFolders:
    """Return the folders for the briefs of a file, as `admit_file` describes them."""
    folder = path.resolve().parent
    root, clients = assets or folder, tenants or folder / "tenants"
    return BriefFolders(clients, Home(root, closed=_within(root, clients)), cards)


def admit_brief(brief: Brief, folders: BriefFolders, registry: Registry | None = None) -> Admitted:
    """Load the brief's tenant and the cards that it uses, and admit the brief; Refusals with every reason otherwise.

    `registry` is that of `folders.cards`, where it is open already.
    """
    tenant = load_tenant(folders.tenants, brief.tenant)
    tenant.receive()
    registry = registry or open_registry(folders.cards)
    return admit(brief, folders.files, tenant, cards_of(tenant, registry), registry)


def _within(root: Path, folder: Path) -> tuple[str, ...]:
    """Return the path of a folder within `root`, as the only item; nothing if it lies elsewhere."""
    inside, home = folder.resolve(), root.resolve()
    return (inside.relative_to(home).as_posix(),) if inside.is_relative_to(home) and inside != home else ()


def admit(brief: Brief, files: Path | Home, tenant: Tenant, cards: Cards, registry: Registry | None = None) -> Admitted:
    """Plan `brief`, whose names of files begin at `files`; Refusals with every reason if it cannot be made.

    Refusals name cards of `registry` that would do what those in use do not. The last of the checks sets every copy in
    its layouts, so that nothing is drawn for a file that cannot be finished.
    """
    home = files if isinstance(files, Home) else Home(files)
    products, unseen = inspect_products(brief, home)
    sounds, unheard = inspect_sounds(brief, home)
    placements, unknown = check_placements(brief)
    cards, strange = add_scene_cards(brief, tenant, cards, registry)
    placed = place_sets(brief, tenant, cards)
    bare = check_unpictured(brief, cards, tenant, registry)
    clips = () if unknown else check_clips(brief, tenant, cards, placements, placed.sets)
    films = check_films(brief, tenant.families, sounds, placements)
    words = (check_copy(brief, tenant), check_compositions(brief), check_scenes(brief, tenant, cards))
    checks = (unseen, bare, unknown, unheard, strange, placed.problems, *words, films)
    _refuse(brief, chain(*checks, check_cards(cards, tenant, placements, brief), clips))
    ordered = sorted(brief.products, key=lambda product: product.id)
    alone: dict[str, Shown] = {**products, **name_cards(brief, tenant)}
    shown = alone | line_ups(brief, {product: facts.key for product, facts in alone.items()})
    keys = tuple(facts.key if (facts := shown.get(product.id)) else None for product in ordered)
    named = tuple(sorted((sound.named, sound.sha256) for sound in sounds))
    plan = Plan(
        brief=brief,
        tenant=tenant,
        cards=cards,
        pictures=keys,
        placements=placements,
        sounds=named,
        sets=tuple(placed.sets),
        models=_models(shown.values()) if placed.sets else (),
    )
    figures = estimate_plan(plan)
    _refuse(brief, check_limits(plan, figures))
    _refuse(brief, find_misfits(plan))
    inputs = {facts.key: facts for facts in (*shown.values(), *sounds, *placed.files.values())}
    return Admitted(plan, figures, tuple(inputs.values()), tuple(notes_on(plan)))


def _models(shown: Iterable[Shown]) -> tuple[tuple[str, str], ...]:
    """Return the product models with the keys of their views, sorted."""
    return tuple(sorted({(facts.key, facts.sha256) for facts in shown if isinstance(facts, ModelFacts)}))


def _refuse(brief: Brief, problems: Iterable[FoundryError]) -> None:
    found = ProblemList()
    found.extend(problems)
    found.refuse(f"brief {brief.tenant}/{brief.campaign.id}")
