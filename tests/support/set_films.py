"""Clips in small sets, painted without a renderer: every frame tells its seed, its size and its moment."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from foundry.card.card import ModelCard
from foundry.manifest import Attempt, MasterRecord, as_json
from foundry.plan.clip import ClipOrder, Scenario, clip_order
from foundry.plan.shot import ShotOrder
from foundry.sets.move import SetMove, SetMoveKind
from foundry.store.object_store import ObjectStore
from models.sets.ask import SetAsk
from models.sets.rendered import Rendered, SetGuide
from models.video.set_filming import FilmFrames
from tests.support.sets import an_ask

SEED = 5
TENANT = "aurelle"


def a_film_card(**changes: Any) -> ModelCard:
    """A card that films tiny sets."""
    said = {
        "id": "tiny-studio", "version": "1", "title": "Tiny sets", "task": "text-to-image", "source": {"kind": "code"},
        "licence": "Apache-2.0", "allowed_use": "tests", "training_data": "none", "prompt_language": "backdrop",
        "staging": "set", "sizes": {"square": [48, 48]}, "frames": 241, "frames_per_second": 24, "frame_step": 1,
        "set": {"samples": 2, "depth": 4, "film_samples": 2, "film_sizes": {"square": [64, 48]}},
        "unit_cost": {"money": "0.0004", "accelerator_seconds": "8"}, "stage": "production",
    }  # fmt: skip
    return ModelCard.model_validate(said | changes)


def a_set_shot(card: ModelCard, name: str = "5" * 32) -> ShotOrder:
    """A shot of a scene in a set."""
    return ShotOrder(
        name=name, plan="", tenant=TENANT, subject=0, scene=0, bucket="square", mirrored=False, alternative=0,
        prompt="a podium", negative_prompt="", palette=(), picture=None, width_px=48, height_px=48, steps=1,
        model=card.digest,
    )  # fmt: skip


def a_set_clip(card: ModelCard, *kinds: SetMoveKind, frames: int = 20, shot: str = "5" * 32) -> ClipOrder:
    """A clip of that shot."""
    of = a_set_shot(card, shot)
    moves = tuple(SetMove(kind=kind) for kind in kinds or ("orbit",))
    scenario = Scenario("a podium", first_frame=of.master, frames=frames, moves=moves, shot=of)
    return clip_order(card, TENANT, scenario, "square")


def store_master(store: ObjectStore, order: ClipOrder) -> None:
    """Store the record of the clip's shot, whose seed its frames have."""
    assert order.shot
    record = MasterRecord(
        name=order.shot.name, address=order.shot.master, tenant=TENANT, prompt="", negative_prompt="", caption="",
        ignored_words=(), seed=SEED, attempts=(Attempt(SEED, True, ()),), bucket="square", mirrored=False, width_px=48,
        height_px=48, product_box=None, product_picture=None, model="", model_version="", weights_sha256="",
        upscaler="", screen="", cost_usd="0", size_bytes=0, crc32c="",
    )  # fmt: skip
    store.for_tenant(TENANT).put_once(order.shot.record, as_json(record).encode())


def guide_of(shot: ShotOrder) -> SetGuide:
    """A plain set for every shot."""
    return SetGuide(an_ask(width_px=shot.width_px, height_px=shot.height_px), {})


class Painter:
    """Paints what it is asked for, in place of the renderer: a slope that the moment moves."""

    def render(self, ask: SetAsk, files: Mapping[str, bytes]) -> Rendered:
        assert ask.moment
        down, across = np.indices((ask.height_px, ask.width_px), np.float32)
        slope = (0.7 * across / ask.width_px + 0.3 * ask.moment.at).astype(np.float32)
        picture = np.stack([slope, down / ask.height_px, np.full_like(slope, ask.seed / 16)], -1)
        return Rendered(picture, None, "painted", ask.samples, False, 0.0)


def painting(store: ObjectStore) -> FilmFrames:
    """The handler of parts, with a painter."""
    return FilmFrames(guide_of, store, Painter)


def frames_money(card: ModelCard, frames: int) -> Decimal:
    """What frames of the card's clips cost: each has 4/3 of the pixels of a still."""
    return round(card.unit_cost.money * frames * 4 / 3, 6)
