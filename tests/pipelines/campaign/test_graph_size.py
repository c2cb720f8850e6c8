"""The job graph: what an engine is given does not grow with the briefs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import apache_beam as beam
import pytest

from foundry.brief.brief import Product, Scene, SceneClip
from foundry.plan.plan import Plan
from foundry.plan.plan_book import keep_plans
from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import flow
from pipelines.engines.engine import choose_engine
from tests.foundry.plan.many_plans import FILMS, a_plan

DIGITS = 0.01
"""Functions are compressed in the graph, so other digits in a hash take a few bytes more or less."""


def of_products(plan: Plan, count: int) -> Plan:
    """The plan for this many products, each with a picture of its own."""
    products = tuple(Product.model_construct(id=f"p{at:06d}", name=f"Product {at}") for at in range(count))
    pictures = tuple(f"{at:064x}" for at in range(count))
    return replace(plan, brief=plan.brief.model_copy(update={"products": products}), pictures=pictures)


def graph_bytes(plan: Plan, store: LocalStore) -> int:
    """The size of the flow's graph as the embedded engine gets it, with the plan's own cards."""
    where = choose_engine("embedded")
    plans = keep_plans([plan], store)
    pipeline = beam.Pipeline(runner=where.runner, options=where.options)
    pipeline | beam.Create(sorted(plans)) | "Build" >> flow(plans, store, where)
    return len(pipeline.to_runner_api().SerializeToString())


def test_the_graph_of_ten_thousand_products_is_as_large_as_that_of_ten(tmp_path: Path) -> None:
    few, many = (graph_bytes(of_products(a_plan(), count), LocalStore(tmp_path / "store")) for count in (10, 10_000))
    assert many == pytest.approx(few, rel=DIGITS)


def test_the_graph_of_films_that_move_does_not_grow_either(tmp_path: Path) -> None:
    still = a_plan(placements=FILMS[:1])
    filmed = {"task": "text-to-video", "frames": 9, "frames_per_second": 8, "sizes": {"story": (96, 160)}}
    scenes = (Scene(id="wall", prompt="Plaster wall", clip=SceneClip()),)
    plan = replace(
        still,
        brief=still.brief.model_copy(update={"scenes": scenes}),
        cards=replace(still.cards, clip=still.cards.generate.model_copy(update=filmed)),
    )
    few, many = (graph_bytes(of_products(plan, count), LocalStore(tmp_path / "store")) for count in (10, 1_000))
    assert many == pytest.approx(few, rel=DIGITS)
