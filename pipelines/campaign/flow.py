"""The campaign flow: expand, draw, screen, enlarge, master, film, render, check, publish, manifest, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam

from foundry.inputs.picture import PictureFacts, picture_name
from foundry.inputs.product_model import ModelFacts
from foundry.inputs.sound import SoundFacts
from foundry.manifest import DeadLetter
from foundry.plan.clips import clip_card, moves
from foundry.plan.plan import Plan
from foundry.plan.slice import PlanSlice
from foundry.store.object_store import ObjectStore
from models.blender.process import Blender
from models.blender.views import take_in
from models.model_bank import ShotBench
from models.plan_routing import ScreenByPlan, UpscaleByPlan
from models.screening.context import screen_context
from models.video.by_card import FilmByCard
from pipelines.engines.engine import Engine
from pipelines.engines.engine import choose_engine as engine_called
from transforms import coders, progress
from transforms.clips import FilmPlans
from transforms.expand import ShotsToDraw, VariantsToRender
from transforms.generate import MakeMasters
from transforms.guides import Guides
from transforms.manifest import write_manifest
from transforms.parts import keep_letters, kept_letters
from transforms.render import RenderVariants
from transforms.render_ahead import aside


@dataclass(frozen=True)
class Outcome:
    """What a run did."""

    counts: dict[str, int]
    letters: tuple[DeadLetter, ...]
    rows: int


@dataclass
class BuildCampaigns(beam.PTransform):
    """Plan digests in; dead letters out, after every plan's manifest is written.

    The accelerator stage ends in shots whose masters are written. The CPU stage starts when they all are: the side
    input is that barrier, and carries a count. The barrier is also what an engine uses to put the two stages on
    different machines. Where they share a process, `ahead` threads render beside the accelerator stage, and the CPU
    stage makes what is left. Where scenes move, `filming` makes their clips behind that barrier, since they may begin
    with masters, and before one of their own.
    """

    plans: dict[str, Plan]
    store: ObjectStore
    generator: Any
    upscaler: Any
    batch: int | Mapping[str, int]
    hints: Mapping[str, str] = field(default_factory=dict)
    lanes: int = 2
    ahead: int = 0
    filming: FilmPlans | None = None

    def expand(self, digests):
        batches = digests | "Expand" >> ShotsToDraw(self.plans, self.store, self.batch, self.lanes)
        making = MakeMasters(self.generator, self.upscaler, self.plans, self.store, self.ahead)
        # Hints on the whole stage, never on one step of it: steps with different hints are not fused, and what lies
        # between them would be shuffled.
        masters, unscreened = batches | "Masters" >> making.with_resource_hints(**self.hints)
        ready = _behind(digests, "Masters", masters)
        ready, unfilmed = self._filmed(digests, ready)
        orders = ready | "Orders" >> VariantsToRender(self.plans)
        made, unrendered = orders | "Variants" >> RenderVariants(self.plans, self.store)
        letters = (unscreened, *unfilmed, unrendered) | "DeadLetters" >> beam.Flatten()
        finished = made | "CountVariants" >> _count()
        written = digests | "Manifest" >> beam.Map(
            _manifest, self.plans, self.store, beam.pvalue.AsSingleton(finished, 0),
            beam.pvalue.AsList(letters),
        )  # fmt: skip
        return written, letters

    def _filmed(self, digests: Any, ready: Any) -> tuple[Any, tuple[Any, ...]]:
        """The digests once all clips are there, and the clips' dead letters; nothing is added where no scene moves."""
        if self.filming is None:
            return ready, ()
        clips, unfilmed = ready | "Film" >> self.filming
        return _behind(digests, "Clips", clips), (unfilmed,)


def _count() -> beam.PTransform:
    """A count that is absent where there is nothing: its readers say 0 then, which costs fewer steps than a default."""
    return beam.CombineGlobally(beam.combiners.CountCombineFn()).without_defaults()


def _behind(digests: Any, what: str, made: Any) -> Any:
    """The digests, once everything that was to be made is there: a barrier, which carries a count."""
    count = made | f"Count{what}" >> _count()
    return digests | f"After{what}" >> beam.Map(lambda d, _: d, beam.pvalue.AsSingleton(count, 0))


def _manifest(digest: str, plans: dict[str, Plan], store: ObjectStore, _made: int, letters: list[DeadLetter]) -> int:
    plan = plans[digest]
    own = [letter for letter in letters if letter.brief == digest]
    if isinstance(plan, PlanSlice):
        return keep_letters(plan, store, own)
    return write_manifest(plan, store, own)


Pictures = tuple[PictureFacts | ModelFacts | SoundFacts, ...]


def ingest(plan: Plan, pictures: Pictures, store: ObjectStore, blender: Blender | None = None) -> None:
    """Copy product pictures into the tenant's store under their hash, so that workers need no other files.

    Of a product's CAD model the view is rendered here, once: a renderer that is missing or refuses stops the run before
    anything is spent on drawing.
    """
    own = store.for_tenant(plan.tenant.id)
    for picture in pictures:
        if isinstance(picture, ModelFacts):
            take_in(picture, store, plan.tenant.id, blender)
        else:
            own.put_file_once(picture_name(picture.key), picture.path)
    for worn in plan.cards.adapters:
        if worn.file:
            own.put_file_once(picture_name(worn.use.picture), worn.file)


def build(
    plan: Plan, pictures: Pictures, store: ObjectStore, *, generator: Any = None, blender: Blender | None = None
) -> Outcome:
    """Make what is missing of one plan, on the embedded engine. `generator` replaces the cards' handlers."""
    return build_all([(plan, pictures)], store, generator=generator, blender=blender)[plan.digest]


def build_all(
    orders: Sequence[tuple[Plan, Pictures]],
    store: ObjectStore,
    *,
    generator: Any = None,
    blender: Blender | None = None,
    engine: Engine | None = None,
) -> dict[str, Outcome]:
    """Make what is missing of several plans in one run, whosever they are; what each of them got, by digest.

    Shots of all plans share the loaded models: each card is loaded once, and no call mixes tenants. `engine` is the
    embedded one if not given; where its workers are other processes, `Outcome.counts` know nothing of them.
    """
    start(orders, store, generator=generator, blender=blender, engine=engine).wait_until_finish()
    return {plan.digest: outcome(plan, store) for plan, _ in orders}


def start(
    orders: Sequence[tuple[Plan, Pictures]],
    store: ObjectStore,
    *,
    generator: Any = None,
    blender: Blender | None = None,
    engine: Engine | None = None,
) -> Any:
    """Copy in what the plans need and hand their flow to the engine; Beam's result, which may still be running."""
    where = engine or engine_called("embedded")
    if where.ahead:
        aside(where.ahead).settle()  # a run that failed may have left work
    progress.reset()
    coders.register()
    store.sweep()
    plans = {plan.digest: plan for plan, _ in orders}
    for plan, pictures in orders:
        ingest(plan, pictures, store, blender)
    pipeline = beam.Pipeline(runner=where.runner, options=where.options)
    pipeline | "Plans" >> beam.Create(sorted(plans)) | "Build" >> flow(plans, store, where, generator)
    return pipeline.run()


def flow(plans: dict[str, Plan], store: ObjectStore, where: Engine, generator: Any = None) -> BuildCampaigns:
    """The flow that builds these plans there, with their cards' handlers or with `generator`."""
    drawing = generator or shot_handler(plans, store)
    upscaling = UpscaleByPlan({digest: plan.cards.upscale for digest, plan in plans.items()})
    batch = _batches(plans, where.accelerated)
    filming = clip_stage(plans, store, where)
    return BuildCampaigns(plans, store, drawing, upscaling, batch, where.hints, where.lanes, where.ahead, filming)


def clip_stage(plans: dict[str, Plan], store: ObjectStore, where: Engine) -> FilmPlans | None:
    """What films the scenes of these plans that move; None if none does."""
    moving = {digest: plan for digest, plan in plans.items() if moves(plan)}
    if not moving:
        return None
    cards = {card.digest: card for card in map(clip_card, moving.values())}
    screens = {digest: plan.cards.screen for digest, plan in moving.items()}
    filming = FilmByCard(cards, store, screens, screen_context(moving, store))
    return FilmPlans(filming, cards, plans, store, where.hints)


def shot_handler(plans: dict[str, Plan], store: ObjectStore) -> ScreenByPlan:
    """What draws and judges the shots of these plans: every card and adapter that they name, on one bench."""
    cards = {plan.cards.generate.digest: plan.cards.generate for plan in plans.values()}
    adapters = {card.digest: card for plan in plans.values() for card in (worn.card for worn in plan.cards.adapters)}
    bench = ShotBench(tuple(cards.values()), tuple(adapters.values()))
    screens = {digest: plan.cards.screen for digest, plan in plans.items()}
    return ScreenByPlan(bench, screens, screen_context(plans, store), Guides(plans, store))


def _batches(plans: dict[str, Plan], accelerated: bool | None) -> dict[str, int]:
    """Most pictures per call, by card digest; where `accelerated` is None, this machine is asked for a GPU."""
    import torch

    cuda = torch.cuda.is_available() if accelerated is None else accelerated
    hints = {plan.cards.generate.digest: plan.cards.generate.batch for plan in plans.values()}
    return {digest: hint.cuda if cuda else hint.cpu for digest, hint in hints.items()}


def outcome(plan: Plan, store: ObjectStore) -> Outcome:
    """Read back what the run left in the store."""
    from transforms.manifest import folder_of, read_letters

    own = store.for_tenant(plan.tenant.id)
    if isinstance(plan, PlanSlice):
        return Outcome(progress.counts(), kept_letters(plan, store), 0)
    rows = sum(1 for _ in own.lines(f"{folder_of(plan)}/manifest.jsonl"))
    return Outcome(progress.counts(), read_letters(plan, store), rows)
