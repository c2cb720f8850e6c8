"""Renditions per minute of the CPU stage on this machine, from masters that exist, and what its time is spent on.

python -m benchmarks.renditions BRIEF STORE [THREADS]

STORE has the brief's masters (`foundry run BRIEF --store STORE`). They are linked into a scratch store, where
`transforms.render.render` makes every rendition again, in as many threads as the embedded engine has. The shares come
from one thread that does the stage's steps one by one on each shot's first placements.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from foundry.plan.plan import Plan
from foundry.provenance import xmp
from foundry.store.object_store import LocalStore
from imaging.still.check import check, check_product
from imaging.still.compose import finish, prepare
from imaging.still.encode import encode
from pipelines.planning.admission import admit_file
from transforms.expand import render_orders
from transforms.given_products import product_of
from transforms.publish import thumbnail
from transforms.render import render
from transforms.stored_masters import load_master

SAMPLE_SHOTS = 4


def with_masters(plan: Plan, source: Path, folder: Path) -> LocalStore:
    """Return a store that has the plan's inputs and masters and nothing else."""
    for kind in ("inputs", "masters"):
        shutil.copytree(source / plan.tenant.id / kind, folder / plan.tenant.id / kind, copy_function=os.link)
    return LocalStore(folder)


def rate(plan: Plan, store: LocalStore, threads: int) -> tuple[int, float, float]:
    """Renditions made, wall seconds, processor seconds."""
    plans = {plan.digest: plan}
    wall, own = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        made = pool.map(lambda order: [name for name in render(order, plans, store) if isinstance(name, str)],
                        render_orders(plan))  # fmt: skip
        count = sum(len(names) for names in made)
    return count, time.perf_counter() - wall, time.process_time() - own


def shares(plan: Plan, store: LocalStore) -> Counter[str]:
    """Processor seconds by step, over all stills of the first shots."""
    spent: Counter[str] = Counter()
    for order in list(plan.shots())[:SAMPLE_SHOTS]:
        with _clock(spent, "decode"):
            master, facts = load_master(order, store)
        layers = {}
        for variant in plan.variants(order):
            with _clock(spent, "compose, static layer"):
                name = variant.placement.name
                if name not in layers:
                    layers = {name: prepare(master, facts, variant.layout, variant.placement, plan.tenant)}
            with _clock(spent, "compose, words"):
                composed = finish(layers[name], variant.copy, variant.locale)
            with _clock(spent, "encode"):
                made = encode(composed.image, variant.placement, xmp(variant))
            with _clock(spent, "check"):
                check(made.data, composed, variant.placement)
            if given := product_of(order, store):
                with _clock(spent, "check, product"):
                    check_product(composed.image, composed, given)
            with _clock(spent, "thumbnail"):
                small = thumbnail(composed.image)
            with _clock(spent, "write"):
                own = store.for_tenant(variant.shot.tenant)
                own.put_once(f"timed/{variant.name}.{made.extension}", made.data)
                own.put_once(f"timed/{variant.name}.thumbnail", small)
    return spent


@contextmanager
def _clock(spent: Counter[str], name: str) -> Iterator[None]:
    began = time.thread_time()
    yield
    spent[name] += time.thread_time() - began  # type: ignore[assignment]


def main(brief: str, source: str, threads: int = 2) -> None:
    """Print the rate and the shares."""
    import cv2
    import torch

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    plan = admit_file(Path(brief))[0].plan
    with tempfile.TemporaryDirectory(dir=Path(source).parent) as folder:
        store = with_masters(plan, Path(source), Path(folder))
        count, wall, own = rate(plan, store, threads)
        print(
            f"{count} renditions by {threads} threads in {wall:.1f} s: {60 * count / wall:,.0f} a minute on the clock"
        )
        print(f"{own:.1f} s of processor: {60 * count / own:,.0f} a minute and core; load {os.getloadavg()[0]:.1f}")
        spent = shares(plan, store)
        total = sum(spent.values())
        print(", ".join(f"{name} {share / total:.1%}" for name, share in spent.items()))


if __name__ == "__main__":
    main(*sys.argv[1:3], *(int(count) for count in sys.argv[3:4]))
