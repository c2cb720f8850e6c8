"""B6: swaps per distinct key and batch fill on interleaved tenants and cards, beside Beam's KeyedModelHandler.

python -m benchmarks.packing

Toy models with a set cost of loading (0.1 s), of changing adapters (0.02 s) and per picture (2 ms); room for two.
A key is a card and an adapter set; a swap is a load, or another adapter set on a loaded card. The peer gets a model per
key, as its documentation has it, and Beam batches wide enough that each model finds a full call in one.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.ml.inference.base import KeyedModelHandler, KeyModelMapping, RunInference

from foundry.card.card import ModelCard
from foundry.plan.shot import ShotOrder
from models.drawing import DrawRequest
from models.model_bank import ModelBank
from pipelines.engines.engine import embedded_runner
from tests.support.toys import ToyDrawer, interleaved, toy_card
from transforms.expand import DrawInRuns

LOAD_S, DRESS_S, ITEM_S = 0.1, 0.02, 0.002
CARDS = tuple(toy_card(number) for number in range(4))
MOST = 8
ALTERNATIVES = (4, 4, 2, 3, 1, 2)  # per scene


def costly(card: ModelCard, adapters: Sequence[ModelCard]) -> ToyDrawer:  # noqa: ARG001 - as every choice of a handler
    """Load a toy model at the set cost."""
    return ToyDrawer(card, LOAD_S, DRESS_S, ITEM_S)


def key_of(order: ShotOrder) -> str:
    """Card and adapter set."""
    return f"{order.model}/{order.adapters}"


class Requests(beam.DoFn):
    """Calls of orders in; calls of requests out."""

    def process(self, batch: Sequence[ShotOrder]) -> Any:
        """With one seed for all."""
        yield [DrawRequest(order, 0) for order in batch]


def ours(orders: list[ShotOrder]) -> None:
    """Draw runs of calls with one bank that has room for two models."""
    runner, options = embedded_runner()
    bench = ModelBank(CARDS, handler_for=costly, limit_mb=2000)
    pipeline = beam.Pipeline(runner=runner, options=options)
    (
        pipeline
        | beam.Create(orders)
        | DrawInRuns(MOST, cards=len(CARDS), lanes=2)
        | beam.ParDo(Requests())
        | RunInference(bench.with_no_batching())
    )
    pipeline.run().wait_until_finish()


class Wide(KeyedModelHandler):  # type: ignore[misc]
    """Beam's own, asking for batches that hold a full call for every key."""

    wide = MOST

    def batch_elements_kwargs(self) -> dict[str, int]:
        """Of one size, if there are so many."""
        return {"min_batch_size": self.wide, "max_batch_size": self.wide}


def keyed(orders: list[ShotOrder]) -> None:
    """Beam's own: a model per key, two kept."""
    runner, options = embedded_runner()
    by_digest = {card.digest: card for card in CARDS}
    keys = sorted({key_of(order) for order in orders})
    models = {key: ToyDrawer(by_digest[key.split("/")[0]], LOAD_S, 0, ITEM_S) for key in keys}
    handler = Wide([KeyModelMapping([key], model) for key, model in models.items()], max_models_per_worker_hint=2)
    handler.wide = MOST * len(keys)
    pipeline = beam.Pipeline(runner=runner, options=options)
    (
        pipeline
        | beam.Create([(key_of(order), DrawRequest(order, 0)) for order in orders])
        | beam.Reshuffle()
        | RunInference(handler)
    )
    pipeline.run().wait_until_finish()


ENGINES = {"foundry": ours, "KeyedModelHandler": keyed}


def measured(name: str, orders: list[ShotOrder]) -> tuple[float, float, float, int]:
    """Return swaps per distinct key, fill, seconds, and calls that mixed tenants."""
    ToyDrawer.forget()
    began = time.perf_counter()
    ENGINES[name](orders)
    seconds = time.perf_counter() - began
    counts = ToyDrawer.counts
    assert counts["pictures"] == len(orders), counts
    mixed = sum(len(tenants) > 1 for tenants in ToyDrawer.tenants)
    keys = len({key_of(order) for order in orders})
    return counts["swaps"] / keys, counts["pictures"] / (counts["calls"] * MOST), seconds, mixed


def main() -> None:
    """Print a row per engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tenants", type=int, default=8)
    chosen = parser.parse_args()
    orders = interleaved(CARDS, chosen.tenants, ALTERNATIVES)
    rounds = [{name: measured(name, orders) for name in ENGINES} for _ in range(chosen.rounds)]
    keys = len({key_of(order) for order in orders})
    ideal = keys * DRESS_S + len(CARDS) * LOAD_S + len(orders) * ITEM_S
    print(
        f"{len(orders)} pictures, {chosen.tenants} tenants, {keys} keys, {chosen.rounds} rounds; {ideal:.1f} s of work"
    )
    print(f"{'engine':20} {'swaps/key':>10} {'fill':>6} {'seconds':>8} {'min':>6} {'max':>6} {'mixed calls':>12}")
    for name in ENGINES:
        swaps, fill, seconds, mixed = zip(*(each[name] for each in rounds), strict=True)
        row = (
            statistics.median(swaps),
            statistics.median(fill),
            statistics.median(seconds),
            min(seconds),
            max(seconds),
        )
        print("{:20} {:10.2f} {:6.2f} {:8.1f} {:6.1f} {:6.1f} {:12}".format(name, *row, max(mixed)))


if __name__ == "__main__":
    main()
