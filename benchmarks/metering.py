"""What the meter itself costs per finished still: `python -m benchmarks.metering`.

The calls of the meter that one still makes are repeated with nothing between them but short pauses, so that native
threads are read at every step, in a process with as many idle threads as an engine has. Beside it, the processor time
of a still that is really rendered, 1080 pixels square.
"""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

from foundry.metering.leftovers import left_over, take_leftovers
from foundry.metering.making import RENDER, STEPS, making
from foundry.metering.payers import note
from foundry.metering.steps import step
from foundry.spent import add_spent

STILLS, THREADS, PAUSE_S = 60, 24, 0.003
STORE_CALLS = 6
"""Objects that a still reads or writes."""


def metered_still(pause_s: float) -> None:
    """Make the calls of the meter that one still makes."""
    with left_over(RENDER, "aurelle", "plan"):
        time.sleep(pause_s)
    with making(RENDER, {"still": "aurelle"}) as accounts, step("write"):
        for name in STEPS[RENDER]:
            with step(name):
                time.sleep(pause_s)
        for _ in range(STORE_CALLS):
            note(bytes_written=1)
    add_spent([accounts["still"].spent(), take_leftovers(RENDER, "aurelle")])
    with left_over(RENDER, "aurelle", "write"):
        time.sleep(pause_s)


def pauses_alone(pause_s: float) -> None:
    """Make the same pauses without the meter."""
    for _ in range(len(STEPS[RENDER]) + 2):
        time.sleep(pause_s)


def _seconds(work: object, times: int) -> float:
    began = time.thread_time()
    for _ in range(times):
        work(PAUSE_S)  # type: ignore[operator]
    return (time.thread_time() - began) / times


def rendered_still_s(folder: Path) -> float:
    """Return the processor seconds of one still, by the records of a small campaign with painted shots."""
    from foundry.manifest import rendition_from_json
    from foundry.store.object_store import LocalStore
    from pipelines.campaign.flow import build
    from tests.support.briefs import admitted
    from tests.support.fakes import PaintingHandler

    each, store = admitted(folder, placements=["meta/feed-square"]), LocalStore(folder / "store")
    build(each.plan, each.inputs, store, generator=PaintingHandler())
    own = store.for_tenant(each.plan.tenant.id)
    variants = [variant for shot in each.plan.shots() for variant in each.plan.variants(shot)]
    spent = add_spent(rendition_from_json(own.get(variant.record)).spent for variant in variants)
    return spent.processor_us / 1_000_000 / len(variants)


def main() -> None:
    """Print the meter's time per still, and its share of a still."""
    stop = threading.Event()
    idle = [threading.Thread(target=stop.wait, daemon=True) for _ in range(THREADS)]
    for thread in idle:
        thread.start()
    own_s = _seconds(metered_still, STILLS) - _seconds(pauses_alone, STILLS)
    stop.set()
    with tempfile.TemporaryDirectory() as folder:
        still_s = rendered_still_s(Path(folder))
    print(f"meter {own_s * 1e6:,.0f} us of a still of {still_s * 1e3:,.1f} ms: {100 * own_s / still_s:.2f} %")


if __name__ == "__main__":
    main()
