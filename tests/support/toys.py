"""Toy models with a set cost of loading, dressing and drawing, and the interleaved jobs that they are given."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from itertools import product
from typing import Any, ClassVar

import numpy as np
from apache_beam.ml.inference.base import ModelHandler

from foundry.card.adapter_use import AdapterUse
from foundry.card.card import ModelCard
from foundry.plan.shot import ShotOrder
from models.drawing import Drawn, DrawRequest


class Toy:
    """A loaded toy, and what it wears."""

    def __init__(self) -> None:
        self.worn: object = None
        self.lock = threading.Lock()


class ToyDrawer(ModelHandler[DrawRequest, Drawn, Toy]):  # type: ignore[misc]
    """Paints a pixel after its time; counts loads, dressings, calls and pictures per process."""

    counts: ClassVar[dict[str, int]] = {}
    tenants: ClassVar[list[set[str]]] = []
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, card: ModelCard, load_s: float, dress_s: float, item_s: float):
        super().__init__()
        self.card, self.load_s, self.dress_s, self.item_s = card, load_s, dress_s, item_s

    @classmethod
    def forget(cls) -> None:
        """Begin counting again."""
        cls.counts, cls.tenants = dict.fromkeys(("loads", "swaps", "calls", "pictures"), 0), []

    @classmethod
    def count(cls, **more: int) -> None:
        """Add to the counts."""
        with cls._lock:
            for name, number in more.items():
                cls.counts[name] += number

    def load_model(self) -> Toy:
        """After its time."""
        time.sleep(self.load_s)
        self.count(loads=1, swaps=1)
        return Toy()

    def run_inference(self, batch: Sequence[DrawRequest], model: Toy, inference_args: Any = None) -> list[Drawn]:
        """One pixel each."""
        with model.lock:
            worn = batch[0].order.adapters
            assert all(request.order.adapters == worn for request in batch)
            if model.worn != worn:
                self.count(swaps=int(model.worn is not None))
                time.sleep(self.dress_s)
                model.worn = worn
            time.sleep(self.item_s * len(batch))
        self.count(calls=1, pictures=len(batch))
        with self._lock:
            ToyDrawer.tenants.append({request.order.tenant for request in batch})
        pixel = np.zeros((1, 1, 3), np.float32)
        return [Drawn(request, pixel, "", ()) for request in batch]

    def get_num_bytes(self, batch: Sequence[DrawRequest]) -> int:
        """Small."""
        return len(batch)


def instant(card: ModelCard, adapters: Sequence[ModelCard]) -> ToyDrawer:
    """A toy that costs nothing."""
    return ToyDrawer(card, 0, 0, 0)


def toy_card(number: int, **changes: Any) -> ModelCard:
    """A card of a thousand megabytes."""
    content: dict[str, Any] = {
        "id": f"toy-{number}",
        "version": "1",
        "title": "Toy",
        "task": "text-to-image",
        "source": {"kind": "code"},
        "licence": "Apache-2.0",
        "allowed_use": "Tests.",
        "training_data": "None.",
        "memory_mb": 1000,
        "unit_cost": {"money": "0", "accelerator_seconds": "0"},
        "stage": "draft",
    }
    return ModelCard.model_validate({**content, **changes})


def interleaved(
    cards: Sequence[ModelCard], tenants: int, alternatives: Sequence[int], widths: Sequence[int] = (512,)
) -> list[ShotOrder]:
    """Every tenant draws with every card, plain and in its own look, so many alternatives per scene; shuffled."""
    orders = []
    for tenant, card, plain in product(range(tenants), cards, (True, False)):
        worn = () if plain else (AdapterUse(f"look-{tenant % 2}", 800),)
        for width, (scene, count) in product(widths, enumerate(alternatives)):
            for alternative in range(count):
                name = f"{tenant}/{card.id}/{plain}/{width}/{scene}/{alternative}"
                orders.append(
                    ShotOrder(
                        name=name,
                        plan=f"plan-{tenant}",
                        tenant=f"tenant-{tenant}",
                        subject=0,
                        scene=scene,
                        bucket="square",
                        mirrored=False,
                        alternative=alternative,
                        prompt="a wall",
                        negative_prompt="",
                        palette=(),
                        picture=None,
                        width_px=width,
                        height_px=512,
                        steps=8,
                        model=card.digest,
                        adapters=worn,
                    )
                )
    chance = np.random.default_rng(7)
    return [orders[at] for at in chance.permutation(len(orders))]
