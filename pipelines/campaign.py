"""The campaign flow: expand, draw, screen, enlarge, master, render, check, publish, manifest, report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from foundry.manifest import DeadLetter
from foundry.object_store import LocalStore
from foundry.picture import PictureFacts
from foundry.plan import Plan
from models.diffusers_handler import DiffusersHandler
from models.resample_handler import ResampleHandler
from models.screened import ScreenedHandler
from pipelines.engines import embedded
from transforms import coders, progress
from transforms.expand import ShotsToDraw, VariantsToRender
from transforms.generate import MakeMasters, input_name
from transforms.manifest import write_manifest
from transforms.render import RenderVariants

# On the whole accelerator stage, never on one step of it: steps with different hints are not fused, and what lies
# between them would be shuffled.
ACCELERATOR = {"min_ram": "8GB", "accelerator": "type:nvidia-l4;count:1;install-nvidia-driver"}


@dataclass(frozen=True)
class Outcome:
    """What a run did."""

    counts: dict[str, int]
    letters: tuple[DeadLetter, ...]
    rows: int


@dataclass
class BuildCampaigns(beam.PTransform):
    """Plan digests in; dead letters out, after every plan's manifest is written.

    The accelerator stage ends in names of masters. Rendering starts when they are all written: the side input
    is that barrier, and carries a count. The barrier is also what an engine uses to put the two stages on
    different machines.
    """

    plans: dict[str, Plan]
    store: LocalStore
    generator: Any
    upscaler: Any
    batch: int

    def expand(self, digests):
        batches = digests | "Expand" >> ShotsToDraw(self.plans, self.store, self.batch)
        making = MakeMasters(self.generator, self.upscaler, self.plans, self.store)
        masters, unscreened = batches | "Masters" >> making.with_resource_hints(**ACCELERATOR)
        drawn = masters | "CountMasters" >> beam.combiners.Count.Globally()
        ready = digests | "AfterMasters" >> beam.Map(lambda d, _: d, beam.pvalue.AsSingleton(drawn))
        orders = ready | "Orders" >> VariantsToRender(self.plans)
        made, unrendered = orders | "Variants" >> RenderVariants(self.plans, self.store)
        letters = (unscreened, unrendered) | "DeadLetters" >> beam.Flatten()
        finished = made | "CountVariants" >> beam.combiners.Count.Globally()
        written = digests | "Manifest" >> beam.Map(
            _manifest, self.plans, self.store, beam.pvalue.AsSingleton(finished),
            beam.pvalue.AsList(letters),
        )  # fmt: skip
        return written, letters


def _manifest(digest: str, plans: dict[str, Plan], store: LocalStore, _made: int, letters: list[DeadLetter]) -> int:
    plan = plans[digest]
    own = [letter for letter in letters if letter.key.startswith(f"{plan.tenant.id}/")]
    return write_manifest(plan, store, own)


def ingest(plan: Plan, pictures: tuple[PictureFacts, ...], store: LocalStore) -> None:
    """Copy product pictures into the tenant's store under their hash, so that workers need no other files."""
    own = store.for_tenant(plan.tenant.id)
    for picture in pictures:
        if not own.exists(input_name(picture.sha256)):
            own.put_once(input_name(picture.sha256), picture.path.read_bytes())


def build(plan: Plan, pictures: tuple[PictureFacts, ...], store: LocalStore, *, generator: Any = None) -> Outcome:
    """Make what is missing of a plan, on the embedded engine. `generator` replaces the card's handler."""
    progress.reset()
    coders.register()
    store.sweep()
    ingest(plan, pictures, store)
    cards = plan.cards
    drawing = generator or ScreenedHandler(DiffusersHandler(cards.generate), cards.screen)
    runner, options = embedded()
    pipeline = beam.Pipeline(runner=runner, options=options)
    flow = BuildCampaigns({plan.digest: plan}, store, drawing, ResampleHandler(cards.upscale), _batch(plan))
    pipeline | "Plans" >> beam.Create([plan.digest]) | "Build" >> flow
    pipeline.run().wait_until_finish()
    return outcome(plan, store)


def _batch(plan: Plan) -> int:
    import torch

    batch = plan.cards.generate.batch
    return batch.cuda if torch.cuda.is_available() else batch.cpu


def outcome(plan: Plan, store: LocalStore) -> Outcome:
    """Read back what the run left in the store."""
    from transforms.manifest import folder_of, read_letters

    own = store.for_tenant(plan.tenant.id)
    with own.path(f"{folder_of(plan)}/manifest.jsonl").open("rb") as lines:
        rows = sum(1 for _ in lines)
    return Outcome(progress.counts(), read_letters(plan, store), rows)
