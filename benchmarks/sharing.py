"""B3, B5 and the counts behind them, on the real flow with painted shots.

python -m benchmarks.sharing [--alone 12]

B3: model calls against unique shots, and the slope of cost per locale against rendering each locale from its master.
B5: a second, unchanged run against the cold one.
Cost of a file: at 96 files a shot against a shot for each file, by what was measured (`benchmarks.shared_cost`).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.shared_cost import FILES, measure, table
from foundry.plan.estimate import count_needs
from foundry.store.object_store import LocalStore
from imaging.still.compose import finish, prepare
from imaging.still.encode import encode
from pipelines.campaign.flow import build
from tests.support.briefs import BRIEF, admitted
from tests.support.fakes import PaintingHandler
from transforms.stored_masters import load_master

LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "it-IT", "nl-NL", "sv-SE")


def slope(folder: Path) -> tuple[float, float, float]:
    """Return the milliseconds that one more locale costs, by three ways.

    With a shared master and static layer; from the master's half-size copy; from the master's whole pixels.
    """
    messages = dict.fromkeys(LOCALES, BRIEF["messages"]["en-US"])
    each = admitted(folder, messages=messages, placements=["meta/feed-square"])
    store = LocalStore(folder / "slope")
    build(each.plan, each.inputs, store, generator=PaintingHandler())
    shot = next(each.plan.shots())
    variants = list(each.plan.variants(shot))
    image, facts = load_master(shot, store)
    static = prepare(image, facts, variants[0].layout, variants[0].placement, each.plan.tenant)
    began = time.perf_counter()
    for variant in variants:
        encode(finish(static, variant.copy, variant.locale).image, variant.placement, b"")
    spent = [time.perf_counter() - began]
    for half in (True, False):
        began = time.perf_counter()
        for variant in variants:
            master, facts = load_master(shot, store)
            master = master if half else replace(master, read_half=None)
            alone = prepare(master, facts, variant.layout, variant.placement, each.plan.tenant)
            encode(finish(alone, variant.copy, variant.locale).image, variant.placement, b"")
        spent.append(time.perf_counter() - began)
    shared, from_half, naive = (1000 * seconds / len(variants) for seconds in spent)
    return shared, from_half, naive


def replay(folder: Path) -> tuple[float, float, int, int]:
    """Seconds of a cold run and of finding that nothing is missing; pictures drawn and unique shots."""
    each = admitted(folder, placements=["first"], alternatives=2)
    store = LocalStore(folder / "replay")
    PaintingHandler.forget()
    began = time.perf_counter()
    build(each.plan, each.inputs, store, generator=PaintingHandler())
    cold = time.perf_counter() - began
    began = time.perf_counter()
    found = count_needs(each.plan, store.for_tenant(each.plan.tenant.id))
    assert found.nothing
    return cold, time.perf_counter() - began, PaintingHandler.pictures, each.plan.shot_count


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--alone", type=int, default=12, help="files that get a shot each; 0 leaves the cost out")
    alone = parser.parse_args().alone
    if alone:
        with tempfile.TemporaryDirectory() as name:
            costs = measure(Path(name), alone)
        print(f"cost of a file at {FILES} files a shot against {FILES} generations:\n{table(*costs)}")
    with tempfile.TemporaryDirectory() as name:
        shared, from_half, naive = slope(Path(name))
        cold, again, pictures, shots = replay(Path(name))
    print(f"B3 pictures drawn / unique shots: {pictures} / {shots}")
    print(f"B3 one more locale: {shared:.1f} ms shared, {naive:.1f} ms from the master; ratio {shared / naive:.3f}")
    print(f"B3 from the master's copy of half its size: {from_half:.1f} ms; ratio {shared / from_half:.3f}")
    print(f"B5 unchanged second run / cold run: {again / cold:.4f} ({again:.3f} s / {cold:.1f} s)")


if __name__ == "__main__":
    main()
