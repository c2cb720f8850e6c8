"""The accelerator stage: draw, screen, enlarge, stage, write. Fused, so that pixels never cross a shuffle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import apache_beam as beam
import numpy as np
from apache_beam.ml.inference.base import ModelHandler, RunInference
from PIL import Image

from foundry import spans
from foundry.card.selection import Cards
from foundry.finished import make_way
from foundry.inputs.picture import decode
from foundry.manifest import DeadLetter, MasterRecord, ProductPixels
from foundry.metering.device_time import drawing_device
from foundry.metering.leftovers import take_leftovers
from foundry.metering.making import DRAW, making
from foundry.metering.steps import step
from foundry.plan.composition import composition_of
from foundry.plan.estimate import refused_shot_money, shot_money
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import ObjectStore, crc32c
from foundry.stored_inputs import read_input
from imaging.pixels.arrays import Pixels
from imaging.pixels.master_file import bits_of, encode_master, head_bytes
from imaging.still.set_staging import lay_cutout
from imaging.still.staging import StagedScene, stage_product
from models.drawing import Drawing, Enlarged, undrawn, unenlarged
from models.sets.product.standing import Frames
from models.sets.rendered import StagedProduct
from transforms.counting import count, count_spent, refused, timed
from transforms.finished_records import write_finished
from transforms.item_faults import is_shared, letter_of
from transforms.itemwise import ItemwiseHandler
from transforms.render_ahead import RenderAhead
from transforms.stopping import running_order

NO_PLANS: Mapping[str, Plan] = MappingProxyType({})


def still_wanted(
    batch: Sequence[ShotOrder], plans: Mapping[str, Plan], store: ObjectStore
) -> Iterator[tuple[ShotOrder, ...]]:
    """Yield the batch without the shots of plans that were stopped; nothing if none is left."""
    wanted = tuple(found for order in batch if (found := running_order(order, plans, store, _shots_of)))
    if wanted:
        yield wanted


def _shots_of(plan: Plan) -> Iterator[ShotOrder]:
    return plan.shots()


def _key_of(order: ShotOrder) -> str:
    return order.key


def _key_of_drawing(drawing: Drawing) -> str:
    return drawing.order.key


def _alone(drawing: Drawing) -> list[Drawing]:
    return [drawing]


def _cards_of(order: ShotOrder, plans: Mapping[str, Plan]) -> Cards | None:
    """Return the cards of an order's scene; None for an unknown plan."""
    plan = plans.get(order.plan)
    return plan.cards_for(order.scene) if plan else None


def refusal(drawing: Drawing, plans: Mapping[str, Plan] = NO_PLANS) -> DeadLetter:
    """Return the dead letter of a refused shot: the generator's reason, or the checks that the last drawing failed.

    It tells what was paid for the shot's drawings, at the prices of its plan's cards; nothing for an unknown plan. It
    takes over what was spent on them.
    """
    cards, spent = _cards_of(drawing.order, plans), drawing.spent + take_leftovers(DRAW, drawing.order.tenant)
    cost = f"{refused_shot_money(cards, drawing.paid_pictures):f}" if cards else "0"
    if drawing.reason:
        return DeadLetter("draw", drawing.code, drawing.order.key, drawing.reason, drawing.order.plan, cost, spent)
    last = drawing.attempts[-1]
    failed = ", ".join(f"{check.name} ({check.measured}; {check.limit})" for check in last.checks if not check.passed)
    reason = f"refused {len(drawing.attempts)} times, last for {failed}; change the scene's prompt."
    return DeadLetter("screen", drawing.code, drawing.order.key, reason, drawing.order.plan, cost, spent)


def route_by_verdict(drawing: Drawing, plans: Mapping[str, Plan] = NO_PLANS) -> Iterator[Any]:
    """Yield a drawing that passed; yield a dead letter tagged `refused` for another. Counts attempts."""
    count("attempts", len(drawing.attempts), drawing.order.plan)
    if drawing.passed:
        yield drawing
        return
    yield refuse_shot(refusal(drawing, plans))


def refuse_shot(letter: DeadLetter) -> beam.pvalue.TaggedOutput:
    """Count a shot that was refused, and return its dead letter tagged `refused`."""
    count("shots", plan=letter.brief)
    return refused(letter)


@lru_cache(maxsize=8)
def product_picture(store: ObjectStore, tenant: str, key: str) -> Image.Image:
    """Return a product picture, or the rendered view of a product model, as RGBA; the last eight are kept."""
    return decode(read_input(store.for_tenant(tenant), key))


def write_master(enlarged: Enlarged, plans: Mapping[str, Plan], store: ObjectStore) -> ShotOrder:
    """Stage the product, write the master once, then its record, and return the shot's order.

    The presence of the record means that the master is finished.
    """
    order = enlarged.drawing.order
    with spans.work_span("master", order.plan, shot=order.name), timed("master", order.plan):
        _write_master(enlarged, plans[order.plan], store)
    count("shots", plan=order.plan)
    return order


def write_or_refuse(enlarged: Enlarged, plans: Mapping[str, Plan], store: ObjectStore) -> Iterator[Any]:
    """Write a master and yield the shot's order; yield a dead letter tagged `refused` if the shot fails."""
    drawing = enlarged.drawing
    order = drawing.order
    cost = f"{refused_shot_money(plans[order.plan].cards_for(order.scene), drawing.paid_pictures):f}"
    if enlarged.reason:
        spent = drawing.spent + enlarged.spent + take_leftovers(DRAW, order.tenant)
        letter = DeadLetter("upscale", enlarged.code, order.key, enlarged.reason, order.plan, cost, spent)
        yield refuse_shot(letter)
        return
    try:
        written = write_master(enlarged, plans, store)
    except Exception as error:
        if is_shared(error):
            raise
        letter = letter_of(error, "master", order.key, order.plan)
        yield refuse_shot(replace(letter, cost_usd=cost, spent=take_leftovers(DRAW, order.tenant)))
        return
    yield written


def _write_master(enlarged: Enlarged, plan: Plan, store: ObjectStore) -> None:
    drawing, order = enlarged.drawing, enlarged.drawing.order
    own = store.for_tenant(order.tenant)
    with making(DRAW, {order.name: order.tenant}) as accounts:
        account = accounts[order.name]
        account.take_over(drawing.spent + enlarged.spent + take_leftovers(DRAW, order.tenant))
        with drawing_device.kept_waiting("host_copy"):
            staged = _stage(enlarged, plan, store)
            with step("encode"):
                data = encode_master(staged.pixels, plan.cards_for(order.scene).upscale.bits, order.name)
        with drawing_device.kept_waiting("store"), step("write"):
            make_way(own, order.record)
            if not own.put_once(order.master, data):
                data = own.get(order.master)
            record = _record(drawing, plan, staged, data)
    spent = account.spent()
    count_spent(spent, order.plan, DRAW)
    with drawing_device.kept_waiting("store"):
        write_finished(replace(record, spent=spent), order.record, own, DRAW, order.tenant)


def _stage(enlarged: Enlarged, plan: Plan, store: ObjectStore) -> StagedScene:
    order = enlarged.drawing.order
    with step("stage"):
        product = product_picture(store, order.tenant, order.picture) if order.picture else None
        if staged := enlarged.drawing.staged:
            return _stage_in_set(enlarged, product, staged, plan)
        drawn_around = plan.cards_for(order.scene).generate.staging == "inpaint"
        caption = None if drawn_around else enlarged.drawing.caption
        return stage_product(enlarged.pixels, product, composition_of(order), order.mirrored, caption)


def _stage_in_set(enlarged: Enlarged, product: Image.Image | None, staged: StagedProduct, plan: Plan) -> StagedScene:
    """Return a rendered set with a cutout's own pixels; a product that the set rendered stands in it already."""
    order = enlarged.drawing.order
    if product is None or staged.relit:
        frames = Frames(_size_of(enlarged.pixels), _size_of(enlarged.drawing.pixels))
        return StagedScene(enlarged.pixels, frames.box_of(staged.areas[0]) if staged.areas else None)
    light = staged.light if plan.tenant.brand.relight else None
    return lay_cutout(enlarged.pixels, product, composition_of(order).box(order.mirrored), light)


def _size_of(pixels: Pixels) -> tuple[int, int]:
    return int(pixels.shape[1]), int(pixels.shape[0])


def _product_pixels(drawing: Drawing, plan: Plan) -> ProductPixels:
    """Return how a master's product got its pixels."""
    if drawing.order.picture is None:
        return ""
    if drawing.staged is None:
        return "exact" if plan.cards_for(drawing.order.scene).generate.staging == "inpaint" else "staged"
    if drawing.staged.relit:
        return "rendered"
    return "relit" if plan.tenant.brand.relight else "exact"


def _record(drawing: Drawing, plan: Plan, staged: StagedScene, data: bytes) -> MasterRecord:
    order, box = drawing.order, staged.product_box
    cards = plan.cards_for(order.scene)
    return MasterRecord(
        name=order.name,
        address=order.master,
        tenant=order.tenant,
        prompt=order.prompt,
        negative_prompt=order.negative_prompt,
        caption=drawing.caption,
        ignored_words=drawing.ignored_words,
        seed=drawing.seed,
        attempts=drawing.attempts,
        bucket=order.bucket,
        mirrored=order.mirrored,
        width_px=int(np.shape(staged.pixels)[1]),
        height_px=int(np.shape(staged.pixels)[0]),
        product_box=(box.left, box.top, box.right, box.bottom) if box else None,
        product_picture=order.picture,
        model=cards.generate.id,
        model_version=cards.generate.version,
        weights_sha256=cards.generate.weights_sha256,
        upscaler=cards.upscale.name,
        screen=cards.screen.name,
        cost_usd=f"{shot_money(cards):f}",
        size_bytes=len(data),
        crc32c=crc32c(data),
        bits=bits_of(data),
        adapters=tuple(f"{adapter.card.name}:{adapter.weight / 1000:g}" for adapter in cards.adapters),
        fingerprint=drawing.fingerprint,
        head_bytes=head_bytes(data),
        made_for=plan.brief.campaign.id,
        product_pixels=_product_pixels(drawing, plan),
    )


@dataclass
class MakeMasters(beam.PTransform):  # type: ignore[misc]  # Beam's classes are untyped
    """Batches of shot orders in; shots whose master is written, and dead letters, out.

    Drawings are enlarged one by one: a master's pixels are large, and Beam's batching would keep each drawing back
    until the next one is there. `ahead` is the number of threads of this process that render a master's files while the
    next are drawn; 0 where the CPU stage has workers of its own.
    """

    generator: ModelHandler[ShotOrder, Drawing, Any]
    upscaler: ModelHandler[Drawing, Enlarged, Any]
    plans: Mapping[str, Plan]
    store: ObjectStore
    ahead: int = 0

    def expand(self, batches):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - as in Beam itself
        drawing = ItemwiseHandler(self.generator, undrawn, _key_of, "draw")
        enlarging = ItemwiseHandler(self.upscaler, unenlarged, _key_of_drawing, "upscale")
        drawn = (
            batches
            | "Wanted" >> beam.FlatMap(still_wanted, self.plans, self.store)
            | "Draw" >> RunInference(drawing.with_no_batching()).with_output_types(Drawing)
            | "Screen" >> beam.FlatMap(route_by_verdict, self.plans).with_outputs("refused", main="passed")
        )
        passed = drawn.passed
        passed.element_type = Drawing
        made = (
            passed
            | "Singly" >> beam.Map(_alone).with_output_types(list[Drawing])
            | "Upscale" >> RunInference(enlarging.with_no_batching()).with_output_types(Enlarged)
            | "Master" >> beam.FlatMap(write_or_refuse, self.plans, self.store).with_outputs("refused", main="written")
        )
        unwritten, written = made.refused, made.written
        written.element_type = ShotOrder
        if self.ahead:
            rendering = RenderAhead(self.plans, self.store, self.ahead)
            written = written | "Ahead" >> beam.ParDo(rendering).with_output_types(ShotOrder)
        return written, (drawn.refused, unwritten) | "Refused" >> beam.Flatten()
