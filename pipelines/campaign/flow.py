"""The campaign flow: expand, draw, screen, enlarge, master, film, render, check, publish, manifest, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import apache_beam as beam

from foundry.card.card import ModelCard
from foundry.inputs.picture import PictureFacts, picture_name
from foundry.inputs.product_model import ModelFacts
from foundry.inputs.sound import SoundFacts
from foundry.letter_figures import MOST_LETTERS, LetterFigures
from foundry.manifest import DeadLetter
from foundry.manifest_index import ManifestReplaced, each_letter, read_index
from foundry.metering.device_time import drawing_device
from foundry.plan.clips import clip_cards, has_clips
from foundry.plan.line_up import LineUp
from foundry.plan.name_card import NameCard
from foundry.plan.plan import Plan
from foundry.plan.plan_book import keep_plans
from foundry.plan.slice import PlanSlice
from foundry.sets.own_files import PropFacts
from foundry.store.object_store import ObjectStore
from foundry.stored_inputs import StoredInputs, store_inputs
from models.blender.process import Blender
from models.blender.product_views import store_view
from models.model_bank import ModelBank
from models.plan_routing import ScreenRouter, UpscaleRouter
from models.screening.context import screen_context
from models.video.card_routing import FilmByCard
from models.video.set_filming import FilmFrames
from pipelines.engines.engine import Engine, choose_engine
from pipelines.engines.live_counts import LiveCounts
from transforms import coders
from transforms.clips import FilmPlans
from transforms.expand import ShotsToDraw, VariantsToRender, drawing_cards
from transforms.generate import MakeMasters
from transforms.guides import Guides
from transforms.line_ups import store_line_up
from transforms.name_cards import store_name_card
from transforms.render import RenderVariants
from transforms.render_ahead import process_threads
from transforms.set_guides import FilmGuides
from transforms.slice_results import read_result
from transforms.stopping import StopReason, read_stop
from transforms.write_manifests import WriteManifests


@dataclass(frozen=True)
class Outcome:
    """The result of a run for one plan: its counts by kind, dead letters, and the rows of the manifest.

    `letters` are a hundred at most, and `refused` the sums over all; the manifest has them all. `stopped` says why the
    run ended early (`transforms.stopping`), None for a run that made all that it could; the manifest then shows what
    exists, and `foundry.plan.estimate.count_needs` says what remains.
    """

    counts: Mapping[str, int]
    letters: tuple[DeadLetter, ...]
    rows: int
    stopped: StopReason | None = None
    refused: LetterFigures = field(default_factory=LetterFigures)


@dataclass
class BuildCampaigns(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Plan digests in; the numbers of rows of their manifests out.

    The accelerator stage ends in shots whose masters are written. The CPU stage starts when they all are: the side
    input is that barrier, and carries a count. The barrier is also what an engine uses to put the two stages on
    different machines. Where they share a process, `ahead` threads render beside the accelerator stage, and the CPU
    stage makes what is left. Where scenes move, `filming` makes their clips behind that barrier, since they may begin
    with masters, and before one of their own.
    """

    plans: Mapping[str, Plan]
    store: ObjectStore
    generator: Any
    upscaler: Any
    batch: int | Mapping[str, int]
    hints: Mapping[str, str] = field(default_factory=dict)
    lanes: int = 2
    ahead: int = 0
    filming: FilmPlans | None = None

    def expand(self, digests):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        batches = digests | "Expand" >> ShotsToDraw(self.plans, self.store, self.batch, self.lanes)
        making = MakeMasters(self.generator, self.upscaler, self.plans, self.store, self.ahead)
        # Hints on the whole stage, never on one step of it: steps with different hints are not fused, and what lies
        # between them would be shuffled.
        masters, unscreened = batches | "Masters" >> making.with_resource_hints(**self.hints)
        ready = _wait_for("Masters", masters, digests)
        ready, unfilmed = self._film(digests, ready)
        of_shots = (unscreened, *unfilmed) | "Undrawn" >> beam.Flatten()
        return (ready, of_shots) | "Files" >> RenderAndList(self.plans, self.store)

    def _film(self, digests: Any, ready: Any) -> tuple[Any, tuple[Any, ...]]:
        """Return the digests, held back until all clips are there, and the clips' dead letters.

        No step is added where no scene moves.
        """
        if self.filming is None:
            return ready, ()
        clips, unfilmed = ready | "Film" >> self.filming
        return _wait_for("Clips", clips, digests), (unfilmed,)


def _wait_for(what: str, made: Any, digests: Any) -> Any:
    """Return the digests, held back until everything in `made` is there: a barrier, across which a count travels.

    The count is absent where nothing was made, and its reader says 0 then: that takes fewer steps than a default.
    """
    count = made | f"Count{what}" >> beam.CombineGlobally(beam.combiners.CountCombineFn()).without_defaults()
    return digests | f"After{what}" >> beam.Map(_first, beam.pvalue.AsSingleton(count, 0))


@dataclass
class RenderAndList(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Digests of plans whose masters are written, and dead letters of shots and clips, in; the rows of manifests out.

    Every file that a plan orders is found, made or refused; the manifest says which. No model is loaded.
    """

    plans: Mapping[str, Plan]
    store: ObjectStore

    def expand(self, given):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        ready, of_shots = given
        orders = ready | "Orders" >> VariantsToRender(self.plans)
        settled, of_files = orders | "Variants" >> RenderVariants(self.plans, self.store)
        return (ready, settled, of_shots, of_files) | "Manifest" >> WriteManifests(self.plans, self.store)


def _first(digest: str, _count: int) -> str:
    return digest


Inputs = tuple[PictureFacts | ModelFacts | NameCard | LineUp | SoundFacts | PropFacts, ...]
"""What a plan needs: pictures, product models, props and sounds from outside, and names that are set as type."""


def ingest(plan: Plan, inputs: Inputs, store: ObjectStore, blender: Blender | None = None) -> None:
    """Copy the files that a plan needs into the tenant's store under their hashes, so that workers need no others.

    Those are the brief's own, and those that the tenant's file names: logos, protected pictures, adapters', fonts.
    A product's CAD model is rendered here, once, into the view that the brief asks for: a renderer that is missing or
    refuses stops the run before anything is spent on drawing. Name cards are drawn here too.
    """
    own = store.for_tenant(plan.tenant.id)
    shown = _shown(plan, inputs)
    for facts in shown:
        if isinstance(facts, ModelFacts):
            store_view(facts, store, plan.tenant.id, blender, plan.brief.campaign.id)
        elif isinstance(facts, NameCard):
            store_name_card(facts, plan.tenant, own)
    owned = plan.tenant.files
    named = (*shown, *owned.pictures.values(), *owned.fonts.values())
    files = (one for one in named if not isinstance(one, ModelFacts | NameCard | LineUp))
    store_inputs(own, {picture_name(one.key): one.file for one in files})
    for facts in shown:
        if isinstance(facts, LineUp):
            store_line_up(facts, own)
    plan.tenant.read_from(StoredInputs(own))


def _shown(plan: Plan, inputs: Inputs) -> Inputs:
    """Return the files that a plan needs; for a slice, those that its own shots and films show."""
    if not isinstance(plan, PlanSlice):
        return inputs
    keys = {plan.subjects[subject].picture for subject in plan.subjects_shown}
    keys |= {key for placed in plan.sets for key in placed.files.values()}
    members = (facts.members for facts in inputs if isinstance(facts, LineUp) and facts.key in keys)
    keys |= {key for member in members for key, _ in member}
    return tuple(facts for facts in inputs if isinstance(facts, SoundFacts) or facts.key in keys)


def build(
    plan: Plan, inputs: Inputs, store: ObjectStore, *, generator: Any = None, blender: Blender | None = None
) -> Outcome:
    """Make what is missing of one plan, on the embedded engine. `generator`, if given, draws in place of the cards."""
    return build_all([(plan, inputs)], store, generator=generator, blender=blender)[plan.digest]


def build_all(
    orders: Sequence[tuple[Plan, Inputs]],
    store: ObjectStore,
    *,
    generator: Any = None,
    blender: Blender | None = None,
    engine: Engine | None = None,
    counts: LiveCounts | None = None,
) -> dict[str, Outcome]:
    """Make what is missing of several plans, of any tenants, in one run; return each plan's outcome by its digest.

    Shots of all plans share the loaded models: each card is loaded once, and no call mixes tenants. The embedded
    engine runs them unless another is given. `counts` can be read meanwhile, in other threads.
    """
    live, where = counts or LiveCounts(), engine or choose_engine("embedded")
    with live.following(where.runner):
        start(orders, store, generator=generator, blender=blender, engine=where).wait_until_finish()
    return {plan.digest: outcome(plan, store, live.now(plan.digest)) for plan, _ in orders}


def list_all(plans: Sequence[Plan], store: ObjectStore, *, engine: Engine | None = None) -> dict[str, Outcome]:
    """Write the manifests of plans of which everything exists, without loading a model; return their outcomes.

    A file that went missing meanwhile is rendered.
    """
    live, where = LiveCounts(), engine or choose_engine("embedded")
    coders.register()
    known = keep_plans(plans, store)
    pipeline = beam.Pipeline(runner=where.runner, options=where.options)
    ready = pipeline | "Plans" >> beam.Create(sorted(known))
    none = pipeline | "NoLetters" >> beam.Create([], reshuffle=False)
    (ready, none) | "Files" >> RenderAndList(known, store)
    with live.following(where.runner):
        pipeline.run().wait_until_finish()
    return {plan.digest: outcome(plan, store, live.now(plan.digest)) for plan in plans}


def start(
    orders: Sequence[tuple[Plan, Inputs]],
    store: ObjectStore,
    *,
    generator: Any = None,
    blender: Blender | None = None,
    engine: Engine | None = None,
) -> Any:
    """Copy in what the plans need and hand their flow to the engine; return Beam's result, which may still run."""
    where = engine or choose_engine("embedded")
    if where.ahead:
        process_threads.get(where.ahead).settle()  # a run that failed may have left work
    coders.register()
    store.sweep()
    drawing_device.begin()
    for plan, inputs in orders:
        ingest(plan, inputs, store, blender)
    plans = keep_plans((plan for plan, _ in orders), store)
    pipeline = beam.Pipeline(runner=where.runner, options=where.options)
    pipeline | "Plans" >> beam.Create(sorted(plans)) | "Build" >> flow(plans, store, where, generator)
    return pipeline.run()


def flow(plans: Mapping[str, Plan], store: ObjectStore, where: Engine, generator: Any = None) -> BuildCampaigns:
    """Return the flow that builds these plans on an engine, drawing with their cards or with `generator`."""
    drawing = generator or shot_handler(plans, store)
    upscaling = UpscaleRouter({digest: plan.cards.upscale for digest, plan in plans.items()}, scene_upscalers(plans))
    batch = _batches(plans, where.accelerated)
    filming = clip_stage(plans, store, where)
    return BuildCampaigns(plans, store, drawing, upscaling, batch, where.hints, where.lanes, where.ahead, filming)


def scene_upscalers(plans: Mapping[str, Plan]) -> dict[tuple[str, str], ModelCard]:
    """Return the upscale cards of drawings by (plan digest, digest of the drawing card)."""
    every = ((digest, cards) for digest, plan in plans.items() for cards in plan.all_cards)
    return {(digest, cards.generate.digest): cards.upscale for digest, cards in every}


def clip_stage(plans: Mapping[str, Plan], store: ObjectStore, where: Engine) -> FilmPlans | None:
    """Return the stage that films the moving scenes of these plans; None if no scene moves."""
    moving = {digest: plan for digest, plan in plans.items() if has_clips(plan)}
    if not moving:
        return None
    cards = {digest: card for plan in moving.values() for digest, card in clip_cards(plan).items()}
    screens = {digest: plan.cards.screen for digest, plan in moving.items()}
    filming = FilmByCard(cards, store, screens, screen_context(plans, store))
    in_sets = any(card.set for card in cards.values())
    framing = FilmFrames(FilmGuides(plans, store), store) if in_sets else None
    return FilmPlans(filming, cards, plans, store, where.hints, framing)


def shot_handler(plans: Mapping[str, Plan], store: ObjectStore) -> ScreenRouter:
    """Return the handler that draws and judges the shots of these plans, with all their models in one bank."""
    cards = drawing_cards(plans.values())
    adapters = {card.digest: card for plan in plans.values() for card in (worn.card for worn in plan.cards.adapters)}
    bench = ModelBank(tuple(cards.values()), tuple(adapters.values()))
    screens = {digest: plan.cards.screen for digest, plan in plans.items()}
    return ScreenRouter(bench, screens, screen_context(plans, store), Guides(plans, store))


def _batches(plans: Mapping[str, Plan], accelerated: bool | None) -> dict[str, int]:
    """Return the most pictures per call by card digest; None for `accelerated` asks this machine for a GPU."""
    import torch

    cuda = torch.cuda.is_available() if accelerated is None else accelerated
    cards = drawing_cards(plans.values())
    return {digest: card.batch.cuda if cuda else card.batch.cpu for digest, card in cards.items()}


def outcome(plan: Plan, store: ObjectStore, counts: Mapping[str, int]) -> Outcome:
    """Read back what a run left in the store; `counts` are the plan's."""
    own = store.for_tenant(plan.tenant.id)
    stopped = read_stop(plan.digest, own)
    if isinstance(plan, PlanSlice):
        result = read_result(plan, own)
        return Outcome(counts, result.first, 0, stopped, result.letters)
    index = read_index(own, plan.brief.campaign.id)
    if index is None or index.plan != plan.digest:
        raise ManifestReplaced(plan.brief.campaign.id)
    letters = tuple(islice(each_letter(own, index), MOST_LETTERS))
    return Outcome(counts, letters, index.rows, stopped, index.letters)
