"""Films: frames per second against the encoder's own rate, and what ten locales cost against one.

python -m benchmarks.video [--quick]

Both sides of each ratio are measured in one run, in CPU time of the process where it is the sum of all threads. The
encoder's own rate is that of the same runs from frames that lie ready in memory. The pictures are rendered stand-ins.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import foundry.channel.placement as channel
from foundry.channel.placement import Motion
from foundry.plan.composition import compositions
from foundry.plan.plan import Plan
from foundry.plan.shot import MasterFacts
from foundry.plan.variant import Variant
from foundry.store.object_store import LocalStore
from imaging.film.encoding.segments import encode_run
from imaging.film.film_staging import FilmInputs
from imaging.film.finished_film import FilmCache, format_of, make_film
from imaging.film.locale_content import film_text
from imaging.film.shared_runs import Stretch, encode_stretch, stretches
from tests.support.briefs import BRIEF, admitted
from tests.support.small_films import SMALL

LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "it-IT", "nl-NL", "sv-SE", "pl-PL", "pt-BR")


def a_master(at: int) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], MasterFacts]:
    """Return a story master of full size: soft light, a product, and grain that the camera carries along."""
    size = compositions()["story"]
    chance = np.random.default_rng(at)
    light = np.linspace(230, 120, size.height_px)[:, None, None] * np.array([1.0, 0.93 - at * 0.1, 0.85])
    pixels = light + chance.normal(0, 3, (size.height_px, size.width_px, 1))
    box = size.box(False)
    rows = slice(box.top * size.height_px // 1000, box.bottom * size.height_px // 1000)
    columns = slice(box.left * size.width_px // 1000, box.right * size.width_px // 1000)
    pixels[rows, columns] = (90, 50, 30)
    whole = np.clip(pixels, 0, 255).astype(np.uint8)
    return whole, MasterFacts(
        name=f"m{at}", bucket="story", width_px=size.width_px, height_px=size.height_px, product_box=box
    )


@contextmanager
def planned(folder: Path, quick: bool) -> Iterator[Plan]:
    """Return a plan of one 15-second story film in ten locales; `quick` makes it a quarter of the size."""
    size = (540, 960) if quick else (1080, 1920)
    motion = Motion(seconds=(Decimal(3), Decimal(60)), rates=(Decimal(30),), codecs=("h264",))
    placement = SMALL.model_copy(update={"size": size, "motion": motion, "max_bytes": 500_000_000})
    real = channel.placements
    channel.placements = lambda: {**real(), placement.name: placement}  # type: ignore[assignment]
    scenes = [{"id": name, "prompt": name} for name in ("first", "second", "third")]
    try:
        message = {**BRIEF["messages"]["en-US"], "subheadline": "A quiet ritual for luminous skin"}
        messages = dict.fromkeys(LOCALES, message)
        yield admitted(folder, messages=messages, placements=[placement.name], scenes=scenes).plan
    finally:
        channel.placements = real


def spent(work: Callable[[], object]) -> float:
    """CPU seconds of all threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


def films(plan: Plan) -> dict[str, Variant]:
    """Locale → its film."""
    return {v.locale: v for shot in plan.shots() for v in plan.variants(shot)}


def rates(plan: Plan) -> tuple[float, float]:
    """CPU seconds of painting and encoding all frames of one film, and of encoding them from memory."""
    variant = films(plan)["en-US"]
    wanted, shelf = format_of(variant), FilmCache()
    film = shelf.staged_film(variant, plan, FilmInputs(a_master), wanted)
    words = film_text(variant, plan, film)
    both = own = 0.0
    for cut in stretches(film.timeline, words):
        for start in range(cut.start, cut.stop, 60):
            stop = cut.stop if cut.stop - start < 120 else start + 60
            said = words if cut.worded else None
            ready = [canvas.video_frame() for canvas in film.frames(start, stop, said)]
            own += spent(lambda ready=ready: encode_run(wanted, ready, len(ready)))  # type: ignore[misc]
            whole = Stretch(start, stop, cut.worded)
            both += spent(lambda whole=whole: encode_stretch(film, whole, words, wanted))  # type: ignore[misc]
            if stop == cut.stop:
                break
    return both, own


def locales(plan: Plan, store: LocalStore) -> tuple[float, float]:
    """CPU seconds of one locale's film, from decoded masters to the checked file, and of all ten."""
    shelf, took = FilmCache(), []
    for variant in films(plan).values():
        took.append(spent(partial(_film, variant, plan, store, shelf)))  # noqa: PERF401 - in this order, one by one
    return took[0], sum(took)


def _film(variant: Variant, plan: Plan, store: LocalStore, shelf: FilmCache) -> None:
    with make_film(variant, plan, store, shelf, FilmInputs(a_master), lambda _: b"") as film:
        assert all(check.passed for check in film.checks)


def main() -> None:
    """Print the ratios."""
    quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory() as name, planned(Path(name), quick) as plan:
        both, own = rates(plan)
        one, ten = locales(plan, LocalStore(Path(name) / "store"))
    print(f"film, frames per second / encoder's own rate: {own / both:.3f} ({own:.1f} s of {both:.1f} s CPU)")
    print(f"film, ten locales / one: {ten / one:.2f} ({ten:.1f} s / {one:.1f} s CPU)")


if __name__ == "__main__":
    main()
