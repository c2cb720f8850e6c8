"""One stage alone in a process: what its records say that it spent, and what the process used by the system's word.

`python -m tests.transforms.measured_stage draw|render FOLDER` prints both in seconds, as JSON. FOLDER holds a brief's
picture and the store; `render` needs the masters that `draw` left there.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from foundry.box.keeper import keeper
from foundry.manifest import master_from_json, rendition_from_json
from foundry.plan.plan import Plan
from foundry.spent import Spent, add_spent
from foundry.store.object_store import LocalStore
from tests.support.briefs import admitted

THREADS = 2
PLACEMENTS = ["meta/feed-square", "google/leaderboard"]


def used_s() -> float:
    """Processor seconds of this process, of the box's warm process and of all that they have waited for."""
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    box = psutil.Process(keeper.warm().process.pid).cpu_times()
    return sum(each.ru_utime + each.ru_stime for each in own) + sum(box[:4])


def draw(plan: Plan, store: LocalStore) -> list[Spent]:
    from models.plan_routing import UpscaleRouter
    from pipelines.campaign.flow import shot_handler
    from transforms.expand import missing_shots
    from transforms.generate import route_by_verdict, write_or_refuse

    plans = {plan.digest: plan}
    drawing, enlarging = shot_handler(plans, store), UpscaleRouter({plan.digest: plan.cards.upscale})
    studio, bench = drawing.load_model(), enlarging.load_model()

    def make(shot: Any) -> None:
        for drawn in drawing.run_inference([shot], studio):
            for passed in route_by_verdict(drawn, plans):
                (enlarged,) = enlarging.run_inference([passed], bench)
                list(write_or_refuse(enlarged, plans, store))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(make, missing_shots(plan, store)))
    own = store.for_tenant(plan.tenant.id)
    return [master_from_json(own.get(shot.record)).spent for shot in plan.shots()]


def render(plan: Plan, store: LocalStore) -> list[Spent]:
    from transforms.expand import render_orders
    from transforms.render import render_missing

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda order: list(render_missing(order, plan, store)), render_orders(plan)))
    own = store.for_tenant(plan.tenant.id)
    return [rendition_from_json(own.get(v.record)).spent for s in plan.shots() for v in plan.variants(s)]


STAGES: dict[str, Callable[[Plan, LocalStore], list[Spent]]] = {"draw": draw, "render": render}


def main(stage: str, folder: Path) -> None:
    from pipelines.campaign.flow import ingest

    each, store = admitted(folder, placements=PLACEMENTS), LocalStore(folder / "store")
    ingest(each.plan, each.inputs, store)
    keeper.warm()
    before = used_s()
    objects = STAGES[stage](each.plan, store)
    used = used_s() - before
    total = add_spent(objects)
    steps = {time.step: time.processor_us / 1e6 for time in total.steps}
    told = {"objects": len(objects), "unmeasured": sum(not one.steps for one in objects), "steps": steps}
    print(json.dumps({"used_s": used, "measured_s": total.processor_us / 1e6, **told}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
