"""Films clips in sets, in a process that a test can kill: python -m tests.transforms.film_set_once STORE SECONDS."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import apache_beam as beam

from foundry.store.object_store import LocalStore
from models.screening.context import ScreenContext
from models.sets.ask import SetAsk
from models.sets.rendered import Rendered
from models.video.card_routing import FilmByCard
from models.video.set_filming import FilmFrames
from tests.models.video.test_clip_judging import a_screen
from tests.support.set_films import Painter, a_film_card, a_set_clip, guide_of, store_master
from transforms.clips import MakeClips


class SlowPainter(Painter):
    """A painter that takes a while for each frame, as a renderer does."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def render(self, ask: SetAsk, files: Mapping[str, bytes]) -> Rendered:
        time.sleep(self.seconds)
        return super().render(ask, files)


def main(root: Path, seconds: float = 0.0) -> None:
    """Film what is missing of two clips, on the embedded runner."""
    card, store = a_film_card(), LocalStore(root)
    orders = [a_set_clip(card, "orbit", frames=40), a_set_clip(card, "dolly", "turntable", frames=21)]
    store.sweep()
    store_master(store, orders[0])
    filming = FilmByCard({card.digest: card}, store, {"": a_screen()}, ScreenContext(), device="cpu")
    framing = FilmFrames(guide_of, store, partial(SlowPainter, seconds))
    with beam.Pipeline("FnApiRunner") as pipeline:
        pipeline | beam.Create(orders) | MakeClips(filming, {card.digest: card}, store, framing=framing)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
